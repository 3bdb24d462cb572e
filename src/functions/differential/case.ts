/** What a case of the differential tests of functions is. */

/** A signature with types as written in pg_type, and the texts of the arguments (null for NULL). */
export type Case = readonly [signature: string, ...args: (string | null)[]];

/** A function of two arguments over every pair of these. */
export function across(
  signature: string,
  first: readonly (string | null)[],
  second: readonly (string | null)[],
): readonly Case[] {
  return second.flatMap((b) => first.map((a): Case => [signature, a, b]));
}
