/** The families that registry.ts joins; one line each. */
import { aclFunctions, aclRows, mzAclFunctions } from './acl-functions.ts';
import { basicAggregates } from './aggregates-basic.ts';
import { collectingAggregates } from './aggregates-collecting.ts';
import { arrayFunctions, arrayRows } from './arrays.ts';
import { byteFunctions } from './bytes.ts';
import { catalogExtraRows, catalogExtras } from './catalog-extras.ts';
import { identityFunctions } from './catalog-identity.ts';
import { signatureFunctions } from './catalog-signatures.ts';
import { catalogFunctions } from './catalog-functions.ts';
import { extractFunctions } from './datetime-extract.ts';
import { datetimeFunctions } from './datetime-functions.ts';
import type { AggregateTable, RowsTable, ScalarTable, WindowTable } from './define.ts';
import { floatFunctions } from './float-arithmetic.ts';
import type { FunctionDef, OperatorDef } from './function.ts';
import { seriesRows } from './generate-series.ts';
import { integerFunctions } from './integer-arithmetic.ts';
import { jsonAccess, jsonRows } from './json-access.ts';
import { pathFunctions, pathRows } from './jsonpath/functions.ts';
import { jsonRecordRows, jsonRecords } from './json-records.ts';
import { jsonAggregates, jsonBuilders } from './json-functions.ts';
import { likeFunctions } from './like.ts';
import { containerFunctions, containerOperators } from './mz-containers.ts';
import { mzFunctions } from './mz-functions.ts';
import { unsignedAggregates, unsignedFunctions, unsignedOperators } from './mz-unsigned.ts';
import { numericFunctions } from './numeric-functions.ts';
import { redefinedFunctions } from './pg-redefined.ts';
import { lsnFunctions } from './pg-lsn.ts';
import { columnInquiries } from './privilege-columns.ts';
import { privilegeInquiries } from './privilege-functions.ts';
import { regexFunctions, regexRows } from './regex-functions.ts';
import { sessionFunctions } from './session-functions.ts';
import { similarFunctions } from './similar-to.ts';
import { rangeAggregates, rangeFunctions } from './ranges.ts';
import { hypotheticalAggregates } from './aggregates-hypothetical.ts';
import { statisticsAggregates } from './aggregates-statistics.ts';
import { datetimeFormatting } from './to-char-datetime.ts';
import { datetimeReading } from './from-char-datetime.ts';
import { miscellaneousFunctions, miscellaneousRows } from './miscellaneous.ts';
import { numberFormatting } from './to-char-number.ts';
import { stringFunctions } from './strings.ts';
import { textBuilding } from './text-building.ts';
import { windowFunctions } from './windows.ts';

export const scalarFamilies: readonly ScalarTable[] = [
  integerFunctions,
  floatFunctions,
  stringFunctions,
  likeFunctions,
  regexFunctions,
  similarFunctions,
  arrayFunctions,
  datetimeFormatting,
  datetimeReading,
  numberFormatting,
  miscellaneousFunctions,
  rangeFunctions,
  jsonBuilders,
  jsonAccess,
  jsonRecords,
  pathFunctions,
  numericFunctions,
  byteFunctions,
  textBuilding,
  aclFunctions,
  extractFunctions,
  datetimeFunctions,
  sessionFunctions,
  catalogFunctions,
  catalogExtras,
  identityFunctions,
  lsnFunctions,
  signatureFunctions,
];

export const rowsFamilies: readonly RowsTable[] = [
  arrayRows,
  seriesRows,
  regexRows,
  aclRows,
  jsonRows,
  jsonRecordRows,
  pathRows,
  miscellaneousRows,
  catalogExtraRows,
];

export const aggregateFamilies: readonly AggregateTable[] = [
  basicAggregates,
  collectingAggregates,
  jsonAggregates,
  rangeAggregates,
  statisticsAggregates,
  hypotheticalAggregates,
];

export const windowFamilies: readonly WindowTable[] = [windowFunctions];

/** Functions and operators that PostgreSQL does not have, or not in that shape: whole definitions. */
export const mzFamilies = (): readonly {
  readonly functions: readonly FunctionDef[];
  readonly operators?: readonly OperatorDef[];
}[] => [
  { functions: [...privilegeInquiries(), ...columnInquiries()] },
  { functions: redefinedFunctions() },
  { functions: mzAclFunctions },
  { functions: mzFunctions },
  { functions: containerFunctions, operators: containerOperators },
  { functions: [...unsignedFunctions, ...unsignedAggregates], operators: unsignedOperators },
];
