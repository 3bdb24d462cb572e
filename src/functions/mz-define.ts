/** Whole definitions of functions and operators that PostgreSQL does not have. */
import type { SqlType } from '../types/sql-type.ts';
import { asMade, type Made, type Plain } from './define.ts';
import type { OperatorDef, ScalarFunction, Volatility } from './function.ts';

type Result = SqlType | ((args: readonly SqlType[]) => SqlType);

/** What differs from an immutable, strict function of mz_catalog. */
export interface Traits {
  readonly schema?: string;
  readonly strict?: boolean;
  readonly volatility?: Volatility;
  readonly variadic?: SqlType;
}

/** Draws the OIDs of a family's definitions in their order: built-in OIDs are 16384 to 19999. */
export function definer(firstOid: number) {
  let oid = firstOid;
  return {
    nextOid: () => oid++,
    scalar(
      name: string,
      args: readonly SqlType[],
      returns: Result,
      entry: Plain | Made,
      traits: Traits = {},
    ): ScalarFunction {
      const implementation = asMade(entry);
      return {
        kind: 'scalar',
        schema: traits.schema ?? 'mz_catalog',
        name,
        oid: oid++,
        args,
        ...(traits.variadic === undefined ? {} : { variadic: traits.variadic }),
        returns,
        strict: traits.strict ?? true,
        volatility: traits.volatility ?? 'immutable',
        make: (types) => implementation.make(types),
      };
    },
    operator(
      name: string,
      left: SqlType | null,
      right: SqlType,
      returns: Result,
      entry: Plain | Made,
      strict = true,
    ): OperatorDef {
      const implementation = asMade(entry);
      return {
        name,
        oid: oid++,
        left,
        right,
        returns,
        strict,
        volatility: 'immutable',
        make: (types) => implementation.make(types),
      };
    },
  };
}
