/** PostgreSQL's own catalog of functions and operators, read from the generated tables into records. */
import type { SqlType } from '../types/sql-type.ts';
import { INTERNAL, typeByName } from '../types/registry.ts';
import { FactTable } from './fact-table.ts';
import type { Volatility } from './function.ts';
import { PG_OPERATORS } from './pg-operators.ts';
import { PG_PROCS } from './pg-procs.ts';

/** One row of pg_proc. */
export interface ProcFact {
  readonly oid: number;
  readonly name: string;
  readonly kind: 'f' | 'a' | 'w' | 'p';
  /** `name(type,type)` with pg_type names. */
  readonly signature: string;
  /** Without the VARIADIC argument, which is `variadic`. */
  readonly args: readonly SqlType[];
  readonly variadic: SqlType | undefined;
  readonly result: SqlType;
  readonly returnsSet: boolean;
  readonly strict: boolean;
  readonly volatility: Volatility;
  readonly defaults: number;
  /** OUT columns. */
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  readonly argNames: readonly string[];
  /** Direct arguments of an ordered-set aggregate, else -1. */
  readonly directArgs: number;
}

/** One row of pg_operator. */
export interface OperatorFact {
  readonly oid: number;
  readonly name: string;
  readonly left: SqlType | null;
  readonly right: SqlType;
  readonly procOid: number;
  /** Strategy in the default btree operator class: 1 <, 2 <=, 3 =, 4 >=, 5 >; 0 for none. */
  readonly strategy: number;
  readonly commutator: number;
  readonly negator: number;
}

const VOLATILITY: Readonly<Record<string, Volatility>> = { i: 'immutable', s: 'stable', v: 'volatile' };

function typeOf(name: string): SqlType {
  // Signatures with types of no use to SQL stand in the catalog for type input and output only.
  return typeByName(name) ?? INTERNAL;
}

function types(list: string): SqlType[] {
  return list === '' ? [] : list.split(',').map(typeOf);
}

function readProc(line: string): ProcFact {
  const [
    oid = '',
    name = '',
    kind = 'f',
    args = '',
    result = '',
    flags = '',
    defaults = '0',
    variadic = '',
    columns = '',
    argNames = '',
    direct = '-1',
  ] = line.split('\t');
  const declared = types(args);
  const tail = variadic === 'v' ? declared.at(-1) : undefined;
  return {
    oid: Number(oid),
    name,
    kind: kind as ProcFact['kind'],
    signature: `${name}(${args})`,
    args: tail === undefined ? declared : declared.slice(0, -1),
    variadic: tail === undefined ? undefined : variadicElement(tail),
    result: typeOf(result),
    returnsSet: flags.startsWith('r'),
    strict: flags.slice(0, -1).includes('s'),
    volatility: VOLATILITY[flags.slice(-1)] ?? 'volatile',
    defaults: Number(defaults),
    columns:
      columns === ''
        ? []
        : columns.split(',').map((column) => {
            const [columnName = '', type = ''] = column.split(' ');
            return { name: columnName, type: typeOf(type) };
          }),
    argNames: argNames === '' ? [] : argNames.split(','),
    directArgs: Number(direct),
  };
}

/** VARIADIC text[] takes texts; VARIADIC "any" takes anything. */
function variadicElement(tail: SqlType): SqlType {
  if (tail.name === 'anyarray') return typeOf('anyelement');
  if (tail.name === 'anycompatiblearray') return typeOf('anycompatible');
  return tail.element ?? tail;
}

function readOperator(line: string): OperatorFact {
  const [
    oid = '',
    name = '',
    left = '',
    right = '',
    proc = '',
    strategy = '',
    commutator = '0',
    negator = '0',
  ] = line.split('\t');
  return {
    oid: Number(oid),
    name,
    left: left === '' ? null : typeOf(left),
    right: typeOf(right),
    procOid: Number(proc),
    strategy: Number(strategy),
    commutator: Number(commutator),
    negator: Number(negator),
  };
}

/** pg_proc of PostgreSQL 15, as far as its types are known here. */
export const procFacts = new FactTable(PG_PROCS, readProc);

/** pg_operator of PostgreSQL 15, as far as its types are known here. */
export const operatorFacts = new FactTable(PG_OPERATORS, readOperator);
