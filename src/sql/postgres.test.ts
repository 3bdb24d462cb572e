import { beforeAll, describe, expect, it } from 'vitest';
import type { Node } from '@pgsql/types';
import { SqlError } from '../errors.ts';
import { parseExpression, parseQuery, parseScript } from './parser.ts';
import { loadParser, offsetOf, parsePostgres, utf16Offset } from './postgres.ts';

beforeAll(loadParser);

/** Every object under `node` with a location, as pairs of its kind and location. */
function locations(
  node: unknown,
  found: { kind: string; node: Record<string, unknown> }[] = [],
): typeof found {
  if (Array.isArray(node)) for (const item of node) locations(item, found);
  else if (typeof node === 'object' && node !== null) {
    for (const [kind, value] of Object.entries(node)) {
      if (typeof value === 'object' && value !== null && 'location' in value)
        found.push({ kind, node: value as Record<string, unknown> });
      locations(value, found);
    }
  }
  return found;
}

describe('locations', () => {
  it('byte offsets lead back to UTF-16 offsets', () => {
    expect(utf16Offset('é😀x', 0)).toBe(0);
    expect(utf16Offset('é😀x', 2)).toBe(1);
    expect(utf16Offset('é😀x', 6)).toBe(3);
    expect(utf16Offset('é😀x', 7)).toBe(4);
  });

  it('of columns point at their names, past rewritten syntax and wide characters', () => {
    const sql = `SELECT '😀é', LIST[[aaa], [bbb]], MAP['k' => ccc]::map[text => int], ddd::text list FROM [u1 AS x.y], (SHOW TABLES) WHERE eee`;
    const query = parseQuery(sql);
    const names = new Map<string, string>();
    for (const { kind, node } of locations(query.ast)) {
      const [field] = (kind === 'ColumnRef' ? (node['fields'] as Node[]) : []) ?? [];
      if (field === undefined || !('String' in field)) continue;
      const name = field.String.sval ?? '';
      const at = offsetOf(query.source, Number(node['location'] ?? 0));
      names.set(name, sql.slice(at, at + 3));
    }
    expect([...names]).toEqual(['aaa', 'bbb', 'ccc', 'ddd', 'eee'].map((name) => [name, name]));
  });

  it('of expressions point into the expression', () => {
    const sql = `'é' || wanted`;
    const { ast, source } = parseExpression(sql);
    const column = locations([ast]).find(({ kind }) => kind === 'ColumnRef');
    expect(sql.slice(offsetOf(source, Number(column?.node['location'])))).toBe('wanted');
  });
});

describe('stability', () => {
  it('memory stays level over 100,000 parses, failed ones too', () => {
    const rounds = 100_000;
    const run = (from: number): void => {
      for (let i = from; i < from + rounds / 2; i++) {
        const good = parsePostgres(`select a, b + ${i} from t where c = $1 and d in (1, 2, 3)`);
        if ('message' in good) throw new Error(good.message);
        if (i % 10 === 0 && !('message' in parsePostgres(`select from where ${i}`)))
          throw new Error('parsed');
      }
    };
    run(0);
    const before = process.memoryUsage().rss;
    run(rounds / 2);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  }, 60_000);

  it('an overflow inside the parser ends one statement, not the process', async () => {
    // Past the lexer's own limit, straight into PostgreSQL's parser.
    const deep = `select 1${' union all select 1'.repeat(60_000)}`;
    for (let i = 0; i < 3; i++) {
      expect(() => parsePostgres(deep)).toThrow(SqlError);
      // The standby takes over at once; its own standby needs a moment.
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(parseScript(`select ${i}`)).toHaveLength(1);
    }
  });

  it('deep nesting never reaches it', () => {
    const nested = (n: number): string => `select ${'('.repeat(n)}1${')'.repeat(n)}`;
    expect(() => parseScript(nested(128))).not.toThrow();
    expect(() => parseScript(nested(100_000))).toThrow('statement exceeds nested expression limit of 128');
    for (const text of ['not ', '- ', '1 + ', 'a::int = ']) {
      expect(() => parseScript(`select ${text.repeat(100_000)} 1`)).toThrow(SqlError);
    }
  });

  it('takes a statement of a megabyte', () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `(${i}, 'v${i}')`).join(', ');
    expect(rows.length).toBeGreaterThan(900_000);
    expect(parseScript(`insert into t values ${rows}`)[0]?.node.kind).toBe('insert');
  });

  it('refuses a null character instead of reading half the text', () => {
    expect(() => parseScript("select 'a\0b'")).toThrow('invalid byte sequence for encoding "UTF8": 0x00');
  });
});
