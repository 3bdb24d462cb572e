/** CURRENT_DATE, CURRENT_USER and their kin: calls of functions with a syntax of their own. */
import type { SQLValueFunction } from '@pgsql/types';
import { DATE, TIME, TIMESTAMP, TIMESTAMPTZ, TIMETZ } from '../../types/registry.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Expr } from '../expr.ts';
import { coerce } from './coerce.ts';
import { callByName } from './functions.ts';
import type { Level } from './level.ts';

const TIMES: Readonly<Record<string, SqlType>> = {
  SVFOP_CURRENT_DATE: DATE,
  SVFOP_CURRENT_TIME: TIMETZ,
  SVFOP_CURRENT_TIME_N: TIMETZ,
  SVFOP_CURRENT_TIMESTAMP: TIMESTAMPTZ,
  SVFOP_CURRENT_TIMESTAMP_N: TIMESTAMPTZ,
  SVFOP_LOCALTIME: TIME,
  SVFOP_LOCALTIME_N: TIME,
  SVFOP_LOCALTIMESTAMP: TIMESTAMP,
  SVFOP_LOCALTIMESTAMP_N: TIMESTAMP,
};

const NAMES: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_ROLE: 'current_user',
  SVFOP_CURRENT_USER: 'current_user',
  SVFOP_USER: 'current_user',
  SVFOP_SESSION_USER: 'session_user',
  SVFOP_CURRENT_CATALOG: 'current_database',
  SVFOP_CURRENT_SCHEMA: 'current_schema',
};

export function bindValueFunction(level: Level, node: SQLValueFunction): Expr {
  const op = node.op ?? '';
  const time = TIMES[op];
  if (time === undefined) return callByName(level, NAMES[op] ?? 'current_user', []);
  const precision = node.typmod ?? -1;
  const typmod = precision < 0 ? -1 : Math.min(precision, 6);
  return coerce(level.binding, callByName(level, 'now', []), time, typmod, 'explicit', 'CAST');
}
