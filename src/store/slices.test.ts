import { describe, expect, it } from 'vitest';
import { atOnce, gathered, inSlices, mapped, STEPS, type Work } from './slices.ts';

/** Works until it was stopped or has gone on for that many slices, each as long as the driver lets it be. */
function* busy(slices: number, seen: string[]): Work<string> {
  let turned = false;
  for (let n = 0; n < slices; n += 1) {
    turned = false;
    setImmediate(() => {
      turned = true;
      seen.push(`turn ${n}`);
    });
    do yield;
    while (!turned);
  }
  return 'done';
}

describe('work in slices', () => {
  it('that is short is done at once, without a promise', () => {
    expect(inSlices(gathered([1, 2, 3]))).toEqual([1, 2, 3]);
  });

  it('that is long lets the event loop turn', async () => {
    const seen: string[] = [];
    const result = inSlices(busy(3, seen));
    expect(result).toBeInstanceOf(Promise);
    expect(seen).toEqual([]);
    expect(await result).toBe('done');
    expect(seen).toEqual(['turn 0', 'turn 1', 'turn 2']);
  });

  it('ends with what the check throws between slices', async () => {
    const seen: string[] = [];
    const result = inSlices(busy(100, seen), () => {
      if (seen.length === 2) throw new Error('stopped');
    });
    await expect(result).rejects.toThrow('stopped');
    expect(seen).toHaveLength(2);
  });

  it('throws what it throws, in the first slice and later', async () => {
    function* failing(after: number): Work<void> {
      yield* busy(after, []);
      throw new Error('no');
    }
    expect(() => inSlices(failing(0))).toThrow('no');
    await expect(inSlices(failing(1))).rejects.toThrow('no');
  });

  it('yields within long lists, and gives all of them in order', () => {
    const numbers = Array.from({ length: 3 * STEPS + 1 }, (_, i) => i);
    expect([...gathered(numbers)]).toHaveLength(3);
    expect(atOnce(gathered(numbers))).toEqual(numbers);
    expect([...mapped(numbers, String)]).toHaveLength(3);
    expect(atOnce(mapped(numbers, String))).toEqual(numbers.map(String));
  });
});
