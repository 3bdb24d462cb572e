/** jsonb_path_*() and the operators @? and @@ (PostgreSQL 15, manual 9.16.2). */
import { planError } from '../../errors.ts';
import type { SessionContext } from '../../query/session-context.ts';
import { type Datum, Jsonb, type JsonbValue, type Row } from '../../types/datum.ts';
import { parseJsonPath } from '../../types/jsonpath/parse.ts';
import { isObject } from '../../types/jsonb.ts';
import { arg, made, type Evaluate, type RowsTable, type ScalarTable } from '../define.ts';
import { sessionZone } from '../session-zone.ts';
import { PathRun } from './evaluate.ts';
import { PathError, toJson, type PathValue } from './values.ts';

/** Arguments of a call: document, path, variables, silent; operators give the first two and are silent. */
interface Call {
  readonly run: PathRun;
  readonly silent: boolean;
}

const NO_VARIABLES: ReadonlyMap<string, JsonbValue> = new Map();

function variablesOf(value: Datum): ReadonlyMap<string, JsonbValue> {
  if (value === null) return NO_VARIABLES;
  const variables = (value as Jsonb).value;
  if (isObject(variables)) return variables;
  throw planError('"vars" argument is not an object', {
    detail: 'Jsonpath parameters should be encoded as key-value pairs of "vars" object.',
  });
}

function callOf(args: readonly Datum[], session: SessionContext, zoned: boolean): Call {
  const path = parseJsonPath(arg(args, 1) as string);
  const document = (arg(args, 0) as Jsonb).value;
  const run = new PathRun(
    path,
    document,
    variablesOf(arg(args, 2)),
    zoned ? sessionZone(session) : undefined,
  );
  return { run, silent: arg(args, 3) === true };
}

/** Everything the path finds; a silent call keeps what came before an error. `failed` tells that there was one. */
function collect({ run, silent }: Call): { readonly items: readonly PathValue[]; readonly failed: boolean } {
  const items: PathValue[] = [];
  try {
    for (const item of run.items()) items.push(item);
    return { items, failed: false };
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    if (!silent) throw error.reason;
    return { items, failed: true };
  }
}

function exists(call: Call): boolean | null {
  // Strict mode has to see every error; lax mode is content with the first item.
  if (call.run.path.strict) {
    const { items, failed } = collect(call);
    return failed ? null : items.length > 0;
  }
  try {
    return call.run.items().next().done !== true;
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    if (!call.silent) throw error.reason;
    return null;
  }
}

function match(call: Call): boolean | null {
  const { items, failed } = collect(call);
  const [only] = items;
  if (!failed && items.length === 1 && (only === null || typeof only === 'boolean')) return only;
  if (call.silent) return null;
  throw planError('single boolean result is expected');
}

const wrap = (item: PathValue): Jsonb => new Jsonb(toJson(item));

function queryArray(call: Call): Jsonb {
  return new Jsonb(collect(call).items.map(toJson));
}

function queryFirst(call: Call): Datum {
  const [first] = collect(call).items;
  return first === undefined ? null : wrap(first);
}

function scalar(evaluate: (call: Call) => Datum, zoned: boolean) {
  return made((): Evaluate => (args, session) => evaluate(callOf(args, session, zoned)));
}

/** An operator: no variables, and errors are no matter. */
function operator(evaluate: (call: Call) => Datum) {
  return made((): Evaluate => (args, session) => evaluate({ ...callOf(args, session, false), silent: true }));
}

const SCALARS = { exists, match, query_array: queryArray, query_first: queryFirst };

function scalarForms(suffix: '' | '_tz'): ScalarTable {
  return Object.fromEntries(
    Object.entries(SCALARS).map(([name, evaluate]) => [
      `jsonb_path_${name}${suffix}(jsonb,jsonpath,jsonb,bool)`,
      scalar(evaluate, suffix !== ''),
    ]),
  );
}

export const pathFunctions: ScalarTable = {
  ...scalarForms(''),
  ...scalarForms('_tz'),
  'jsonb_path_exists_opr(jsonb,jsonpath)': operator(exists),
  'jsonb_path_match_opr(jsonb,jsonpath)': operator(match),
};

function rows(zoned: boolean): RowsTable[string] {
  return {
    make: () =>
      function* (args, session): Generator<Row> {
        for (const item of collect(callOf(args, session, zoned)).items) yield [wrap(item)];
      },
  };
}

export const pathRows: RowsTable = {
  'jsonb_path_query(jsonb,jsonpath,jsonb,bool)': rows(false),
  'jsonb_path_query_tz(jsonb,jsonpath,jsonb,bool)': rows(true),
};
