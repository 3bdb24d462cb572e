import { beforeAll, describe, expect, it } from 'vitest';
import type { StatementKind } from './nodes.ts';
import { loadParser, parseStatement } from './parser.ts';
import {
  isReservedForPrinting,
  PRINTED_KINDS,
  printStatement,
  quoteIdent,
  quoteLiteral,
  quoteName,
} from './printer.ts';
import { STATEMENTS } from './testing/statements.ts';

beforeAll(loadParser);

describe('normal form', () => {
  it.each(STATEMENTS)('%s', (written, normal) => {
    expect(printStatement(parseStatement(written))).toBe(normal);
  });

  it.each(STATEMENTS)('reads back as itself: %s', (_written, normal) => {
    expect(printStatement(parseStatement(normal))).toBe(normal);
  });

  it('is tried on every kind of statement', () => {
    const tried = new Set<StatementKind>(STATEMENTS.map(([written]) => parseStatement(written).kind));
    expect(PRINTED_KINDS.filter((kind) => !tried.has(kind))).toEqual([]);
  });

  it('is one line, whatever the length', () => {
    const columns = Array.from({ length: 100 }, (_, i) => `c${i} int`).join(', ');
    expect(printStatement(parseStatement(`CREATE TABLE t (${columns})`))).not.toContain('\n');
  });
});

describe('pretty form', () => {
  const pretty = (sql: string): string => printStatement(parseStatement(sql), { form: 'pretty' });

  it('keeps what fits on one line', () => {
    expect(
      pretty(
        `CREATE CONNECTION materialize.public.conn TO KAFKA (BROKER 'abcd', SECURITY PROTOCOL plaintext)`,
      ),
    ).toBe(
      `CREATE CONNECTION materialize.public.conn TO KAFKA (BROKER = 'abcd', SECURITY PROTOCOL = plaintext);`,
    );
  });

  it('breaks before TO', () => {
    expect(
      pretty(
        `CREATE CONNECTION materialize.public.testconn TO KAFKA (BROKER 'localhost:9092', SECURITY PROTOCOL plaintext)`,
      ),
    ).toBe(
      `CREATE CONNECTION materialize.public.testconn\nTO KAFKA (BROKER = 'localhost:9092', SECURITY PROTOCOL = plaintext);`,
    );
  });

  it('breaks a short connection too, since 100 columns are for all of it', () => {
    expect(
      pretty(
        `CREATE CONNECTION materialize.public.csr_conn TO CONFLUENT SCHEMA REGISTRY (URL 'https://google.com')`,
      ),
    ).toBe(
      `CREATE CONNECTION materialize.public.csr_conn\nTO CONFLUENT SCHEMA REGISTRY (URL = 'https://google.com');`,
    );
  });

  it('moves a list that is too long for the line of TO', () => {
    const text = pretty(
      `CREATE CONNECTION materialize.public.m TO MYSQL (HOST 'mysql.example.com', AWS CONNECTION materialize.public.aws_c, SSL MODE required)`,
    );
    expect(text).toBe(
      `CREATE CONNECTION materialize.public.m\nTO MYSQL\n    (HOST = 'mysql.example.com', AWS CONNECTION = materialize.public.aws_c, SSL MODE = required);`,
    );
  });

  it('lays out one option a line when all else is too long', () => {
    const key =
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0000000000000000000000000000000000000000000 materialize';
    const text = pretty(
      `CREATE CONNECTION a.b.c TO SSH TUNNEL (HOST 'h', PUBLIC KEY 1 = '${key}', PUBLIC KEY 2 = '${key}')`,
    );
    expect(text.split('\n')).toEqual([
      'CREATE CONNECTION a.b.c',
      'TO SSH TUNNEL',
      '    (',
      `        HOST = 'h',`,
      `        PUBLIC KEY 1 = '${key}',`,
      `        PUBLIC KEY 2 = '${key}'`,
      '    );',
    ]);
  });

  it('puts the clauses of a source on lines of their own', () => {
    expect(
      pretty(
        `CREATE SOURCE materialize.public.auction_house IN CLUSTER quickstart FROM LOAD GENERATOR AUCTION (AS OF = 300, UP TO = 301)`,
      ),
    ).toBe(
      'CREATE SOURCE materialize.public.auction_house\nIN CLUSTER quickstart\nFROM LOAD GENERATOR AUCTION (AS OF = 300, UP TO = 301);',
    );
  });

  it('breaks a long clause after its keyword', () => {
    expect(
      pretty(
        `CREATE SOURCE materialize.public.src IN CLUSTER quickstart FROM SQL SERVER CONNECTION materialize.public.conn
           (TEXT COLUMNS = (dbo.t.c1), EXCLUDE COLUMNS = (dbo.t.c3)) FOR TABLES (test.dbo.t AS materialize.public.t)
           EXPOSE PROGRESS AS materialize.public.src_progress`,
      ).split('\n'),
    ).toEqual([
      'CREATE SOURCE materialize.public.src',
      'IN CLUSTER quickstart',
      'FROM',
      '    SQL SERVER CONNECTION materialize.public.conn (TEXT COLUMNS = (dbo.t.c1), EXCLUDE COLUMNS = (dbo.t.c3))',
      'FOR TABLES (test.dbo.t AS materialize.public.t)',
      'EXPOSE PROGRESS AS materialize.public.src_progress;',
    ]);
  });

  it('does the same for sinks and webhooks', () => {
    expect(
      pretty(
        `CREATE SINK materialize.public.snk IN CLUSTER c FROM materialize.public.t INTO KAFKA CONNECTION materialize.public.kafka_conn (TOPIC = 'topic') FORMAT AVRO USING CONFLUENT SCHEMA REGISTRY CONNECTION materialize.public.csr_conn ENVELOPE DEBEZIUM`,
      ).split('\n'),
    ).toEqual([
      'CREATE SINK materialize.public.snk',
      'IN CLUSTER c',
      'FROM materialize.public.t',
      `INTO KAFKA CONNECTION materialize.public.kafka_conn (TOPIC = 'topic')`,
      'FORMAT AVRO USING CONFLUENT SCHEMA REGISTRY CONNECTION materialize.public.csr_conn',
      'ENVELOPE DEBEZIUM;',
    ]);
    expect(
      pretty(
        'CREATE SOURCE materialize.public.webhook_text IN CLUSTER webhook_cluster FROM WEBHOOK BODY FORMAT TEXT',
      ),
    ).toBe(
      'CREATE SOURCE materialize.public.webhook_text\nIN CLUSTER webhook_cluster\nFROM WEBHOOK\nBODY FORMAT TEXT;',
    );
  });

  it('reads back as the same statement', () => {
    for (const [written] of STATEMENTS) {
      const node = parseStatement(written);
      expect(printStatement(parseStatement(printStatement(node, { form: 'pretty' })))).toBe(
        printStatement(node),
      );
    }
  });
});

describe('stable form', () => {
  it('quotes every name and keeps ids', () => {
    const node = parseStatement(
      "CREATE SOURCE a.b.s IN CLUSTER c FROM POSTGRES CONNECTION [u7 AS m.p.pg] (PUBLICATION = 'x')",
    );
    expect(printStatement(node, { form: 'stable' })).toBe(
      `CREATE SOURCE "a"."b"."s" IN CLUSTER "c" FROM POSTGRES CONNECTION [u7 AS "m"."p"."pg"] (PUBLICATION = 'x')`,
    );
  });
});

describe('quoting', () => {
  it.each([
    ['a_1', 'a_1'],
    ['A', '"A"'],
    ['1a', '"1a"'],
    ['a b', '"a b"'],
    ['a"b', '"a""b"'],
    ['select', '"select"'],
    ['user', '"user"'],
    ['secret', 'secret'],
    ['é', '"é"'],
    ['', '""'],
  ])('identifier %s', (name, quoted) => {
    expect(quoteIdent(name)).toBe(quoted);
  });

  it('literals and names', () => {
    expect(quoteLiteral(`it's \\n`)).toBe(`'it''s \\n'`);
    expect(quoteName(['a', 'B', 'c'])).toBe('a."B".c');
    expect(isReservedForPrinting('from')).toBe(true);
    expect(isReservedForPrinting('kafka')).toBe(false);
  });
});
