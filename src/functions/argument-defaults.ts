/** Values of arguments that a call may leave out (pg_proc.proargdefaults), as they are printed and as they are called. */
import { type Datum, Jsonb } from '../types/datum.ts';

export interface ArgumentDefault {
  readonly value: Datum;
  /** The expression that pg_get_function_arguments shows. */
  readonly text: string;
}

const no: ArgumentDefault = { value: false, text: 'false' };
const yes: ArgumentDefault = { value: true, text: 'true' };
const zero: ArgumentDefault = { value: 0, text: '0' };
const nfc: ArgumentDefault = { value: 'NFC', text: "'NFC'::text" };
const noVariables: ArgumentDefault = { value: new Jsonb(new Map()), text: "'{}'::jsonb" };

const PATH_FUNCTIONS = ['exists', 'match', 'query', 'query_array', 'query_first'].flatMap((name) => [
  `jsonb_path_${name}`,
  `jsonb_path_${name}_tz`,
]);

/** By function name: the trailing optional arguments, in order. */
export const ARGUMENT_DEFAULTS: Readonly<Record<string, readonly ArgumentDefault[]>> = {
  make_interval: [zero, zero, zero, zero, zero, zero, { value: 0, text: '0.0' }],
  normalize: [nfc],
  is_normalized: [nfc],
  json_populate_record: [no],
  json_populate_recordset: [no],
  jsonb_insert: [no],
  jsonb_set: [yes],
  jsonb_set_lax: [yes, { value: 'use_json_null', text: "'use_json_null'::text" }],
  parse_ident: [yes],
  pg_terminate_backend: [{ value: 0n, text: '0' }],
  ...Object.fromEntries(PATH_FUNCTIONS.map((name) => [name, [noVariables, no]])),
};
