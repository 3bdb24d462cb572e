/** The families that registry.ts joins; one line each. */
import { basicAggregates } from './aggregates-basic.ts';
import { collectingAggregates } from './aggregates-collecting.ts';
import { catalogFunctions } from './catalog-functions.ts';
import type { AggregateTable, RowsTable, ScalarTable, WindowTable } from './define.ts';
import { floatFunctions } from './float-arithmetic.ts';
import type { FunctionDef, OperatorDef } from './function.ts';
import { integerFunctions } from './integer-arithmetic.ts';
import { privilegeInquiries } from './privilege-functions.ts';
import { sessionFunctions } from './session-functions.ts';
import { stringFunctions } from './strings.ts';
import { windowFunctions } from './windows.ts';

export const scalarFamilies: readonly ScalarTable[] = [
  integerFunctions,
  floatFunctions,
  stringFunctions,
  sessionFunctions,
  catalogFunctions,
];

export const rowsFamilies: readonly RowsTable[] = [];

export const aggregateFamilies: readonly AggregateTable[] = [basicAggregates, collectingAggregates];

export const windowFamilies: readonly WindowTable[] = [windowFunctions];

/** Functions and operators that PostgreSQL does not have, or not in that shape: whole definitions. */
export const mzFamilies: readonly {
  readonly functions: readonly FunctionDef[];
  readonly operators?: readonly OperatorDef[];
}[] = [{ functions: privilegeInquiries }];
