/** pg_get_function_*: signatures of functions as psql's \df and others print them. */
import type { SqlType } from '../types/sql-type.ts';
import { ARGUMENT_DEFAULTS } from './argument-defaults.ts';
import { declaredArguments } from './cast-session.ts';
import { functionDirectory } from './directory.ts';
import type { FunctionDef } from './function.ts';
import { procFacts } from './pg-facts.ts';
import { quoteIdentifier } from './quote.ts';
import type { ScalarTable } from './define.ts';

/** One input argument: VARIADIC, name and type as far as there are such. */
function argumentText(def: FunctionDef, type: SqlType, i: number): string {
  const isTail = def.variadic !== undefined && i === def.args.length;
  const name = def.argNames?.[i];
  return [
    ...(isTail ? ['VARIADIC'] : []),
    ...(name === undefined || name === '' ? [] : [quoteIdentifier(name)]),
    type.displayName,
  ].join(' ');
}

function defaultText(def: FunctionDef, i: number): string | undefined {
  const defaults = ARGUMENT_DEFAULTS[def.name] ?? [];
  return i < def.args.length ? defaults[i - (def.args.length - defaults.length)]?.text : undefined;
}

/** Of an aggregate over a sorted set, what is given directly and what is sorted. */
function aggregateArguments(texts: readonly string[], direct: number): string {
  const sorted = texts.slice(direct);
  // A hypothetical set is sorted by as many columns as values are given.
  const by = sorted.length === 0 ? texts.slice(-1) : sorted;
  const given = texts.slice(0, direct).join(', ');
  return `${given}${given === '' ? '' : ' '}ORDER BY ${by.join(', ')}`;
}

/** All arguments: defaults and OUT parameters belong to the whole signature, not to what identifies the function. */
function argumentList(oid: number, whole: boolean): string | null {
  const def = functionDirectory().functionByOid(oid);
  if (def === undefined) return null;
  const inputs = declaredArguments(def).map((type, i) => {
    const text = argumentText(def, type, i);
    const fallback = whole ? defaultText(def, i) : undefined;
    return fallback === undefined ? text : `${text} DEFAULT ${fallback}`;
  });
  if (def.kind === 'aggregate' && def.directArgs !== undefined) {
    return aggregateArguments(inputs, def.directArgs);
  }
  const columns = whole ? (procFacts.ofOid(oid)?.columns ?? []) : [];
  const outputs = columns.map(({ name, type }) => `OUT ${quoteIdentifier(name)} ${type.displayName}`);
  return [...inputs, ...outputs].join(', ');
}

/** What PostgreSQL's functions return; those of others with several columns return a TABLE. */
function resultText(oid: number): string | null {
  const def = functionDirectory().functionByOid(oid);
  if (def === undefined) return null;
  if (def.kind === 'table') {
    const fact = procFacts.ofOid(oid);
    if (fact !== undefined) return `SETOF ${fact.result.displayName}`;
    const columns = def.columns(def.args);
    const [only] = columns;
    if (columns.length === 1) return `SETOF ${only?.type.displayName ?? 'record'}`;
    return `TABLE(${columns.map(({ name, type }) => `${name} ${type.displayName}`).join(', ')})`;
  }
  const { returns } = def;
  if (typeof returns !== 'function') return returns.displayName;
  return (procFacts.ofOid(oid)?.result ?? returns(def.args)).displayName;
}

function argumentDefault(oid: number, position: number): string | null {
  const def = functionDirectory().functionByOid(oid);
  return def === undefined ? null : (defaultText(def, position - 1) ?? null);
}

export const signatureFunctions: ScalarTable = {
  'pg_get_function_arguments(oid)': (oid: number) => argumentList(oid, true),
  'pg_get_function_identity_arguments(oid)': (oid: number) => argumentList(oid, false),
  'pg_get_function_result(oid)': resultText,
  'pg_get_function_arg_default(oid,int4)': argumentDefault,
};
