import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonInSteps } from './json-in-steps.ts';

/** Runs to the end; answers the value and how often there was a pause. */
function read(json: string, piece?: number): { value: unknown; pauses: number } {
  const steps = parseJsonInSteps(json, piece);
  for (let pauses = 0; ; pauses++) {
    const step = steps.next();
    if (step.done === true) return { value: step.value, pauses };
  }
}

describe('JSON in steps is what JSON.parse makes of it', () => {
  it('for any value, cut as small as can be', () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        fc.constantFrom('[1,2', '"', '\\', '\\"', '{"a":1}', 1, -2.5, null, true, ''),
        fc.array(tie('tree'), { maxLength: 5 }),
        fc.dictionary(fc.constantFrom('a', 'b', '"', '\\', ':', ',', '[', 'key'), tie('tree')),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.integer({ min: 1, max: 60 }), (value, piece) => {
        const json = JSON.stringify(value);
        expect(read(json, piece).value).toEqual(JSON.parse(json));
      }),
      { numRuns: 300 },
    );
  });

  it('with a pause now and then when it is long, whatever it is nested in', () => {
    const items = Array.from({ length: 50_000 }, (_, i) => ({ A_Const: { ival: { ival: i }, location: i } }));
    const value = {
      version: 1,
      stmts: [{ stmt: { a: [1, [], {}], lists: [{ items }, { items }], last: {} } }],
    };
    const { value: found, pauses } = read(JSON.stringify(value));
    expect(found).toEqual(value);
    expect(pauses).toBeGreaterThan(10);
    expect(read('{"a":[1,2,{}]}')).toEqual({ value: { a: [1, 2, {}] }, pauses: 0 });
  });
});
