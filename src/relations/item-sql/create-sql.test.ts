import { beforeAll, describe, expect, it } from 'vitest';
import { applyChanges } from '../../catalog/apply.ts';
import { put } from '../../catalog/changes.ts';
import type { ConnectionItem, Item, ViewItem } from '../../catalog/records.ts';
import { loadParser, parseStatement } from '../../sql/parser.ts';
import { printStatement } from '../../sql/printer.ts';
import { contextFor, ITEMS, sampleSnapshot } from '../testing/sample-catalog.ts';
import {
  createClusterSql,
  createSql,
  fullName,
  systemIndexSql,
  viewDefinition,
  viewQuery,
  type SqlForm,
} from './create-sql.ts';
import { redactLiterals } from './printer.ts';
import { systemIndexObjects } from '../system-catalog.ts';

const { snapshot } = contextFor(sampleSnapshot());

function itemNamed(name: string): Item {
  const item = ITEMS.find((candidate) => candidate.name === name && candidate.schemaId === 'u3');
  if (item === undefined) throw new Error(`no item ${name}`);
  return item;
}

const text = (name: string, form: SqlForm): string => createSql(itemNamed(name), snapshot, form);

/** A Kafka connection with one broker; expected texts are those the reference quotes from tests of the original. */
function kafka(name: string, options: ConnectionItem['options']): ConnectionItem {
  const template = itemNamed('kafka');
  if (template.kind !== 'connection') throw new Error('not a connection');
  return { ...template, name, options };
}

describe('CREATE CONNECTION', () => {
  const broker = (address: string) =>
    ({ name: 'BROKER', value: { kind: 'broker', broker: { address } } }) as const;
  const plaintext = { name: 'SECURITY PROTOCOL', value: { kind: 'ident', value: 'plaintext' } } as const;

  it('fits in 100 columns on one line', () => {
    expect(createSql(kafka('conn', [broker('abcd'), plaintext]), snapshot, 'pretty')).toBe(
      "CREATE CONNECTION materialize.public.conn TO KAFKA (BROKER = 'abcd', SECURITY PROTOCOL = plaintext);",
    );
  });

  it('breaks before TO when it does not fit', () => {
    expect(createSql(kafka('testconn', [broker('localhost:9092'), plaintext]), snapshot, 'pretty')).toBe(
      'CREATE CONNECTION materialize.public.testconn\n' +
        "TO KAFKA (BROKER = 'localhost:9092', SECURITY PROTOCOL = plaintext);",
    );
  });

  it('moves a long list to its own line, and then each option', () => {
    const host = (length: number) =>
      ({ name: 'HOST', value: { kind: 'string', value: 'h'.repeat(length) } }) as const;
    const long = createSql(kafka('long', [host(50), plaintext]), snapshot, 'pretty').split('\n');
    expect(long[1]).toBe('TO KAFKA');
    expect(long[2]).toMatch(/^ {4}\(HOST = 'h+', SECURITY PROTOCOL = plaintext\);$/);
    expect(
      createSql(kafka('longer', [host(90), plaintext]), snapshot, 'pretty')
        .split('\n')
        .slice(1),
    ).toEqual([
      'TO KAFKA',
      '    (',
      `        HOST = '${'h'.repeat(90)}',`,
      '        SECURITY PROTOCOL = plaintext',
      '    );',
    ]);
  });

  it('prints references in each form, and a tunnelled broker without a blank', () => {
    expect(text('kafka', 'simple')).toBe(
      "CREATE CONNECTION materialize.public.kafka TO KAFKA (BROKER = 'kafka:9092'USING SSH TUNNEL " +
        'materialize.public.bastion, SASL PASSWORD = SECRET materialize.public.pw, SECURITY PROTOCOL = sasl_plaintext)',
    );
    expect(text('pg', 'stable')).toBe(
      'CREATE CONNECTION "materialize"."public"."pg" TO POSTGRES (DATABASE = "postgres", HOST = \'it\'\'s\', ' +
        'PASSWORD = SECRET [u1 AS "materialize"."public"."pw"], ' +
        'SSH TUNNEL = [u3 AS "materialize"."public"."bastion"])',
    );
    expect(text('pg', 'redacted')).toBe(text('pg', 'simple'));
  });

  it('prints the names of today', () => {
    const renamed = applyChanges(snapshot, [put('item', { ...itemNamed('pw'), name: 'Pass Word' })]);
    expect(createSql(itemNamed('pg'), renamed, 'simple')).toContain(
      'PASSWORD = SECRET materialize.public."Pass Word"',
    );
  });
});

describe('other CREATE statements', () => {
  it('never print the value of a secret', () => {
    expect(text('pw', 'stable')).toBe(`CREATE SECRET "materialize"."public"."pw" AS '********'`);
    expect(text('pw', 'redacted')).toBe(`CREATE SECRET materialize.public.pw AS '<REDACTED>'`);
  });

  it('of a source name its tables and its progress relation', () => {
    expect(text('src', 'pretty')).toBe(
      [
        'CREATE SOURCE materialize.public.src',
        'IN CLUSTER quickstart',
        'FROM',
        `    POSTGRES CONNECTION materialize.public.pg (PUBLICATION = 'mz_source', TEXT COLUMNS = (public."Orders".note))`,
        'FOR TABLES (postgres.public."Orders" AS materialize.public.orders)',
        'EXPOSE PROGRESS AS materialize.public.src_progress;',
      ].join('\n'),
    );
  });

  it('of a generator source is the documented example', () => {
    const item: Item = {
      ...itemNamed('src'),
      id: 'u99',
      name: 'auction_house',
      dependsOn: [],
      kind: 'source',
      clusterId: 'u1',
      columns: [],
      detail: {
        type: 'load-generator',
        generator: 'AUCTION',
        options: [
          { name: 'AS OF', value: '300' },
          { name: 'UP TO', value: '301' },
        ],
        forAllTables: false,
      },
    };
    expect(createSql(item, snapshot, 'pretty')).toBe(
      'CREATE SOURCE materialize.public.auction_house\nIN CLUSTER quickstart\n' +
        'FROM LOAD GENERATOR AUCTION (AS OF = 300, UP TO = 301);',
    );
  });

  it('of a subsource and a progress relation say where they come from', () => {
    expect(text('orders', 'simple')).toBe(
      'CREATE SUBSOURCE materialize.public.orders (id pg_catalog.int4 NOT NULL, note pg_catalog.text) ' +
        'OF SOURCE materialize.public.src WITH (EXTERNAL REFERENCE = postgres.public."Orders")',
    );
    expect(text('src_progress', 'simple')).toBe(
      'CREATE SUBSOURCE materialize.public.src_progress (lsn mz_catalog.uint8) WITH (PROGRESS = true)',
    );
  });

  it('of a sink has its clauses in order', () => {
    expect(text('snk', 'simple')).toBe(
      'CREATE SINK materialize.public.snk IN CLUSTER "By hand" FROM materialize.public.t ' +
        "INTO KAFKA CONNECTION materialize.public.kafka (TOPIC = 'topic') KEY (a) NOT ENFORCED " +
        'FORMAT JSON ENVELOPE DEBEZIUM',
    );
  });

  it('of relations carry columns, queries and keys', () => {
    expect(text('t', 'simple')).toBe(
      "CREATE TABLE materialize.public.t (a pg_catalog.int4 NOT NULL, b pg_catalog.varchar DEFAULT 'x', c text list)",
    );
    expect(text('v', 'simple')).toBe(
      "CREATE VIEW materialize.public.v AS SELECT t.a FROM materialize.public.t AS t WHERE t.b = 'secret words'",
    );
    expect(text('mv', 'simple')).toBe(
      'CREATE MATERIALIZED VIEW materialize.public.mv IN CLUSTER "By hand" WITH (REFRESH = ON COMMIT) ' +
        'AS SELECT a FROM materialize.public.v',
    );
    expect(text('t_idx', 'simple')).toBe(
      'CREATE INDEX t_idx IN CLUSTER quickstart ON materialize.public.t (a, upper(b))',
    );
    expect(text('ints', 'simple')).toBe(
      'CREATE TYPE materialize.public.ints AS LIST (ELEMENT TYPE = pg_catalog.int4)',
    );
  });

  it('mask the literals of expressions when redacted', () => {
    expect(text('v', 'redacted')).toContain("WHERE t.b = '<REDACTED>'");
    expect(text('t', 'redacted')).toContain("DEFAULT '<REDACTED>'");
    expect(redactLiterals("a + 12 || E'\\'x' || $tag$y$tag$")).toBe(
      "a + '<REDACTED>' || '<REDACTED>' || '<REDACTED>'",
    );
    expect(redactLiterals("'never closed")).toBe("'<REDACTED>'");
  });

  it('give the query of a view with the names that the statement gave to its columns', () => {
    const view = itemNamed('v') as ViewItem;
    expect(viewQuery(view, snapshot)).toMatch(/^SELECT .* FROM materialize\.public\.t AS t WHERE .*;$/);
    expect(viewQuery({ ...view, columnNames: ['one', 'Two'] }, snapshot)).toMatch(
      /^SELECT \* FROM \(SELECT .*\) AS v \(one, "Two"\);$/,
    );
  });

  it('name clusters and relations by id in the stable form', () => {
    expect(text('mv', 'stable')).toBe(
      'CREATE MATERIALIZED VIEW "materialize"."public"."mv" IN CLUSTER [u2] WITH (REFRESH = ON COMMIT) ' +
        'AS SELECT a FROM [u10 AS "materialize"."public"."v"]',
    );
    expect(viewDefinition(itemNamed('v') as ViewItem, snapshot)).toMatch(
      / FROM \[u9 AS .*\] AS "t" WHERE .*;$/,
    );
    const index = systemIndexObjects().find(({ name }) => name === 'mz_secrets_ind');
    expect(index && systemIndexSql(index, snapshot, 'simple')).toBe(
      'CREATE INDEX mz_secrets_ind IN CLUSTER mz_catalog_server ON mz_catalog.mz_secrets (name)',
    );
  });

  it('start with a name that reads back', () => {
    expect(fullName({ ...itemNamed('t'), name: 'Select' }, snapshot)).toBe('materialize.public."Select"');
  });
});

describe('the parser and its printer', () => {
  /** Types are printed with their schema here and without it there; the rest has to be the same. */
  const bareTypes = (sql: string): string => sql.replaceAll(/"?(?:pg|mz)_catalog"?\.("?)(\w+)\1/g, '$2');
  const values = /\bAS '\*{8}'/;
  const TYPED: ReadonlySet<string> = new Set(['table', 'type']);

  beforeAll(loadParser);

  it.each(ITEMS.map((item) => [item.kind, item.name, item] as const))('agree on a %s %s', (kind, _, item) => {
    for (const form of ['simple', 'stable', 'pretty'] as const) {
      const own = createSql(item, snapshot, form);
      const theirs = printStatement(parseStatement(own.replace(/;$/, '')), { form });
      const subsource = kind === 'source' && own.startsWith('CREATE SUBSOURCE');
      // Where a type's schema is left out, lines may break elsewhere.
      if (form === 'pretty' && (TYPED.has(kind) || subsource)) continue;
      expect(bareTypes(theirs)).toBe(bareTypes(own).replace(values, "AS '<REDACTED>'"));
    }
  });
});

describe('CREATE CLUSTER', () => {
  it('is one line with the options of a managed cluster, and nothing for an unmanaged one', () => {
    const [managed, unmanaged] = [snapshot.clusters.get('u1'), snapshot.clusters.get('u2')];
    expect(managed && createClusterSql(managed)).toBe(
      `CREATE CLUSTER "quickstart" (INTROSPECTION DEBUGGING = false, INTROSPECTION INTERVAL = INTERVAL '00:00:01', ` +
        `MANAGED = true, REPLICATION FACTOR = 2, SIZE = '100cc', SCHEDULE = MANUAL)`,
    );
    expect(unmanaged && createClusterSql(unmanaged)).toBeNull();
  });
});
