/** pg_proc, pg_operator and pg_aggregate, with mz_functions, mz_operators and mz_aggregates. */
import type { OperatorDef } from '../../functions/function.ts';
import { procFacts, type ProcFact } from '../../functions/pg-facts.ts';
import { allOperators } from '../../functions/registry.ts';
import type { Datum, Row } from '../../types/datum.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { MZ_SYSTEM_ROLE_ID } from '../../catalog/ids.ts';
import { AMBIENT_SCHEMA_IDS } from '../ambient.ts';
import { POSTGRES_TYPES } from '../data/postgres-types.ts';
import { TYPE_IO } from '../data/type-io.ts';
import { constantRows, objectRelation, type RelationRows, type RelationTable } from '../define.ts';
import type { RelationContext } from '../relation.ts';
import { systemId } from '../system-catalog.ts';
import { resultType, systemFunctionObjects, type SystemFunctionObject } from '../system-functions.ts';
import { textArray } from '../values.ts';
import { roleOid, schemaOid } from '../visibility.ts';

/** pg_catalog's OID of the type that stands for a set of records. */
const RECORD_OID = 2249;

function mzFunctionRow(fn: SystemFunctionObject): Row {
  const { def } = fn;
  const result = resultType(fn);
  return [
    fn.id,
    fn.oid,
    fn.schemaId,
    fn.name,
    textArray(def.args.map((type) => systemId(type.oid))),
    def.variadic === undefined ? null : systemId(def.variadic.oid),
    result === null ? null : systemId(result.oid),
    def.kind === 'table',
    fn.ownerId,
  ];
}

function operatorResult({ returns, left, right }: OperatorDef): SqlType {
  return typeof returns === 'function' ? returns(left === null ? [right] : [left, right]) : returns;
}

function mzOperatorRow(operator: OperatorDef): Row {
  const { oid, name, left, right } = operator;
  const operands = left === null ? [right] : [left, right];
  const result = operatorResult(operator);
  return [oid, name, textArray(operands.map((type) => systemId(type.oid))), systemId(result.oid)];
}

function pgOperatorRow(operator: OperatorDef): Row {
  const { oid, name, left, right } = operator;
  return [oid, name, operatorResult(operator).oid, left?.oid ?? 0, right.oid];
}

function aggregates(): readonly SystemFunctionObject[] {
  return systemFunctionObjects().filter(({ def }) => def.kind === 'aggregate');
}

/** aggkind is always `n`; the server keeps no transition functions to name. */
function pgAggregateRow({ oid }: SystemFunctionObject): Row {
  const head: readonly Datum[] = [oid, 'n', 0, null, 0, 0, 0, 0, 0, 0, 0, false, false];
  return [...head, null, null, 0, null, null, 0, null, null, null];
}

const callable = objectRelation(
  ['function'],
  { oid: 'oid', name: 'proname', schemaOid: 'pronamespace' },
  ({ snapshot }, fn) => {
    const owner = roleOid(snapshot, fn.ownerId);
    return [
      [fn.oid, fn.name, schemaOid(snapshot, fn.schemaId), owner, null, resultType(fn)?.oid ?? RECORD_OID],
    ];
  },
);

/** Functions that read and write types: pg_type names them, so drivers look them up; SQL cannot call them. */
function typeFunctionRow({ snapshot }: RelationContext, fact: ProcFact): Row {
  const schema = schemaOid(snapshot, AMBIENT_SCHEMA_IDS['pg_catalog'] ?? '');
  return [fact.oid, fact.name, schema, roleOid(snapshot, MZ_SYSTEM_ROLE_ID), null, fact.result.oid];
}

let typeFunctions: ReadonlyMap<number, ProcFact> | undefined;

function typeFunctionsByOid(): ReadonlyMap<number, ProcFact> {
  if (typeFunctions !== undefined) return typeFunctions;
  const named = new Set(
    TYPE_IO.flatMap((row) => row.slice(1)).concat(
      POSTGRES_TYPES.flatMap((row) => row.slice(1, 5) as number[]),
    ),
  );
  const known = new Set(systemFunctionObjects().map(({ oid }) => oid));
  const facts = [...named].filter((oid) => !known.has(oid)).flatMap((oid) => procFacts.ofOid(oid) ?? []);
  return (typeFunctions = new Map(facts.map((fact) => [fact.oid, fact])));
}

function* typeFunctionRows(context: RelationContext, wanted: (fact: ProcFact) => boolean): Iterable<Row> {
  for (const fact of typeFunctionsByOid().values()) if (wanted(fact)) yield typeFunctionRow(context, fact);
}

/** Whether a function that reads or writes a type has this value in an indexed column. */
function holds({ snapshot }: RelationContext, column: string, key: Datum, fact: ProcFact): boolean {
  if (column === 'oid') return fact.oid === key;
  if (column === 'proname') return fact.name === key;
  return schemaOid(snapshot, AMBIENT_SCHEMA_IDS['pg_catalog'] ?? '') === key;
}

const pgProc: RelationRows = {
  *rows(context) {
    yield* callable.rows(context);
    yield* typeFunctionRows(context, () => true);
  },
  indexes: (callable.indexes ?? []).map(({ columns, find }) => ({
    columns,
    *find(context, keys) {
      yield* find(context, keys);
      yield* typeFunctionRows(context, (fact) =>
        columns.every((column, i) => holds(context, column, keys[i] ?? null, fact)),
      );
    },
  })),
};

export const FUNCTION_RELATIONS: RelationTable = {
  'mz_catalog.mz_functions': objectRelation(
    ['function'],
    { id: 'id', oid: 'oid', name: 'name', schemaId: 'schema_id' },
    (_, fn) => [mzFunctionRow(fn)],
  ),
  'mz_catalog.mz_operators': constantRows(() => allOperators().map(mzOperatorRow)),
  'mz_internal.mz_aggregates': constantRows(() => aggregates().map(({ oid }): Row => [oid, 'n', 0])),
  'pg_catalog.pg_proc': pgProc,
  'pg_catalog.pg_operator': constantRows(() => allOperators().map(pgOperatorRow)),
  'pg_catalog.pg_aggregate': constantRows(() => aggregates().map(pgAggregateRow)),
};
