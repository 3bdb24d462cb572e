/**
 * Every function and operator, joined from the families and PostgreSQL's catalog facts, with look-ups by name and OID.
 * Which overload a call means is the binder's decision.
 */
import { RECORD, recordOf, typeByName, VOID } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { aggregateFamilies, mzFamilies, rowsFamilies, scalarFamilies, windowFamilies } from './families.ts';
import {
  asMade,
  type AggregateTable,
  type Made,
  type Plain,
  type RowsTable,
  type WindowTable,
} from './define.ts';
import { ARGUMENT_DEFAULTS } from './argument-defaults.ts';
import { castFunction } from './cast-functions.ts';
import { setFunctionDirectory } from './directory.ts';
import { Definitions, once } from './fact-table.ts';
import type { FunctionDef, OperatorDef } from './function.ts';
import { mzComparisonOperators, comparisonOf } from './comparison.ts';
import { isPolymorphic, polymorphicResult } from './polymorphic.ts';
import { operatorFacts, procFacts, type OperatorFact, type ProcFact } from './pg-facts.ts';

function merge<T>(families: readonly Readonly<Record<string, T>>[]): ReadonlyMap<string, T> {
  const merged = new Map<string, T>();
  for (const family of families) {
    for (const [signature, entry] of Object.entries(family)) {
      if (merged.has(signature)) throw new Error(`function ${signature} is implemented twice`);
      merged.set(signature, entry);
    }
  }
  return merged;
}

type Result = SqlType | ((args: readonly SqlType[]) => SqlType);

function resultOf(fact: ProcFact): Result {
  const { result, args, variadic } = fact;
  // OUT parameters of one row are its fields; a single one is the value itself.
  if (result === RECORD && fact.columns.length > 1) return recordOf(fact.columns);
  if (!isPolymorphic(result)) return result;
  return (actual) => polymorphicResult(result, args, actual, variadic) ?? result;
}

function baseOf(fact: ProcFact) {
  const defaults = ARGUMENT_DEFAULTS[fact.name];
  return {
    schema: 'pg_catalog',
    name: fact.name,
    oid: fact.oid,
    args: fact.args,
    ...(fact.variadic === undefined ? {} : { variadic: fact.variadic }),
    ...(fact.defaults === 0 ? {} : { optionalArgs: fact.defaults }),
    ...(fact.argNames.length === 0 ? {} : { argNames: fact.argNames }),
    ...(defaults === undefined ? {} : { defaults: defaults.map(({ value }) => value) }),
  };
}

/** A function that answers nothing: void has one value, which prints as no text and is not NULL. */
function doneWith({ make }: Made): Made {
  return {
    make(types) {
      const call = make(types);
      return (args, session) => {
        call(args, session);
        return '';
      };
    },
  };
}

function scalarDef(fact: ProcFact, given: Made): FunctionDef {
  const implementation = fact.result === VOID ? doneWith(given) : given;
  return {
    ...baseOf(fact),
    kind: 'scalar',
    returns: resultOf(fact),
    strict: fact.strict,
    volatility: fact.volatility,
    make: (types) => implementation.make(types),
  };
}

function tableDef(fact: ProcFact, implementation: RowsTable[string]): FunctionDef {
  const result = resultOf(fact);
  const single = (args: readonly SqlType[]) => [
    { name: fact.columns[0]?.name ?? fact.name, type: typeof result === 'function' ? result(args) : result },
  ];
  return {
    ...baseOf(fact),
    kind: 'table',
    columns: fact.columns.length > 0 ? () => fact.columns : single,
    strict: fact.strict,
    volatility: fact.volatility,
    make: (types) => implementation.make(types),
  };
}

function aggregateDef(fact: ProcFact, implementation: AggregateTable[string]): FunctionDef {
  return {
    ...baseOf(fact),
    kind: 'aggregate',
    returns: resultOf(fact),
    strict: implementation.strict,
    make: (types) => implementation.make(types),
    ...(fact.directArgs < 0 ? {} : { directArgs: fact.directArgs }),
  };
}

function windowDef(fact: ProcFact, implementation: WindowTable[string]): FunctionDef {
  return {
    ...baseOf(fact),
    kind: 'window',
    returns: resultOf(fact),
    make: (types) => implementation.make(types),
  };
}

/** What the families implement, by signature. */
interface Implementations {
  readonly scalars: ReadonlyMap<string, Plain | Made>;
  readonly rows: ReadonlyMap<string, RowsTable[string]>;
  readonly aggregates: ReadonlyMap<string, AggregateTable[string]>;
  readonly windows: ReadonlyMap<string, WindowTable[string]>;
}

const implementations = once<Implementations>(() => ({
  scalars: merge<Plain | Made>(scalarFamilies),
  rows: merge(rowsFamilies),
  aggregates: merge(aggregateFamilies),
  windows: merge(windowFamilies),
}));

const comparisonByProc = once(
  () =>
    new Map(
      operatorFacts.all().flatMap((fact): [number, Made][] => {
        const comparison = comparisonOf(fact);
        return comparison === undefined ? [] : [[fact.procOid, comparison.made]];
      }),
    ),
);

/** What a family says, or a cast; comparison functions (int4eq, date_lt_timestamp, ...) follow from their operator. */
function scalarOf(fact: ProcFact, operator?: OperatorFact): Made | undefined {
  const entry = implementations().scalars.get(fact.signature);
  if (entry !== undefined) return asMade(entry);
  if (operator !== undefined) return comparisonOf(operator)?.made;
  return castFunction(fact) ?? comparisonByProc().get(fact.oid);
}

function pgFunction(fact: ProcFact): FunctionDef | undefined {
  if (fact.kind === 'a') {
    const entry = implementations().aggregates.get(fact.signature);
    return entry && aggregateDef(fact, entry);
  }
  if (fact.kind === 'w') {
    const entry = implementations().windows.get(fact.signature);
    return entry && windowDef(fact, entry);
  }
  if (fact.returnsSet) {
    const entry = implementations().rows.get(fact.signature);
    return entry && tableDef(fact, entry);
  }
  const entry = scalarOf(fact);
  return entry && scalarDef(fact, entry);
}

function pgOperator(fact: OperatorFact): OperatorDef | undefined {
  const proc = procFacts.ofOid(fact.procOid);
  const implementation = proc && scalarOf(proc, fact);
  if (proc === undefined || implementation === undefined) return undefined;
  const comparison = comparisonOf(fact)?.name;
  return {
    name: fact.name,
    oid: fact.oid,
    left: fact.left,
    right: fact.right,
    returns: resultOf(proc),
    strict: proc.strict,
    volatility: proc.volatility,
    make: (types) => implementation.make(types),
    ...(comparison !== undefined && fact.strategy !== 0
      ? { comparison }
      : comparison === '<>'
        ? { comparison }
        : {}),
  };
}

const functions = new Definitions(procFacts, pgFunction, () =>
  mzFamilies().flatMap((family) => family.functions),
);
const operators = new Definitions(operatorFacts, pgOperator, () => [
  ...mzFamilies().flatMap((family) => family.operators ?? []),
  ...mzComparisonOperators,
]);

/** Every overload of a name, in all schemas. */
export function functionsByName(name: string): readonly FunctionDef[] {
  return functions.byName(name);
}

export function functionByOid(oid: number): FunctionDef | undefined {
  return functions.byOid(oid);
}

/** Every operator of a name: infix ones and prefix ones (left is null). */
export function operatorsByName(name: string): readonly OperatorDef[] {
  return operators.byName(name);
}

export function operatorByOid(oid: number): OperatorDef | undefined {
  return operators.byOid(oid);
}

/** Rows of pg_proc and mz_functions. */
export function allFunctions(): readonly FunctionDef[] {
  return functions.all();
}

/** Rows of pg_operator and mz_operators. */
export function allOperators(): readonly OperatorDef[] {
  return operators.all();
}

/**
 * The comparison operator of a type with itself (`=` for DISTINCT, joins and IN; `<` and `>` for sorting); undefined when
 * the type has none (json, aclitem for ordering). Arrays, ranges, lists, maps and records have those of their kind.
 */
export function comparisonOperator(
  name: '=' | '<>' | '<' | '<=' | '>' | '>=',
  type: SqlType,
): OperatorDef | undefined {
  const wanted = comparisonKey(type);
  return operatorsByName(name).find(
    (operator) =>
      operator.comparison === name && operator.left?.name === wanted && operator.right.name === wanted,
  );
}

/** Name of the type in whose terms values of `type` are compared. */
function comparisonKey(type: SqlType): string {
  switch (type.kind) {
    case 'array':
      return 'anyarray';
    case 'range':
      return 'anyrange';
    case 'record':
      return 'record';
    case 'list':
      return 'list';
    case 'map':
      return 'map';
    default:
      if (type.name === 'varchar') return 'text';
      if (type.name === 'int2vector') return 'anyarray';
      return type.name.startsWith('reg') && typeByName(type.name) !== undefined ? 'oid' : type.name;
  }
}

setFunctionDirectory({ functionsByName, functionByOid, operatorsByName, operatorByOid });
