/** What there is to know about one connection type when its options are planned. */
import type { ConnectionLookup, OptionSet } from '../option-set.ts';

export interface ConnectionDefinition {
  /** As error texts and SQL have it: `SSH TUNNEL`. */
  readonly label: string;
  readonly allowed: readonly string[];
  /** True when CREATE and ALTER CONNECTION contact the upstream unless told otherwise (2.5). */
  readonly validatesByDefault: boolean;
  /** Throws SqlError for the first rule of the type that the options break. */
  check(options: OptionSet, lookup: ConnectionLookup): void;
  /** False when running dependents cannot take the change (3.3). */
  mayChange(before: OptionSet, after: OptionSet): boolean;
}
