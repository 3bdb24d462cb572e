import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser } from './parser.ts';
import { redact } from './redact.ts';
import { STATEMENTS } from './testing/statements.ts';

beforeAll(loadParser);

const PLANTED = 'pl4nted_s3cret';

describe('redact', () => {
  it.each([
    [`CREATE SECRET my_super_secret AS '123'`, `CREATE SECRET my_super_secret AS '<REDACTED>'`],
    [`alter secret s as decode('MTIz', 'base64')`, `ALTER SECRET s AS '<REDACTED>'`],
    [`CREATE ROLE r PASSWORD 'x'`, `CREATE ROLE r PASSWORD '<REDACTED>'`],
    [
      `SELECT 'a', 1 FROM t WHERE b = x'ff'`,
      `SELECT '<REDACTED>', '<REDACTED>' FROM t WHERE b = '<REDACTED>'`,
    ],
    [`INSERT INTO t VALUES ('a', 1)`, `INSERT INTO t VALUES ('<REDACTED>', '<REDACTED>')`],
    [`EXECUTE p ('a', 1)`, `EXECUTE p ('<REDACTED>', '<REDACTED>')`],
    [
      `CREATE CONNECTION c TO KAFKA (BROKER 'localhost:9092', SECURITY PROTOCOL PLAINTEXT)`,
      `CREATE CONNECTION c TO KAFKA (BROKER = 'localhost:9092', SECURITY PROTOCOL = plaintext)`,
    ],
    [`SELECT 1; SELECT 2`, `SELECT '<REDACTED>'; SELECT '<REDACTED>'`],
  ])('%s', (sql, safe) => {
    expect(redact(sql)).toBe(safe);
  });

  it.each([
    `CREATE SECRET s AS '${PLANTED}'`,
    `CREATE SECRET s AS "${PLANTED}"`,
    `CREATE SECRET s AS ${PLANTED}`,
    `CREATE SECRET s AS E'\\x70${PLANTED}'`,
    `CREATE SECRET s AS $$${PLANTED}$$`,
    `CREATE SECRET s AS 1 '${PLANTED}'`,
    `CREATE SECRET s AS 1 ${PLANTED}`,
    `CREATE SECRET s '${PLANTED}'`,
    `CREATE SECRET s = ${PLANTED}`,
    `CREATE SECRET s AS '${PLANTED}`,
    `CREATE SECRET s AS ('${PLANTED}'`,
    `CREATE SECRET s AS '' || /* ${PLANTED} */ 'x'`,
    `ALTER SECRET s AS '${PLANTED}'`,
    `ALTER SECRET s AS convert_to('${PLANTED}', 'utf8')`,
    `SELECT 1; ALTER SECRET s AS '${PLANTED}'; SELECT 2`,
    `PREPARE p AS INSERT INTO t VALUES ('${PLANTED}')`,
    `EXECUTE p ('${PLANTED}')`,
    `INSERT INTO t VALUES ('${PLANTED}')`,
    `UPDATE t SET a = '${PLANTED}'`,
    `DELETE FROM t WHERE a = '${PLANTED}'`,
    `SELECT '${PLANTED}'`,
    `COPY (SELECT '${PLANTED}') TO STDOUT`,
    `DECLARE c CURSOR FOR SELECT '${PLANTED}'`,
    `EXPLAIN SELECT '${PLANTED}'`,
    `CREATE VIEW v AS SELECT '${PLANTED}'`,
    `CREATE TABLE t (a text DEFAULT '${PLANTED}')`,
    `CREATE ROLE r PASSWORD '${PLANTED}'`,
    `ALTER ROLE r PASSWORD '${PLANTED}' FOO`,
    `ALTER ROLE r PASSWORD ${PLANTED}`,
    `CREATE CONNECTION c TO POSTGRES (PASSWORD '${PLANTED}')`,
    `CREATE CONNECTION c TO POSTGRES (PASSWORD ${PLANTED})`,
    `CREATE CONNECTION c TO KAFKA (SASL PASSWORD = '${PLANTED}', BROKER 'x')`,
    `CREATE CONNECTION c TO AWS (SECRET ACCESS KEY '${PLANTED}')`,
    `CREATE CONNECTION c TO AWS (SESSION TOKEN '${PLANTED}')`,
    `CREATE CONNECTION c TO CONFLUENT SCHEMA REGISTRY (URL 'https://u:${PLANTED}@h')`,
    `ALTER CONNECTION c SET (SSL KEY '${PLANTED}')`,
    `SET x = '${PLANTED}'`,
    `ALTER SYSTEM SET x = '${PLANTED}'`,
    `COMMENT ON SECRET s IS '${PLANTED}'`,
    `SHOW SECRETS WHERE name = '${PLANTED}'`,
    `SUBSCRIBE (SELECT '${PLANTED}')`,
    `CREATE SOURCE w FROM WEBHOOK BODY FORMAT JSON CHECK (headers->'x' = '${PLANTED}')`,
    `SELECT FROM FROM '${PLANTED}'`,
  ])('hides what was planted: %s', (sql) => {
    expect(redact(sql)).not.toContain(PLANTED);
  });

  it('hides the value whatever it is written in', () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `${PLANTED}${text}`);
    const literal = value.chain((text) =>
      fc.constantFrom(
        `'${text.replaceAll("'", "''")}'`,
        `"${text.replaceAll('"', '""')}"`,
        text,
        `$q$${text}$q$`,
        `E'${text}'`,
      ),
    );
    const verb = fc.constantFrom(
      'CREATE SECRET s AS ',
      'ALTER SECRET a.b AS ',
      'CREATE SECRET s ',
      'CREATE ROLE r PASSWORD ',
    );
    fc.assert(
      fc.property(verb, literal, fc.constantFrom('', ' x', ' ||', "::bytea'", ')'), (head, text, tail) => {
        expect(redact(head + text + tail)).not.toContain(PLANTED);
      }),
      { numRuns: 2000 },
    );
  });

  it('answers something for every statement form', () => {
    for (const [written] of STATEMENTS) expect(redact(written).length).toBeGreaterThan(0);
  });
});
