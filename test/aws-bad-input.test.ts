/** Requests that no client should send, signatures that are wrong in every way, and what must never be seen of a value. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ACCESS_KEY,
  raw,
  RawClient,
  REGION,
  SECRET_KEY,
  signHeaders,
  startAws,
  token,
  type SignOptions,
  type TestAws,
} from './aws/harness.ts';
import { RowContext } from './aws/rows/row.ts';

let open: TestAws;
let checked: TestAws;
beforeAll(async () => {
  open = await startAws();
  checked = await startAws({
    credentials: {
      [ACCESS_KEY]: { secretAccessKey: SECRET_KEY, role: 'mz_system' },
      AKIAEXPIRED: {
        secretAccessKey: SECRET_KEY,
        role: 'mz_system',
        expiration: '2020-01-01T00:00:00Z',
      },
      AKIAPLAIN: { secretAccessKey: SECRET_KEY, role: 'materialize' },
    },
  });
});
afterAll(async () => {
  await open.stop();
  await checked.stop();
});

const CREATE = 'secretsmanager.CreateSecret';

function body(value: unknown): string {
  return `{"Name":"bad/input","ClientRequestToken":"${token()}","SecretString":${JSON.stringify(value)}}`;
}

describe('bodies', () => {
  it.each([
    ['empty', ''],
    ['not JSON', 'SecretString=x'],
    ['half', '{"Name":"a"'],
    ['a list', '[]'],
    ['a number', '5'],
    ['null', 'null'],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ['a member of another type', '{"Name":["a"]}'],
    ['an object for a text', '{"Name":{"a":1}}'],
    ['bad base64', '{"Name":"a","SecretBinary":"***"}'],
    ['deep nesting', `{"Tags":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['a prototype', '{"__proto__":{"Name":"a"},"constructor":5}'],
  ])('%s', async (_name, sent) => {
    const answer = await raw(open.port, { target: CREATE, body: sent });
    expect(answer.status).toBe(400);
    expect(['SerializationException', 'ValidationException']).toContain(answer.json['__type']);
    expect(answer.headers['x-amzn-requestid']).toBeDefined();
  });

  it('ten megabytes', async () => {
    const answer = await raw(open.port, { target: CREATE, body: body('x'.repeat(10_000_000)) }).catch(
      (error: NodeJS.ErrnoException) => error,
    );
    // The rest of the body is not read: a client hears the answer or a broken pipe.
    if (answer instanceof Error) expect(['EPIPE', 'ECONNRESET']).toContain(answer.code);
    else expect([answer.status, answer.json['__type']]).toEqual([413, 'RequestEntityTooLargeException']);
    const listed = await new RawClient(open.port).call('ListSecrets', { IncludePlannedDeletion: true });
    expect(JSON.stringify(listed)).not.toContain('bad/input');
  });

  it('a flood of headers is refused and the server goes on', async () => {
    const status = await new Promise<string>((resolve) => {
      const socket = connect(open.port, '127.0.0.1');
      let seen = '';
      socket.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(seen.split('\r\n')[0] ?? ''));
      socket.write(`POST / HTTP/1.1\r\nhost: x\r\n`);
      for (let i = 0; i < 5000; i += 1) socket.write(`x-flood-${i}: ${'y'.repeat(100)}\r\n`);
      socket.end('\r\n');
    });
    expect(status).toMatch(/^(HTTP\/1\.1 431 .*)?$/);
    await new RawClient(open.port).call('GetRandomPassword');
  });
});

describe('routing', () => {
  it.each([
    ['no target', {}, 400, 'UnknownOperationException'],
    ['another case', { target: 'SecretsManager.ListSecrets' }, 400, 'UnknownOperationException'],
    ['a name of every object', { target: 'secretsmanager.constructor' }, 400, 'UnknownOperationException'],
    [
      'another content type',
      { target: 'secretsmanager.ListSecrets', headers: { 'content-type': 'text/plain' } },
      404,
      'UnknownOperationException',
    ],
    ['neither', { headers: { 'content-type': 'text/plain' } }, 403, 'AccessDeniedException'],
    ['another method', { method: 'PUT', target: 'secretsmanager.ListSecrets' }, 403, 'AccessDeniedException'],
  ] as const)('%s', async (_name, request, status, type) => {
    const answer = await raw(open.port, request);
    expect([answer.status, answer.json['__type']]).toEqual([status, type]);
  });

  it('any key is taken where keys are not checked, and none', async () => {
    const answer = await raw(open.port, { target: 'secretsmanager.ListSecrets', sign: false });
    expect(answer.status).toBe(200);
  });
});

describe('signatures', () => {
  const list = (sign: SignOptions, more = {}): ReturnType<typeof raw> =>
    raw(checked.port, { target: 'secretsmanager.ListSecrets', sign, ...more });

  it.each<[string, SignOptions, string, RegExp]>([
    [
      'future',
      { date: new Date(Date.now() + 600_000) },
      'InvalidSignatureException',
      /^Signature not yet current/,
    ],
    ['no region', { region: 'nowhere!' }, 'InvalidSignatureException', /valid region, not 'nowhere!'/],
    ['terminator', { terminator: 'aws5' }, 'InvalidSignatureException', /valid terminator.*not 'aws5'/],
    ['other day', { scopeDate: '20200101' }, 'InvalidSignatureException', /does not match YYYYMMDD/],
    ['expired key', { accessKey: 'AKIAEXPIRED' }, 'ExpiredTokenException', /is expired$/],
  ])('%s', async (_name, sign, type, message) => {
    const answer = await list(sign);
    expect([answer.status, answer.json['__type']]).toEqual([400, type]);
    expect(answer.json['message']).toMatch(message);
  });

  it('incomplete header', async () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=a/20200101/us-east-1/secretsmanager/aws4_request';
    const request = { target: 'secretsmanager.ListSecrets', sign: false, headers: { authorization } };
    const answer = await raw(checked.port, request);
    expect(answer.json['__type']).toBe('IncompleteSignatureException');
    expect(answer.json['message']).toMatch(
      /^Authorization header requires 'Signature' parameter\. Authorization header requires 'SignedHeaders' parameter\. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. Authorization=/,
    );
  });

  it('header and query at once', async () => {
    const answer = await list({}, { path: '/?X-Amz-Algorithm=AWS4-HMAC-SHA256' });
    expect(answer.json['message']).toMatch(/^Found both 'X-Amz-Algorithm'/);
  });

  it('incomplete query', async () => {
    const path = '/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20200101T000000Z';
    const answer = await raw(checked.port, { target: 'secretsmanager.ListSecrets', sign: false, path });
    expect(answer.json['__type']).toBe('IncompleteSignatureException');
    expect(answer.json['message']).toMatch(/'X-Amz-Credential'.*'X-Amz-Signature'.*Re-examine/);
  });

  it('a signature is for its body alone', async () => {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.ListSecrets',
    };
    const host = `127.0.0.1:${checked.port}`;
    const signed = { method: 'POST', path: '/', body: Buffer.from('{}'), headers, host };
    const signature = signHeaders(signed, { region: REGION });
    const sent = { sign: false, headers: { ...headers, ...signature } };
    expect((await raw(checked.port, { ...sent, body: '{}' })).status).toBe(200);
    const changed = await raw(checked.port, { ...sent, body: '{"MaxResults":1}' });
    expect(changed.json['__type']).toBe('InvalidSignatureException');
    const moved = { ...sent.headers, 'x-amz-target': 'secretsmanager.GetRandomPassword' };
    const other = await raw(checked.port, { ...sent, headers: moved });
    expect(other.json['__type']).toBe('InvalidSignatureException');
  });

  it('a role reads what it owns, and what a policy gives it', async () => {
    const administrator = new RowContext(checked);
    const { name, arn } = await administrator.make();
    const request = { target: 'secretsmanager.GetSecretValue', body: JSON.stringify({ SecretId: name }) };
    const read = (): ReturnType<typeof raw> =>
      raw(checked.port, { ...request, sign: { accessKey: 'AKIAPLAIN' } });
    const refused = await read();
    expect(refused.json['__type']).toBe('AccessDeniedException');
    expect(refused.json['Message']).toBe(
      `User: arn:aws:iam::123456789012:user/materialize is not authorized to perform: secretsmanager:GetSecretValue on resource: ${name} because no identity-based policy allows the secretsmanager:GetSecretValue action`,
    );
    const policy = (Effect: string): string =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect,
          Principal: { AWS: 'arn:aws:iam::123456789012:user/materialize' },
          Action: 'secretsmanager:Get*',
          Resource: '*',
        },
      });
    await administrator.ok('PutResourcePolicy', { SecretId: arn, ResourcePolicy: policy('Allow') });
    expect((await read()).json['SecretString']).toBe('v1');
    await administrator.ok('PutResourcePolicy', { SecretId: arn, ResourcePolicy: policy('Deny') });
    expect((await read()).json['Message']).toMatch(/with an explicit deny in a resource-based policy$/);
  });
});

describe('values', () => {
  it('are in no log, no audit record and no stored byte', async () => {
    const secret = 'correct-horse-battery-staple';
    const t = new RowContext(open);
    const { name, v1 } = await t.make({ SecretString: secret });
    await t.put(name, `${secret}-2`);
    await t.ok('UpdateSecret', { SecretId: name, SecretBinary: Buffer.from(secret).toString('base64') });
    await t.get(name, { VersionId: v1 });
    await t.ok('BatchGetSecretValue', { SecretIdList: [name] });
    await t.send('PutSecretValue', { SecretId: name, SecretString: secret, VersionStages: [] });
    await t.send('CreateSecret', { Name: 'x y', SecretString: secret });
    await t.send('PutSecretValue', { SecretId: name, SecretString: secret, RotationToken: 'short' });
    await open.aws.room.audit.flush();
    const stored: string[] = [];
    for (const space of ['sealed', 'secretVersion', 'item', 'aws', 'awsEvent', 'comment', 'auditEvent']) {
      for await (const { value } of open.store.load(space))
        stored.push(Buffer.from(value).toString('latin1'));
    }
    const encoded = Buffer.from(secret).toString('base64').slice(0, 30);
    for (const text of [open.logged(), JSON.stringify(open.aws.events()), stored.join('\n')]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encoded);
    }
    expect(stored.length).toBeGreaterThan(5);
  });

  it('leave a record in CloudTrail form, without the value', async () => {
    const t = new RowContext(open);
    const { name, arn } = await t.make({ Description: 'd', SecretString: 'hidden' });
    const crt = token();
    await t.ok('UpdateSecret', { SecretId: name, SecretString: 'hidden', ClientRequestToken: crt });
    const { record } = open.aws.events().at(-1)!;
    expect(record).toEqual({
      eventVersion: '1.09',
      userIdentity: {
        type: 'IAMUser',
        principalId: ACCESS_KEY,
        arn: `arn:aws:iam::123456789012:user/${ACCESS_KEY}`,
        accountId: '123456789012',
        accessKeyId: ACCESS_KEY,
        userName: ACCESS_KEY,
      },
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      eventSource: 'secretsmanager.amazonaws.com',
      eventName: 'UpdateSecret',
      awsRegion: REGION,
      sourceIPAddress: '127.0.0.1',
      userAgent: '',
      requestParameters: { secretId: name, clientRequestToken: crt },
      responseElements: { arn },
      requestID: expect.any(String),
      eventID: expect.any(String),
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '123456789012',
      eventCategory: 'Management',
    });
  });
});

describe('many at once', () => {
  it('writers of one secret leave one current version and one previous', async () => {
    const t = new RowContext(open);
    const { name } = await t.make();
    await Promise.all(Array.from({ length: 40 }, (_, i) => t.put(name, `v${i}`)));
    const labels = Object.values(await t.stages(name))
      .flat()
      .sort();
    expect(labels).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
    expect(await t.versions(name, true)).toHaveLength(41);
  });

  it('only one of many creations of a name succeeds', async () => {
    const t = new RowContext(open);
    const Name = t.name('race');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => t.send('CreateSecret', { Name, SecretString: 'x' })),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  });
});
