/**
 * Terraform with its AWS provider: apply, an empty plan, a change, an import, destroy, as a user runs them. Runs where
 * `terraform` is on the path and TUMBLER_TEST_TERRAFORM_AWS names a folder with the binary `terraform-provider-aws`.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { works } from './aws/clients/programs.ts';
import { startSetting, type Setting } from './aws/clients/setting.ts';
import { RawClient } from './aws/harness.ts';

const run = promisify(execFile);
const PROVIDER = process.env['TUMBLER_TEST_TERRAFORM_AWS'] ?? '';
const RUNS = existsSync(join(PROVIDER, 'terraform-provider-aws')) && works('terraform', '-version');

const CONFIGURATION = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {
    kms = var.endpoint
  }
}
variable "endpoint" {}
variable "description" {}
variable "value" {}
resource "aws_kms_key" "key" {
  description             = "key of \${var.value}"
  deletion_window_in_days = 7
  tags                    = { team = "tumbler" }
}
resource "aws_kms_alias" "key" {
  name          = "alias/terraform"
  target_key_id = aws_kms_key.key.key_id
}
resource "aws_secretsmanager_secret" "one" {
  name                    = "terraform/one"
  description             = var.description
  kms_key_id              = aws_kms_key.key.arn
  recovery_window_in_days = 0
  tags                    = { team = "tumbler", value = var.value }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
    }]
  })
}
resource "aws_secretsmanager_secret_version" "one" {
  secret_id     = aws_secretsmanager_secret.one.id
  secret_string = var.value
}
resource "aws_secretsmanager_secret_version" "staged" {
  secret_id      = aws_secretsmanager_secret.one.id
  secret_string  = "staged"
  version_stages = ["TESTING"]
  depends_on     = [aws_secretsmanager_secret_version.one]
}
resource "aws_secretsmanager_secret" "window" {
  name_prefix             = "terraform-window"
  recovery_window_in_days = 7
}
data "aws_secretsmanager_secret" "one" {
  arn = aws_secretsmanager_secret.one.arn
}
data "aws_secretsmanager_secret_version" "one" {
  secret_id     = aws_secretsmanager_secret_version.one.secret_id
  version_stage = "AWSCURRENT"
}
output "facts" {
  sensitive = true
  value = {
    arn   = data.aws_secretsmanager_secret.one.arn
    value = data.aws_secretsmanager_secret_version.one.secret_string
  }
}
`;

const title = RUNS ? '' : ' (no provider: TUMBLER_TEST_TERRAFORM_AWS)';
describe.skipIf(!RUNS)(`Terraform${title}`, () => {
  let setting: Setting;
  let folder: string;
  let variables: Record<string, string>;

  beforeAll(async () => {
    setting = await startSetting();
    folder = mkdtempSync(join(tmpdir(), 'tumbler-terraform-'));
    writeFileSync(join(folder, 'main.tf'), CONFIGURATION);
    const overrides = `dev_overrides { "hashicorp/aws" = ${JSON.stringify(PROVIDER)} }`;
    writeFileSync(join(folder, 'rc'), `provider_installation {\n  ${overrides}\n  direct {}\n}\n`);
    variables = {
      endpoint: setting.server.endpoint,
      description: 'made by Terraform',
      value: 'first',
    };
  });
  afterAll(async () => {
    await setting.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Gives what it printed; rejects when it ends with another code than 0. */
  async function terraform(command: string, ...args: readonly string[]): Promise<string> {
    const given = Object.entries(variables).map(([name, value]) => `-var=${name}=${value}`);
    const takesVariables = command !== 'output' && command !== 'state';
    const { stdout } = await run('terraform', [command, ...(takesVariables ? given : []), ...args], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        ...setting.environment,
        TF_CLI_CONFIG_FILE: join(folder, 'rc'),
      },
    });
    return stdout;
  }

  const apply = (): Promise<string> => terraform('apply', '-no-color', '-auto-approve');
  /** Rejects when the server's answers differ from what was asked for. */
  const plansNothing = (): Promise<string> => terraform('plan', '-no-color', '-detailed-exitcode');

  async function value(): Promise<unknown> {
    return (JSON.parse(await terraform('output', '-json', 'facts')) as { value: unknown }).value;
  }

  it('makes, and finds nothing to change', async () => {
    expect(await apply()).toContain('Resources: 6 added, 0 changed, 0 destroyed');
    await plansNothing();
    expect(await value()).toBe('first');
  }, 120_000);

  it('changes, and finds nothing more to change', async () => {
    variables = { ...variables, value: 'second', description: '' };
    expect(await apply()).toContain('Resources: 1 added, 2 changed, 1 destroyed');
    await plansNothing();
    expect(await value()).toBe('second');
    const client = new RawClient(setting.server.port);
    const described = await client.call('DescribeSecret', { SecretId: 'terraform/one' });
    expect(described['Description']).toBeUndefined();
    expect(described['Tags']).toEqual(expect.arrayContaining([{ Key: 'value', Value: 'second' }]));
  }, 120_000);

  it('sees what changed behind its back', async () => {
    const client = new RawClient(setting.server.port);
    await client.call('TagResource', {
      SecretId: 'terraform/one',
      Tags: [{ Key: 'stray', Value: '1' }],
    });
    await expect(plansNothing()).rejects.toMatchObject({ code: 2 });
    expect(await apply()).toContain('Resources: 0 added, 1 changed, 0 destroyed');
    await plansNothing();
  }, 120_000);

  it('imports', async () => {
    const state = JSON.parse(await terraform('output', '-json', 'facts')) as { arn: string };
    await terraform('state', 'rm', 'aws_secretsmanager_secret.one');
    const imported = await terraform('import', '-no-color', 'aws_secretsmanager_secret.one', state.arn);
    expect(imported).toContain('Import successful!');
  }, 120_000);

  it('destroys, and may make the same name at once', async () => {
    expect(await terraform('destroy', '-no-color', '-auto-approve')).toContain('6 destroyed');
    const client = new RawClient(setting.server.port);
    const left = await client.call('ListSecrets', { IncludePlannedDeletion: true });
    expect(left['SecretList']).toMatchObject([
      { Name: expect.stringMatching(/^terraform-window/) as string },
    ]);
    expect(await apply()).toContain('Resources: 6 added');
    await terraform('destroy', '-no-color', '-auto-approve');
  }, 240_000);
});
