import { beforeAll, describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import { loadParser, parseScript, parseScriptInSteps } from './parser.ts';
import { offsetOf, offsetsOf } from './postgres.ts';
import { STATEMENTS } from './testing/statements.ts';

beforeAll(loadParser);

function outcome(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof SqlError)) throw cause;
    return { code: cause.code, message: cause.message, position: cause.position };
  }
}

/** What parsing in steps comes to, and how often others could have had a turn. */
function inSteps(sql: string): { result: unknown; pauses: number } {
  let pauses = 0;
  const result = outcome(() => {
    const steps = parseScriptInSteps(sql);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      pauses++;
    }
  });
  return { result, pauses };
}

const ROWS = Array.from({ length: 8000 }, (_, i) => `(${i}, 'é${i}')`).join(', ');

describe('a script parsed in steps is the script parsed at once', () => {
  it.each([
    ['rows of VALUES', `select * from (values ${ROWS}) v`],
    ['rows with rewritten syntax', `select list[1], * from (values ${ROWS}) v where a.b.c = 1`],
    ['an insert', `insert into t values ${ROWS}`],
    ['a query with a time', `select * from (values ${ROWS}) v as of 5`],
    ['a syntax error at the end', `select * from (values ${ROWS}) v where where`],
    ['a syntax error after good statements', `select 1; values ${ROWS}; selec`],
    ['a statement of our own grammar', `create view v as values ${ROWS}`],
    ['a word that no statement starts with', `${ROWS.replaceAll("'", '"')}`],
    ['statements of all kinds', `${STATEMENTS.map(([written]) => written).join(';')};;values ${ROWS}`],
    ['nothing', ' ; ;'],
  ])('%s', (_, sql) => {
    expect(inSteps(sql).result).toEqual(outcome(() => parseScript(sql)));
  });

  it('with many pauses', () => {
    expect(inSteps(`values ${ROWS}`).pauses).toBeGreaterThan(10);
    expect(inSteps('select 1;'.repeat(500)).pauses).toBeGreaterThan(400);
  });
});

describe('many locations at once', () => {
  it('lead where each leads alone', () => {
    const source = {
      text: 'é😀x[copied]é',
      edits: [
        { at: 0, original: 7, copied: true },
        { at: 4, original: 11, copied: false },
        { at: 6, original: 12, copied: true },
      ],
    };
    const locations = [15, 0, 7, 2, 6, 6, 9, 100, -1];
    expect(offsetsOf(source, locations)).toEqual(locations.map((location) => offsetOf(source, location)));
  });
});
