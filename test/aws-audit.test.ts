/** The audit log: what a kill leaves of it, what LookupEvents finds, and that no value is ever in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICES } from '../src/aws/services.ts';
import { LAMBDA, startFunction, type TestFunction } from './aws/function.ts';
import { raw, RawClient, startAws, token, type RawAnswer, type TestAws } from './aws/harness.ts';
import { RowContext } from './aws/rows/row.ts';
import { isBuilt, startServerProcess } from './support/server-process.ts';

const HOUR = 3_600_000;
const LOOKUP = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents';

describe.skipIf(!isBuilt())(`a server that is killed${isBuilt() ? '' : ' (not built)'}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-audit-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the records of every change it acknowledged, each once', async () => {
    const server = await startServerProcess({ flags: [`--data-dir=${folder}`, '--log-level=silent'] });
    const acknowledged: { id: string; name: string }[] = [];
    for (let round = 0; round < 3; round += 1) {
      const client = new RawClient(server.httpPort);
      const done = await changes(client, round);
      await server.kill('SIGKILL');
      acknowledged.push(...done);
      await server.start();
    }
    const sql = new pg.Client({ connectionString: server.url });
    await sql.connect();
    const { rows } = await sql.query<{ id: string; name: string }>(
      "SELECT record ->> 'requestID' AS id, event_name AS name FROM mz_tumbler.aws_events",
    );
    await sql.end();
    await server.kill('SIGKILL');
    const found = rows.filter(({ id }) => acknowledged.some((one) => one.id === id));
    const order = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    expect(found.sort(order)).toEqual(acknowledged.sort(order));
    expect(new Set(acknowledged.map(({ name }) => name)).size).toBeGreaterThan(20);
  });
});

/** One of every kind of change; answers the requests that succeeded. */
async function changes(client: RawClient, round: number): Promise<{ id: string; name: string }[]> {
  const done: { id: string; name: string }[] = [];
  const send = async (operation: string, input: Record<string, unknown>): Promise<RawAnswer['json']> => {
    const answer = await client.send(operation, input);
    expect(answer.text, operation).toSatisfy(() => answer.status === 200);
    const id = String(answer.headers['x-amzn-requestid']);
    done.push({ id, name: operation.slice(operation.indexOf('.') + 1) });
    return answer.json;
  };
  const SecretId = `audit/${round}`;
  const value = (SecretString: string): Record<string, unknown> => ({
    SecretString,
    ClientRequestToken: token(),
  });
  await send('CreateSecret', { Name: SecretId, ...value('one') });
  const { VersionId: second } = await send('PutSecretValue', {
    SecretId,
    ...value('two'),
    VersionStages: ['X'],
  });
  const { VersionId: third } = await send('UpdateSecret', { SecretId, ...value('three'), Description: 'd' });
  const move = { VersionStage: 'AWSCURRENT', MoveToVersionId: second, RemoveFromVersionId: third };
  await send('UpdateSecretVersionStage', { SecretId, ...move });
  await send('TagResource', { SecretId, Tags: [{ Key: 'a', Value: 'b' }] });
  await send('UntagResource', { SecretId, TagKeys: ['a'] });
  const Statement = { Effect: 'Allow', Principal: '*', Action: 'secretsmanager:*', Resource: '*' };
  await send('PutResourcePolicy', { SecretId, ResourcePolicy: JSON.stringify({ Statement }) });
  await send('DeleteResourcePolicy', { SecretId });
  await send('ReplicateSecretToRegions', { SecretId, AddReplicaRegions: [{ Region: 'eu-west-1' }] });
  await send('RemoveRegionsFromReplication', { SecretId, RemoveReplicaRegions: ['eu-west-1'] });
  await send('CancelRotateSecret', { SecretId });
  await send('DeleteSecret', { SecretId });
  await send('RestoreSecret', { SecretId });
  const { KeyMetadata } = await send('TrentService.CreateKey', {});
  const { KeyId } = KeyMetadata as { KeyId: string };
  await send('TrentService.CreateAlias', { AliasName: `alias/a${round}`, TargetKeyId: KeyId });
  await send('TrentService.DeleteAlias', { AliasName: `alias/a${round}` });
  await send('TrentService.UpdateKeyDescription', { KeyId, Description: 'd' });
  await send('TrentService.EnableKeyRotation', { KeyId });
  await send('TrentService.RotateKeyOnDemand', { KeyId });
  await send('TrentService.DisableKey', { KeyId });
  await send('TrentService.EnableKey', { KeyId });
  await send('TrentService.ScheduleKeyDeletion', { KeyId });
  await send('TrentService.CancelKeyDeletion', { KeyId });
  await send('DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true });
  return done;
}

interface Event {
  readonly EventId: string;
  readonly EventName: string;
  readonly EventTime: number;
  readonly Resources: readonly { readonly ResourceName: string; readonly ResourceType: string }[];
  readonly CloudTrailEvent: string;
}

describe('LookupEvents', () => {
  let server: TestAws;
  let t: RowContext;
  const made: string[] = [];
  let begin = 0;
  beforeAll(async () => {
    server = await startAws();
    t = new RowContext(server);
    begin = server.now();
    for (let i = 0; i < 7; i += 1) {
      made.push((await t.make()).name);
      server.advance(HOUR);
    }
    await t.get(made[0]!);
    await t.fails('GetSecretValue', { SecretId: 'none' }, 'ResourceNotFoundException', /find/);
    const key = await t.createKey();
    await t.ok('TrentService.DisableKey', { KeyId: key.id });
    await t.inRegion('eu-west-1').make();
  });
  afterAll(() => server.stop());

  async function lookup(input: Record<string, unknown> = {}): Promise<Event[]> {
    const events: Event[] = [];
    let page: Record<string, unknown> = {};
    do {
      const next = page['NextToken'] === undefined ? {} : { NextToken: page['NextToken'] };
      page = await t.ok(LOOKUP, { ...input, ...next });
      events.push(...(page['Events'] as Event[]));
    } while (page['NextToken'] !== undefined);
    return events;
  }

  const by = (AttributeKey: string, AttributeValue: string): Record<string, unknown> => ({
    LookupAttributes: [{ AttributeKey, AttributeValue }],
  });

  it('gives the newest first, of the region asked', async () => {
    const names = (await lookup()).map((event) => event.EventName);
    expect(names).toEqual([
      'DisableKey',
      'CreateKey',
      'GetSecretValue',
      'GetSecretValue',
      ...Array.from({ length: 7 }, () => 'CreateSecret'),
    ]);
    expect(await t.inRegion('eu-west-1').ok(LOOKUP)).toMatchObject({
      Events: [{ EventName: 'CreateSecret' }],
    });
  });

  it.each([1, 2, 3, 4, 50])(
    'comes in pages of %i without a gap, while more is logged',
    async (MaxResults) => {
      const all = await lookup();
      const events: Event[] = [];
      let NextToken: unknown;
      do {
        const page = await t.ok(LOOKUP, { MaxResults, ...(NextToken === undefined ? {} : { NextToken }) });
        expect((page['Events'] as Event[]).length).toBeLessThanOrEqual(MaxResults);
        events.push(...(page['Events'] as Event[]));
        NextToken = page['NextToken'];
        if (NextToken !== undefined) await t.get(made[1]!);
      } while (NextToken !== undefined);
      expect(events).toEqual(all);
    },
  );

  it.each<[string, () => string, () => number]>([
    ['EventName', () => 'CreateSecret', () => 7],
    ['EventName', () => 'createsecret', () => 0],
    ['EventSource', () => 'kms.amazonaws.com', () => 2],
    ['ReadOnly', () => 'false', () => 9],
    ['ResourceType', () => 'AWS::KMS::Key', () => 1],
    ['ResourceName', () => made[2]!, () => 1],
    ['Username', () => 'nobody', () => 0],
    ['AccessKeyId', () => 'AKIATESTTESTTESTTEST', () => 9],
  ])('finds by %s', async (key, value, count) => {
    const changes = { LookupAttributes: by(key, value())['LookupAttributes'] };
    const found = await lookup(changes);
    const withoutReads = found.filter((event) => event.EventName !== 'GetSecretValue');
    expect(withoutReads).toHaveLength(count());
  });

  it('finds one by its id, with the whole record', async () => {
    const [event] = await lookup(by('EventName', 'DisableKey'));
    const found = await lookup(by('EventId', event!.EventId));
    expect(found).toEqual([event]);
    const record = JSON.parse(event!.CloudTrailEvent) as Record<string, unknown>;
    expect(record).toMatchObject({ eventID: event!.EventId, eventName: 'DisableKey', readOnly: false });
  });

  it('keeps to a range of time', async () => {
    const StartTime = (begin + 2.5 * HOUR) / 1000;
    const EndTime = (begin + 5.5 * HOUR) / 1000;
    const names = (await lookup({ StartTime, EndTime })).flatMap((event) =>
      event.Resources.map((one) => one.ResourceName).filter((name) => !name.startsWith('arn:')),
    );
    expect(names).toEqual([made[5], made[4], made[3]]);
    expect(await lookup({ StartTime, ...by('ResourceName', made[6]!) })).toHaveLength(1);
    expect(await lookup({ EndTime: begin / 1000 - 1 })).toEqual([]);
    const turned = { StartTime: EndTime, EndTime: StartTime };
    const refused = await t.send(LOOKUP, turned);
    expect(refused.json['__type']).toBe('InvalidTimeRangeException');
  });

  it('refuses what it cannot read', async () => {
    const other = await t.ok(LOOKUP, { MaxResults: 1 });
    const taken = await t.send(LOOKUP, { ...by('ReadOnly', 'true'), NextToken: other['NextToken'] });
    expect(taken.json['__type']).toBe('InvalidNextTokenException');
    for (const input of [{ MaxResults: 51 }, { MaxResults: 0 }, by('Colour', 'red'), by('EventName', '')]) {
      expect((await t.send(LOOKUP, input)).json['__type']).toBe('ValidationException');
    }
    expect(await lookup({ EventCategory: 'insight' })).toEqual([]);
  });
});

describe('values', () => {
  let server: TestAws;
  let lambda: TestFunction;
  let t: RowContext;
  beforeAll(async () => {
    lambda = await startFunction();
    server = await startAws({ functions: new Map([[LAMBDA, lambda.url]]) });
    lambda.connect(server.port);
    t = new RowContext(server);
  });
  afterAll(async () => {
    await server.stop();
    await lambda.stop();
  });

  it('are in no record and no log line, whichever operation had them', async () => {
    const marks: string[] = [];
    /** A value that is looked for, as text and in base64. */
    const mark = (): string => {
      const text = `mark-${marks.length}-${token()}`;
      marks.push(text, Buffer.from(text).toString('base64'));
      return text;
    };
    const blob = (): string => Buffer.from(mark()).toString('base64');
    const { name } = await t.make({ SecretString: mark() });
    await t.ok('UpdateSecret', { SecretId: name, SecretBinary: blob() });
    await t.ok('PutSecretValue', { SecretId: name, SecretString: mark(), RotationToken: 'r'.repeat(36) });
    await t.get(name);
    await t.ok('BatchGetSecretValue', { SecretIdList: [name] });
    await t.ok('RotateSecret', { SecretId: name, RotationLambdaARN: LAMBDA });
    await server.aws.idle();
    marks.push(String((await t.get(name))['SecretString']));
    const { RandomPassword } = await t.ok('GetRandomPassword', {
      PasswordLength: 64,
      ExcludePunctuation: true,
    });
    marks.push(String(RandomPassword));
    const key = await t.createKey();
    const { CiphertextBlob } = await t.ok('TrentService.Encrypt', { KeyId: key.id, Plaintext: blob() });
    await t.ok('TrentService.Decrypt', { CiphertextBlob });
    await t.ok('TrentService.ReEncrypt', { CiphertextBlob, DestinationKeyId: key.id });
    const dataKey = await t.ok('TrentService.GenerateDataKey', { KeyId: key.id, KeySpec: 'AES_256' });
    marks.push(String(dataKey['Plaintext']));
    const random = await t.ok('TrentService.GenerateRandom', { NumberOfBytes: 32 });
    marks.push(String(random['Plaintext']));
    // Refused as well.
    await t.send('UpdateSecret', { SecretId: name, SecretString: mark(), SecretBinary: blob() });
    await t.send('PutSecretValue', { SecretId: 'none', SecretString: mark() });
    await t.send('CreateSecret', { Name: 'bad name', SecretString: mark() });
    const long = mark();
    await t.send('PutSecretValue', { SecretId: name, SecretString: long + 'x'.repeat(70_000) });
    await t.send('PutSecretValue', { SecretId: name, SecretString: { wrong: mark() } });
    await t.send('PutSecretValue', { SecretId: name, SecretBinary: `${mark()}!` });
    await raw(server.port, { target: 'secretsmanager.PutSecretValue', body: `{"SecretString": "${mark()}"` });
    const written = JSON.stringify(server.aws.events()) + server.logged();
    for (const text of marks) expect(written).not.toContain(text);
    expect(written).not.toContain('r'.repeat(36));
  });

  it('would not be shown by any shape: members that hold them are marked as such', () => {
    const holding = /^(?:Secret(?:String|Binary)|Plaintext|CiphertextBlob|RotationToken)$/;
    for (const { operations, targetPrefix } of SERVICES) {
      for (const [operation, { shape }] of Object.entries(operations)) {
        for (const [member, { shape: of }] of Object.entries(shape.members)) {
          const sensitive = 'sensitive' in of && of.sensitive === true;
          expect(sensitive, `${targetPrefix}.${operation} ${member}`).toBe(holding.test(member));
        }
      }
    }
  });
});
