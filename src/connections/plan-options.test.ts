import { describe, expect, it } from 'vitest';
import type { ConnectionItem, Item } from '../catalog/records.ts';
import { planError, SqlError } from '../errors.ts';
import { parseStatement } from '../sql/parser.ts';
import type { ItemLookup } from './option-values.ts';
import {
  alterConnectionOptions,
  isRotateKeys,
  planConnectionOptions,
  referencedIds,
  requireCompatible,
  withPublicKeys,
} from './plan-options.ts';

const base = {
  oid: 1,
  schemaId: 'u3',
  ownerId: 'u1',
  privileges: [],
  createdAt: 0,
  dependsOn: [],
};

function connection(id: string, name: string, type: ConnectionItem['connectionType']): ConnectionItem {
  return { ...base, id, name, kind: 'connection', connectionType: type, options: [] };
}

const ITEMS: readonly Item[] = [
  { ...base, id: 'u1', name: 's', kind: 'secret' },
  { ...base, id: 'u2', name: 'tun', kind: 'connection', connectionType: 'ssh-tunnel', options: [] },
  {
    ...connection('u3', 'pl', 'aws-privatelink'),
    options: [
      {
        name: 'AVAILABILITY ZONES',
        value: { kind: 'list', values: [{ kind: 'string', value: 'use1-az1' }] },
      },
    ],
  },
  connection('u4', 'aws_conn', 'aws'),
  { ...base, id: 'u5', name: 'tbl', kind: 'table', columns: [] },
  connection('u6', 'tun2', 'ssh-tunnel'),
];

const lookup: ItemLookup = {
  resolve: (name) => {
    const item = ITEMS.find((i) => i.name === name.parts.at(-1));
    if (item === undefined) throw planError(`unknown catalog item '${name.parts.join('.')}'`);
    return item;
  },
  byId: (id) => ITEMS.find((item) => item.id === id),
  fullName: (item) => `materialize.public.${item.name}`,
  idPath: (item) => `u1.u3.${item.name}`,
};

function plan(text: string): ReturnType<typeof planConnectionOptions> {
  const node = parseStatement(`CREATE CONNECTION c TO ${text}`);
  if (node.kind !== 'create connection') throw new Error('not a connection');
  return planConnectionOptions(node.type, node.options, lookup);
}

function alter(item: ConnectionItem, text: string): ReturnType<typeof planConnectionOptions> {
  const node = parseStatement(`ALTER CONNECTION c ${text}`);
  if (node.kind !== 'alter connection') throw new Error('not an ALTER CONNECTION');
  expect(isRotateKeys(item, 'materialize.public.c', node.actions, node.withText)).toBe(false);
  return alterConnectionOptions(item, node.actions, lookup);
}

function failure(run: () => unknown): SqlError {
  try {
    run();
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

const PG = "POSTGRES (HOST 'h', DATABASE 'd', USER 'u'";

describe('CREATE CONNECTION options', () => {
  it('become records in printing order, with names as ids', () => {
    const options = plan(
      "POSTGRES (USER = SECRET s, PORT 6543, SSL MODE require, HOST 'db', DATABASE d, SSH TUNNEL tun, PASSWORD SECRET s)",
    );
    expect(options).toEqual([
      { name: 'DATABASE', value: { kind: 'ident', value: 'd' } },
      { name: 'HOST', value: { kind: 'string', value: 'db' } },
      { name: 'PASSWORD', value: { kind: 'secret', id: 'u1' } },
      { name: 'PORT', value: { kind: 'number', value: '6543' } },
      { name: 'SSH TUNNEL', value: { kind: 'item', id: 'u2' } },
      { name: 'SSL MODE', value: { kind: 'ident', value: 'require' } },
      { name: 'USER', value: { kind: 'secret', id: 'u1' } },
    ]);
    expect(referencedIds(options)).toEqual(['u1', 'u2']);
  });

  it('keep the tunnel of every broker', () => {
    const options = plan(
      "KAFKA (BROKERS ('a:1' USING SSH TUNNEL tun, 'b', 'c' USING AWS PRIVATELINK pl (PORT 9093, AVAILABILITY ZONE 'use1-az1')), SECURITY PROTOCOL PLAINTEXT)",
    );
    expect(options[0]).toEqual({
      name: 'BROKERS',
      value: {
        kind: 'brokers',
        brokers: [
          { address: 'a:1', tunnel: { kind: 'ssh', id: 'u2' } },
          { address: 'b' },
          {
            address: 'c',
            tunnel: { kind: 'privatelink', id: 'u3', port: 9093, availabilityZone: 'use1-az1' },
          },
        ],
      },
    });
    expect(referencedIds(options)).toEqual(['u2', 'u3']);
  });

  it('take the public keys of a tunnel', () => {
    const options = plan("SSH TUNNEL (HOST 'b', USER 'mz')");
    expect(
      withPublicKeys(withPublicKeys(options, 'k1', 'k2'), 'k2', 'k3').map((o) => [
        o.name,
        'value' in o.value && o.value.value,
      ]),
    ).toEqual([
      ['HOST', 'b'],
      ['PUBLIC KEY 1', 'k2'],
      ['PUBLIC KEY 2', 'k3'],
      ['USER', 'mz'],
    ]);
  });

  it.each([
    // Generic (2.3)
    [`${PG}, HOST 'x')`, 'HOST specified more than once'],
    [`${PG}, BROKER 'a', URL 'x')`, 'POSTGRES connections do not support BROKER, URL values'],
    [`${PG}, PASSWORD SECRET nope)`, "unknown catalog item 'nope'"],
    [`${PG}, PASSWORD SECRET tbl)`, 'materialize.public.tbl is not a secret'],
    [`${PG}, PASSWORD 'x')`, 'invalid PASSWORD: must provide a secret value'],
    [`${PG}, SSL CERTIFICATE)`, 'invalid SSL CERTIFICATE: must provide a string or secret value'],
    [`${PG}, PORT)`, 'invalid PORT: must provide an integer value'],
    [`${PG}, PORT 70000)`, 'invalid PORT: invalid numeric value: number too large to fit in target type'],
    [`${PG}, PORT -1)`, 'invalid PORT: invalid numeric value: invalid digit found in string'],
    [`${PG}, PORT 'x')`, 'invalid PORT: cannot use value as number'],
    ['POSTGRES (HOST = SECRET s)', 'invalid HOST: incompatible value types: cannot convert secrets to text'],
    ['POSTGRES (HOST 5)', 'invalid HOST: cannot use value as string'],
    [`${PG}, SSH TUNNEL tbl)`, 'connection "u1.u3.tbl" does not exist'],
    [`${PG}, SSH TUNNEL aws_conn)`, 'aws_conn is not an SSH connection'],
    [`${PG}, AWS PRIVATELINK tun)`, 'tun is not an AWS PRIVATELINK connection'],
    [`${PG}, SSH TUNNEL tun, AWS PRIVATELINK pl)`, 'cannot specify both SSH TUNNEL and AWS PRIVATELINK'],
    // AWS
    [
      "AWS (ACCESS KEY ID 'a')",
      'must specify both ACCESS KEY ID and SECRET ACCESS KEY with optional SESSION TOKEN',
    ],
    [
      "AWS (ASSUME ROLE SESSION NAME 'a')",
      'must specify ASSUME ROLE ARN with optional ASSUME ROLE SESSION NAME',
    ],
    ["AWS (REGION 'a')", 'must specify either ASSUME ROLE ARN or ACCESS KEY ID and SECRET ACCESS KEY'],
    [
      "AWS (ACCESS KEY ID 'a', SECRET ACCESS KEY SECRET s, ASSUME ROLE ARN 'x')",
      'cannot specify both ACCESS KEY ID and ASSUME ROLE ARN',
    ],
    // AWS PRIVATELINK
    ["AWS PRIVATELINK (AVAILABILITY ZONES ('a'))", 'SERVICE NAME option is required'],
    ["AWS PRIVATELINK (SERVICE NAME 'a')", 'AVAILABILITY ZONES option is required'],
    [
      "AWS PRIVATELINK (SERVICE NAME 'a', AVAILABILITY ZONES ('x', 'y', 'x'))",
      'connection cannot contain duplicate availability zones',
    ],
    // KAFKA
    ["KAFKA (BROKER 'a', SECURITY PROTOCOL foo)", 'unknown security protocol: FOO'],
    ["KAFKA (BROKER 'a', SSL CERTIFICATE 'x')", 'SSL KEY must be specified with SSL CERTIFICATE'],
    ["KAFKA (BROKER 'a', AWS CONNECTION tun)", 'tun is not an AWS connection'],
    ["KAFKA (BROKER 'a', SECURITY PROTOCOL sasl_plaintext)", 'SASL MECHANISMS must be specified'],
    ["KAFKA (BROKER 'a', SASL MECHANISMS 'PLAIN')", 'SASL USERNAME must be specified'],
    ["KAFKA (BROKER 'a', SASL MECHANISMS 'PLAIN', SASL USERNAME 'u')", 'SASL PASSWORD must be specified'],
    ["KAFKA (BROKER 'a', SSL KEY SECRET s)", 'option SSL KEY not supported with this configuration'],
    [
      "KAFKA (BROKER 'a', SECURITY PROTOCOL PLAINTEXT, SSL KEY SECRET s, SASL USERNAME 'u')",
      'option SASL USERNAME not supported with this configuration',
    ],
    [
      'KAFKA (SECURITY PROTOCOL PLAINTEXT)',
      'invalid CONNECTION: must set one of BROKER, BROKERS, or AWS PRIVATELINK',
    ],
    [
      "KAFKA (BROKER 'a', BROKERS ('b'))",
      'invalid CONNECTION: can only set one of BROKER, BROKERS, or AWS PRIVATELINK',
    ],
    [
      "KAFKA (BROKER 'a:1,b:2')",
      "invalid CONNECTION: cannot specify multiple Kafka broker addresses in one string.\n\nInstead, specify BROKERS using multiple strings, e.g. BROKERS ('kafka:9092', 'kafka:9093')",
    ],
    ["KAFKA (BROKER 'a' USING SSH TUNNEL pl)", 'pl is not an SSH connection'],
    [
      "KAFKA (BROKER 'a' USING AWS PRIVATELINK pl (AVAILABILITY ZONE 'zz'))",
      'AWS PrivateLink availability zone "zz" does not match any of the availability zones on the AWS PrivateLink connection "materialize.public.pl"',
    ],
    ['KAFKA (AWS PRIVATELINK pl, SSH TUNNEL tun)', 'cannot specify both SSH TUNNEL and AWS PRIVATELINK'],
    [
      "KAFKA (BROKER 'a', PROGRESS TOPIC REPLICATION FACTOR -1)",
      'invalid CONNECTION: PROGRESS TOPIC REPLICATION FACTOR must be greater than 0',
    ],
    // CONFLUENT SCHEMA REGISTRY
    ["CONFLUENT SCHEMA REGISTRY (URL 'nope')", 'parsing schema registry url: relative URL without a base'],
    ["CONFLUENT SCHEMA REGISTRY (USER 'u')", 'invalid CONNECTION: must specify URL'],
    ["CONFLUENT SCHEMA REGISTRY (URL 'http://x/y')", 'invalid CONNECTION: URL must have an empty path'],
    [
      "CONFLUENT SCHEMA REGISTRY (URL 'http://x', SSL KEY SECRET s)",
      'invalid CONNECTION: reading from SSL-auth Confluent Schema Registry requires both SSL KEY and SSL CERTIFICATE',
    ],
    [
      "CONFLUENT SCHEMA REGISTRY (URL 'http://x', AWS PRIVATELINK pl (PORT 1))",
      'invalid CONNECTION: CONFLUENT SCHEMA REGISTRY does not support PORT for AWS PRIVATELINK',
    ],
    // POSTGRES
    [`${PG}, SSL KEY SECRET s)`, 'invalid CONNECTION: both SSL KEY and SSL CERTIFICATE are required'],
    [`${PG}, SSL MODE 'REQUIRE')`, 'invalid CONNECTION: unknown SSL MODE "REQUIRE"'],
    [`${PG}, SSL MODE prefer)`, 'invalid CONNECTION: unknown SSL MODE "prefer"'],
    [`${PG}, SSL MODE constructor)`, 'invalid CONNECTION: unknown SSL MODE "constructor"'],
    ["POSTGRES (HOST 'h', USER 'u')", 'DATABASE option is required'],
    ["POSTGRES (DATABASE 'h', USER 'u')", 'HOST option is required'],
    ["POSTGRES (DATABASE 'h', HOST 'u')", 'USER option is required'],
    // MYSQL
    [
      "MYSQL (HOST 'h', USER 'u', AWS CONNECTION aws_conn, PASSWORD SECRET s)",
      'invalid CONNECTION: AWS IAM authentication is not supported with password',
    ],
    [
      "MYSQL (HOST 'h', USER 'u', AWS CONNECTION aws_conn)",
      'invalid CONNECTION: AWS IAM authentication requires SSL to be enabled',
    ],
    ["MYSQL (HOST 'h', USER 'u', SSL MODE foo)", 'invalid CONNECTION: unknown SSL MODE "FOO"'],
    ["MYSQL (USER 'u')", 'HOST option is required'],
    // SQL SERVER
    [
      "SQL SERVER (HOST 'h', SSL MODE verify_ca)",
      "invalid CONNECTION: SSL MODE 'verify_ca' requires SSL CERTIFICATE AUTHORITY",
    ],
    ["SQL SERVER (HOST 'h', DATABASE 'd', USER 'u')", 'PASSWORD option is required'],
    // SSH TUNNEL
    ["SSH TUNNEL (USER 'u')", 'HOST option is required'],
    ["SSH TUNNEL (HOST 'h', USER SECRET s)", 'SSH connections do not support supplying USER value as SECRET'],
    // ICEBERG CATALOG
    ["ICEBERG CATALOG (URL 'http://x')", 'invalid CONNECTION: ICEBERG connections must specify CATALOG TYPE'],
    ["ICEBERG CATALOG (CATALOG TYPE 'rest')", 'invalid CONNECTION: must specify URL'],
    [
      "ICEBERG CATALOG (CATALOG TYPE 's3tablesrest', URL 'http://x')",
      'invalid CONNECTION: ICEBERG s3tablesrest connections must specify WAREHOUSE',
    ],
    [
      "ICEBERG CATALOG (CATALOG TYPE 's3tablesrest', URL 'http://x', WAREHOUSE 'w')",
      'invalid CONNECTION: ICEBERG s3tablesrest connections require an AWS connection',
    ],
    [
      "ICEBERG CATALOG (CATALOG TYPE 'REST', URL 'http://x')",
      'invalid CONNECTION: ICEBERG rest connections require a CREDENTIAL',
    ],
  ])('%s: %s', (text, message) => {
    expect(failure(() => plan(text))).toMatchObject({ code: 'XX000', message });
  });

  it.each([
    "AWS (ASSUME ROLE ARN 'a', ASSUME ROLE SESSION NAME 'b', REGION 'r')",
    "AWS PRIVATELINK (SERVICE NAME 'a', AVAILABILITY ZONES ('x', 'y'), PORT 1)",
    "KAFKA (BROKER 'a')",
    'KAFKA (AWS PRIVATELINK pl (PORT 9095), SECURITY PROTOCOL plaintext)',
    "KAFKA (BROKERS ('a', 'b'), AWS CONNECTION aws_conn, SSH TUNNEL tun)",
    "KAFKA (BROKER 'a', SASL MECHANISMS plain, SASL USERNAME SECRET s, SASL PASSWORD SECRET s, SSL KEY SECRET s, SSL CERTIFICATE 'x')",
    "CONFLUENT SCHEMA REGISTRY (URL 'https://x:8081', PASSWORD SECRET s, PORT 80)",
    "MYSQL (HOST 'h', USERNAME 'u', SSL MODE verify_identity)",
    "SQL SERVER (HOST 'h', DATABASE 'd', USER 'u', PASSWORD SECRET s, SSL MODE verify)",
    "ICEBERG CATALOG (CATALOG TYPE rest, URL 'http://x', CREDENTIAL SECRET s, SCOPE 'x')",
  ])('%s is accepted', (text) => {
    expect(plan(text).length).toBeGreaterThan(0);
  });
});

describe('ALTER CONNECTION options', () => {
  const pg: ConnectionItem = { ...connection('u8', 'c', 'postgres'), options: plan(`${PG}, PORT 1)`) };
  const kafka: ConnectionItem = {
    ...connection('u9', 'k', 'kafka'),
    options: plan("KAFKA (BROKERS ('a', 'b'), SECURITY PROTOCOL PLAINTEXT)"),
  };

  it('are set, dropped and defaulted together', () => {
    const after = alter(
      pg,
      "SET (HOST 'new'), DROP (PORT), RESET (PORT), SET (PASSWORD SECRET s), DROP (SSL MODE)",
    );
    expect(after.map((o) => o.name)).toEqual(['DATABASE', 'HOST', 'PASSWORD', 'USER']);
    expect(after[1]).toEqual({ name: 'HOST', value: { kind: 'string', value: 'new' } });
    // A stored BROKERS makes way for BROKER.
    expect(alter(kafka, "SET (BROKER 'x')").map((o) => o.name)).toEqual(['BROKER', 'SECURITY PROTOCOL']);
  });

  it.each<[ConnectionItem, string, string, string]>([
    [kafka, "SET (PROGRESS TOPIC 'x')", 'XX000', 'cannot ALTER KAFKA option PROGRESS TOPIC'],
    [pg, 'DROP (PROGRESS TOPIC REPLICATION FACTOR)', 'XX000', 'cannot ALTER POSTGRES option PROGRESS TOPIC'],
    [pg, "SET (URL 'x'), DROP (BROKER)", 'XX000', 'POSTGRES connections do not support BROKER, URL values'],
    [pg, "SET (HOST 'x'), SET (HOST 'y')", 'XX000', 'HOST specified more than once'],
    [pg, "SET (PASSWORD 'x')", 'XX000', 'invalid PASSWORD: must provide a secret value'],
    [
      pg,
      "SET (USER 'x'), SET (HOST 'x'), DROP (USER), RESET (HOST)",
      'XX000',
      'cannot both SET and DROP/RESET options HOST, USER',
    ],
    [
      kafka,
      "SET (BROKER 'x'), DROP (BROKERS)",
      'XX000',
      'cannot both SET and DROP/RESET mutually exclusive KAFKA options BROKER, BROKERS',
    ],
    [
      kafka,
      "SET (BROKER 'x'), SET (BROKERS ('y'))",
      '0A000',
      'invalid ALTER CONNECTION: invalid CONNECTION: can only set one of BROKER, BROKERS, or AWS PRIVATELINK',
    ],
    [
      kafka,
      'DROP (BROKERS)',
      '0A000',
      'invalid ALTER CONNECTION: invalid CONNECTION: must set one of BROKER, BROKERS, or AWS PRIVATELINK',
    ],
    [pg, 'DROP (HOST)', '0A000', 'invalid ALTER CONNECTION: HOST option is required'],
  ])('%#: %s', (item, text, code, message) => {
    expect(failure(() => alter(item, text))).toMatchObject({ code, message });
  });

  it('refuse what running dependents cannot take', () => {
    requireCompatible(pg, alter(pg, "SET (HOST 'x')"));
    expect(failure(() => requireCompatible(pg, alter(pg, 'SET (SSH TUNNEL tun)'))).message).toBe(
      'storage error: u8 cannot be altered in the requested way',
    );
  });

  it('ROTATE KEYS stands alone and is for tunnels', () => {
    const tunnel = connection('u2', 'c', 'ssh-tunnel');
    const rotate = (item: ConnectionItem, text: string): boolean => {
      const node = parseStatement(`ALTER CONNECTION c ${text}`);
      if (node.kind !== 'alter connection') throw new Error('not an ALTER CONNECTION');
      return isRotateKeys(item, 'materialize.public.c', node.actions, node.withText);
    };
    expect(rotate(tunnel, 'ROTATE KEYS')).toBe(true);
    for (const text of ["ROTATE KEYS, SET (HOST 'x')", 'ROTATE KEYS, ROTATE KEYS']) {
      expect(failure(() => rotate(tunnel, text)).message).toBe(
        'cannot specify any other actions alongside ALTER CONNECTION...ROTATE KEYS',
      );
    }
    expect(
      failure(() => rotate(tunnel, "ROTATE KEYS WITH (VALIDATE = true, VALIDATE = 'abc')")).message,
    ).toBe("ALTER CONNECTION...ROTATE KEYS does not support WITH (VALIDATE = true, VALIDATE = 'abc')");
    expect(failure(() => rotate(pg, 'ROTATE KEYS')).message).toBe(
      'materialize.public.c is not an SSH connection',
    );
  });
});
