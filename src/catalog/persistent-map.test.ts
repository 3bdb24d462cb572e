import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PersistentMap } from './persistent-map.ts';
import { PersistentSet } from './persistent-set.ts';

type Edit = { readonly key: string | number; readonly value: number | null };

/** Texts of two letters out of these have few hashes, by twos and threes the same: 'Aa' and 'BB', for one. */
const colliding = fc
  .array(fc.constantFrom('Aa', 'BB', 'C#', 'a', 'b'), { maxLength: 6 })
  .map((parts) => parts.join(''));
const keys = fc.oneof(colliding, fc.string({ maxLength: 3 }), fc.nat(2000), fc.integer());
const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({ key: keys, value: fc.option(fc.nat(), { freq: 3 }) }),
  { maxLength: 200, size: 'max' },
);

type Tested = PersistentMap<string | number, number>;

function edit(map: Tested, { key, value }: Edit): Tested {
  return value === null ? map.remove(key) : map.set(key, value);
}

function editModel(model: Map<string | number, number>, { key, value }: Edit): void {
  if (value === null) model.delete(key);
  else model.set(key, value);
}

const sorted = (entries: Iterable<readonly [string | number, number]>): unknown =>
  [...entries].sort(([a], [b]) => `${typeof a}${a}`.localeCompare(`${typeof b}${b}`));

describe('a persistent map', () => {
  it('holds what a map holds after the same edits, and every earlier one stays as it was', () => {
    fc.assert(
      fc.property(edits, (list) => {
        const model = new Map<string | number, number>();
        const history: { map: Tested; entries: unknown }[] = [];
        let map: Tested = PersistentMap.empty();
        for (const each of list) {
          map = edit(map, each);
          editModel(model, each);
          expect(map.size).toBe(model.size);
          expect(map.get(each.key)).toBe(model.get(each.key));
          history.push({ map, entries: sorted(model) });
        }
        for (const { map: past, entries } of history) expect(sorted(past)).toEqual(entries);
        for (const { key } of list) expect(map.has(key)).toBe(model.has(key));
      }),
      { numRuns: 60 },
    );
  });

  it('is edited in place between asMutable and asImmutable, and leaves what it came from alone', () => {
    fc.assert(
      fc.property(edits, edits, edits, (before, during, after) => {
        const model = new Map<string | number, number>();
        let map: Tested = PersistentMap.empty();
        for (const each of before) {
          map = edit(map, each);
          editModel(model, each);
        }
        const source = { map, entries: sorted(model) };
        const open = map.asMutable();
        for (const each of during) {
          expect(edit(open, each)).toBe(open);
          editModel(model, each);
        }
        const closed = open.asImmutable();
        const built = sorted(model);
        expect(sorted(closed)).toEqual(built);
        for (const each of after) map = edit(closed, each);
        expect(sorted(closed)).toEqual(built);
        expect(sorted(source.map)).toEqual(source.entries);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps few entries in the order in which they came', () => {
    let map: PersistentMap<string, number> = PersistentMap.empty();
    for (const key of ['z', 'a', 'm', 'b']) map = map.set(key, 1);
    expect([...map.remove('a').set('z', 2).keys()]).toEqual(['z', 'm', 'b']);
  });

  it('takes values that are arrays as they are', () => {
    let map: PersistentMap<number, readonly number[]> = PersistentMap.empty();
    for (let n = 0; n < 50; n += 1) map = map.set(n, [n, n]);
    for (let n = 0; n < 50; n += 2) map = map.set(n, [n]).remove(n + 1);
    expect([map.size, map.get(48), map.get(49)]).toEqual([25, [48], undefined]);
  });

  it('finds and counts values', () => {
    let map: PersistentMap<number, number> = PersistentMap.empty();
    for (let n = 0; n < 1000; n += 1) map = map.set(n, n * n);
    expect(map.count((value) => value % 2 === 0)).toBe(500);
    expect(map.find((value, key) => key === 31 && value > 0)).toBe(961);
    expect([map.some((value) => value === 7), map.some((value) => value === 9)]).toEqual([false, true]);
    expect([...map.values()].reduce((sum, value) => sum + value, 0)).toBe((999 * 1000 * 1999) / 6);
  });
});

describe('a persistent set', () => {
  it('holds what a set holds after the same edits', () => {
    fc.assert(
      fc.property(edits, (list) => {
        const model = new Set<string | number>();
        let set: PersistentSet<string | number> = PersistentSet.empty();
        for (const { key, value } of list) {
          set = value === null ? set.remove(key) : set.add(key);
          if (value === null) model.delete(key);
          else model.add(key);
          expect(set.size).toBe(model.size);
        }
        expect(new Set(set)).toEqual(model);
        for (const { key } of list) expect(set.has(key)).toBe(model.has(key));
        const open = set.asMutable();
        expect(open.add('in place').has('in place')).toBe(true);
        expect(open.asImmutable().has('in place')).toBe(true);
        expect(set.has('in place')).toBe(model.has('in place'));
      }),
    );
  });
});
