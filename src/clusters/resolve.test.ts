import { describe, expect, it } from 'vitest';
import { applyChanges, emptySnapshot } from '../catalog/apply.ts';
import { put } from '../catalog/changes.ts';
import type { ConnectionItem, ConnectionOptionRecord, ConnectionType } from '../catalog/records.ts';
import { liveUpstreams } from '../connections/live.ts';
import { generateKeySet, serializeKeySet } from '../connections/ssh-keys.ts';
import { simulatedUpstreams } from '../connections/simulated.ts';
import { planError, type SqlError } from '../errors.ts';
import { SecretBytes } from '../secrets/secret-bytes.ts';
import { cachedValues, currentValues, resolveConnection, validateConnection } from './resolve.ts';

const base = { oid: 1, schemaId: 'u3', ownerId: 'u1', privileges: [], createdAt: 0, dependsOn: [] };
const text = (name: string, value: string): ConnectionOptionRecord => ({
  name,
  value: { kind: 'string', value },
});
const secret = (name: string, id: string): ConnectionOptionRecord => ({
  name,
  value: { kind: 'secret', id },
});

function connection(
  id: string,
  connectionType: ConnectionType,
  options: ConnectionOptionRecord[],
): ConnectionItem {
  return { ...base, id, name: id, kind: 'connection', connectionType, options };
}

const tunnel = connection('u2', 'ssh-tunnel', [
  text('HOST', 'bastion.example'),
  text('USER', 'mz'),
  text('PUBLIC KEY 1', 'a'),
]);
const pg = connection('u4', 'postgres', [
  text('DATABASE', 'd'),
  text('HOST', 'db'),
  secret('PASSWORD', 'u1'),
  { name: 'SSH TUNNEL', value: { kind: 'item', id: 'u2' } },
  text('SSL MODE', 'verify_full'),
  secret('USER', 'u5'),
]);

const version = (secretId: string, versionId: string): ReturnType<typeof put> =>
  put('secretVersion', {
    secretId,
    versionId,
    stages: ['AWSCURRENT'],
    createdAt: 0,
    kmsKeyId: 'k',
    sizeBytes: 1,
    valueKind: 'string',
    supersededAt: null,
    sequence: 1,
  });

const pin = (secretId: string, versionId: string): ReturnType<typeof put> =>
  put('pin', {
    clusterId: 'u1',
    replicaId: 'u7',
    objectId: 'u9',
    connectionId: 'u4',
    secretId,
    versionId,
    cachedAt: 0,
  });

const keys = generateKeySet();
const snapshot = applyChanges(emptySnapshot(), [
  put('item', tunnel),
  put('item', pg),
  version('u1', 'new'),
  version('u5', 'new'),
  version('u2', 'keys'),
  pin('u1', 'old'),
  pin('u5', 'old'),
]);

const open = (secretId: string, versionId: string): Promise<SecretBytes> => {
  if (secretId === 'u2') return Promise.resolve(serializeKeySet(keys));
  if (versionId === 'lost') return Promise.reject(planError('NotFound'));
  return Promise.resolve(SecretBytes.fromText(`${secretId} ${versionId}`));
};

const never = new AbortController().signal;

describe('resolving a connection', () => {
  it('fills in defaults, the tunnel with both key pairs, and current values', async () => {
    const resolved = await resolveConnection(snapshot, pg, currentValues(snapshot, open));
    expect(resolved).toMatchObject({
      type: 'postgres',
      host: 'db',
      port: 5432,
      tls: { mode: 'verify-full' },
    });
    if (resolved.type !== 'postgres') throw new Error('not postgres');
    expect(resolved.password?.openText()).toBe('u1 new');
    expect((resolved.user as SecretBytes).openText()).toBe('u5 new');
    expect(resolved.tunnel).toMatchObject({ host: 'bastion.example', port: 22, user: 'mz' });
    expect(resolved.tunnel?.keys.map((pair) => pair.publicKey)).toEqual([
      keys.primary.publicKey,
      keys.secondary.publicKey,
    ]);
    expect(JSON.stringify(resolved)).not.toContain('u1 new');
  });

  it('takes what a replica cached, and key pairs as they are', async () => {
    const resolved = await resolveConnection(snapshot, pg, cachedValues(snapshot, 'u9', 'u7', open));
    if (resolved.type !== 'postgres') throw new Error('not postgres');
    expect(resolved.password?.openText()).toBe('u1 old');
    expect(resolved.tunnel?.keys).toHaveLength(2);
    await expect(resolveConnection(snapshot, pg, cachedValues(snapshot, 'u9', 'u8', open))).rejects.toThrow(
      'secret u1 is not cached on replica u8',
    );
  });

  it('gives every Kafka broker its tunnel and port', async () => {
    const kafka = connection('u6', 'kafka', [
      {
        name: 'BROKERS',
        value: {
          kind: 'brokers',
          brokers: [
            { address: 'a' },
            { address: '[::1]:19092' },
            { address: 'c:1', tunnel: { kind: 'ssh', id: 'u2' } },
          ],
        },
      },
      text('SASL MECHANISMS', 'plain'),
      secret('SASL PASSWORD', 'u1'),
      text('SASL USERNAME', 'me'),
    ]);
    const resolved = await resolveConnection(snapshot, kafka, currentValues(snapshot, open));
    if (resolved.type !== 'kafka') throw new Error('not kafka');
    expect(resolved.brokers.map((b) => [b.host, b.port, b.tunnel?.host])).toEqual([
      ['a', 9092, undefined],
      ['::1', 19092, undefined],
      ['c', 1, 'bastion.example'],
    ]);
    expect(resolved.securityProtocol).toBe('SASL_SSL');
    expect(resolved.tls).toEqual({ mode: 'verify-full' });
    expect(resolved.sasl).toMatchObject({ mechanism: 'plain', username: 'me' });
  });

  it('takes routes that cannot be contacted where nothing is', async () => {
    const kafka = connection('u6', 'kafka', [
      { name: 'AWS PRIVATELINK', value: { kind: 'item', id: 'u2' } },
      text('SECURITY PROTOCOL', 'PLAINTEXT'),
    ]);
    const values = currentValues(snapshot, open);
    const live = liveUpstreams();
    await expect(validateConnection(live, snapshot, kafka, values, never)).rejects.toMatchObject({
      code: '0A000',
      message: 'contacting upstreams through AWS PRIVATELINK is not supported',
    });
    await live.close();
    await validateConnection(simulatedUpstreams(), snapshot, kafka, values, never);
  });

  it('gives MySQL its port and the mode that a text stands for', async () => {
    const mysql = connection('u6', 'mysql', [
      text('HOST', 'h'),
      secret('PASSWORD', 'u1'),
      text('SSL MODE', 'Verify_Identity'),
      text('USER', 'u'),
    ]);
    const resolved = await resolveConnection(snapshot, mysql, currentValues(snapshot, open));
    expect(resolved).toMatchObject({ host: 'h', port: 3306, user: 'u', tls: { mode: 'verify-full' } });
    const iam = { ...mysql, options: [...mysql.options, text('AWS CONNECTION', 'u5')] };
    await expect(resolveConnection(snapshot, iam, currentValues(snapshot, open))).rejects.toMatchObject({
      code: '0A000',
    });
  });

  it.each([
    ['http://registry', [], 80],
    ['https://registry', [], 443],
    ['https://registry:443', [], 443],
    ['https://registry:8081/', [], 8081],
    ['http://[::1]:8081', [], 8081],
    // The reference's port for tunnels, whatever the scheme.
    ['https://registry', [{ name: 'SSH TUNNEL', value: { kind: 'item', id: 'u2' } }], 80],
    ['https://registry:443', [{ name: 'SSH TUNNEL', value: { kind: 'item', id: 'u2' } }], 443],
  ] as const)('takes the port of a registry from %s', async (url, more, port) => {
    const registry = connection('u6', 'confluent-schema-registry', [text('URL', url), ...more]);
    expect(await resolveConnection(snapshot, registry, currentValues(snapshot, open))).toMatchObject({
      port,
    });
  });

  it('logs in at a registry as the options say, else as the URL does', async () => {
    const login = async (...options: ConnectionOptionRecord[]): Promise<unknown> => {
      const registry = connection('u6', 'confluent-schema-registry', options);
      const resolved = await resolveConnection(snapshot, registry, currentValues(snapshot, open));
      if (resolved.type !== 'confluent-schema-registry' || resolved.login === undefined) return undefined;
      return [resolved.login.user, resolved.login.password?.openText()];
    };
    const url = text('URL', 'http://who:p%40ss%zz@registry');
    expect(await login(url)).toEqual(['who', 'p%40ss%zz']);
    expect(await login(text('URL', 'http://who:p%40ss@registry'))).toEqual(['who', 'p@ss']);
    expect(await login(url, text('USER', 'me'), secret('PASSWORD', 'u1'))).toEqual(['me', 'u1 new']);
    expect(await login(text('URL', 'http://registry'), text('USER', 'me'))).toEqual(['me', undefined]);
    expect(await login(text('URL', 'http://registry'), secret('PASSWORD', 'u1'))).toBeUndefined();
  });

  it('does not pretend to have contacted what it cannot contact', async () => {
    const server = connection('u8', 'sql-server', [
      text('HOST', 'h'),
      text('USER', 'u'),
      secret('PASSWORD', 'u1'),
    ]);
    const values = currentValues(snapshot, open);
    const live = liveUpstreams();
    const error = await validateConnection(live, snapshot, server, values, never).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: '0A000',
      message: 'contacting SQL SERVER connections is not supported',
    });
    await live.close();
    await validateConnection(simulatedUpstreams(), snapshot, server, values, never);
    const missing = { ...server, options: [secret('PASSWORD', 'u99')] };
    const lost = await validateConnection(simulatedUpstreams(), snapshot, missing, values, never).catch(
      (e: unknown) => e,
    );
    expect((lost as SqlError).message).toContain('NotFound');
  });
});
