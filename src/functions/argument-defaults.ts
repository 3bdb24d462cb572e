/** Values of arguments that a call leaves out, where a later one is given by name (pg_proc.proargdefaults). */
import type { Datum } from '../types/datum.ts';

/** By function name: values of the trailing optional arguments, in order. */
export const ARGUMENT_DEFAULTS: Readonly<Record<string, readonly Datum[]>> = {
  make_interval: [0, 0, 0, 0, 0, 0, 0],
};
