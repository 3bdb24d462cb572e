/**
 * Every function and operator, joined from the families and PostgreSQL's catalog facts, with look-ups by name and OID.
 * Which overload a call means is the binder's decision.
 */
import { typeByName } from '../types/registry.ts';
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
import { setFunctionDirectory } from './directory.ts';
import type { FunctionDef, OperatorDef } from './function.ts';
import { mzComparisonOperators, comparisonOf } from './comparison.ts';
import { isPolymorphic, polymorphicResult } from './polymorphic.ts';
import { operatorFacts, procFactByOid, procFacts, type OperatorFact, type ProcFact } from './pg-facts.ts';

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
    ...(defaults === undefined ? {} : { defaults }),
  };
}

function scalarDef(fact: ProcFact, implementation: Made): FunctionDef {
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

const scalars = merge<Plain | Made>(scalarFamilies);
const rows = merge(rowsFamilies);
const aggregates = merge(aggregateFamilies);
const windows = merge(windowFamilies);

/** Comparison functions (int4eq, date_lt_timestamp, ...) follow from their operator. */
const comparisonOfProc = new Map<number, Made>();
for (const fact of operatorFacts) {
  const comparison = comparisonOf(fact);
  if (comparison !== undefined && fact.left !== null) comparisonOfProc.set(fact.procOid, comparison.made);
}

function scalarOf(fact: ProcFact): Made | undefined {
  const entry = scalars.get(fact.signature);
  return entry === undefined ? comparisonOfProc.get(fact.oid) : asMade(entry);
}

function pgFunction(fact: ProcFact): FunctionDef | undefined {
  if (fact.kind === 'a') {
    const entry = aggregates.get(fact.signature);
    return entry && aggregateDef(fact, entry);
  }
  if (fact.kind === 'w') {
    const entry = windows.get(fact.signature);
    return entry && windowDef(fact, entry);
  }
  if (fact.returnsSet) {
    const entry = rows.get(fact.signature);
    return entry && tableDef(fact, entry);
  }
  const entry = scalarOf(fact);
  return entry && scalarDef(fact, entry);
}

function pgOperator(fact: OperatorFact): OperatorDef | undefined {
  const proc = procFactByOid.get(fact.procOid);
  const implementation = proc && scalarOf(proc);
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

const defined = <T>(value: T | undefined): value is T => value !== undefined;

const functions: readonly FunctionDef[] = [
  ...procFacts.map(pgFunction).filter(defined),
  ...mzFamilies.flatMap((family) => family.functions),
];
const operators: readonly OperatorDef[] = [
  ...operatorFacts.map(pgOperator).filter(defined),
  ...mzFamilies.flatMap((family) => family.operators ?? []),
  ...mzComparisonOperators,
];

function group<T extends { readonly name: string }>(values: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const known = groups.get(value.name);
    if (known === undefined) groups.set(value.name, [value]);
    else known.push(value);
  }
  return groups;
}

const functionsOfName = group(functions);
const operatorsOfName = group(operators);
const functionOfOid: ReadonlyMap<number, FunctionDef> = new Map(functions.map((f) => [f.oid, f]));
const operatorOfOid: ReadonlyMap<number, OperatorDef> = new Map(operators.map((o) => [o.oid, o]));

/** Every overload of a name, in all schemas. */
export function functionsByName(name: string): readonly FunctionDef[] {
  return functionsOfName.get(name) ?? [];
}

export function functionByOid(oid: number): FunctionDef | undefined {
  return functionOfOid.get(oid);
}

/** Every operator of a name: infix ones and prefix ones (left is null). */
export function operatorsByName(name: string): readonly OperatorDef[] {
  return operatorsOfName.get(name) ?? [];
}

export function operatorByOid(oid: number): OperatorDef | undefined {
  return operatorOfOid.get(oid);
}

/** Rows of pg_proc and mz_functions. */
export function allFunctions(): readonly FunctionDef[] {
  return functions;
}

/** Rows of pg_operator and mz_operators. */
export function allOperators(): readonly OperatorDef[] {
  return operators;
}

/** Commutator and negator of an operator, 0 where it has none: pg_operator.oprcom, oprnegate; and its function. */
export function operatorLinks(oid: number): {
  readonly commutator: number;
  readonly negator: number;
  readonly function: number;
} {
  const fact = operatorFactOfOid.get(oid);
  return { commutator: fact?.commutator ?? 0, negator: fact?.negator ?? 0, function: fact?.procOid ?? 0 };
}
const operatorFactOfOid = new Map(operatorFacts.map((fact) => [fact.oid, fact]));

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
