/** pg_timezone_names and pg_timezone_abbrevs, mz_timezone_names and mz_timezone_abbreviations. */
import { Interval, type Row } from '../../types/datum.ts';
import { findTimeZone, type TimeZone } from '../../types/time-zone.ts';
import { constantRows, index, type RelationTable } from '../define.ts';
import type { RelationContext } from '../relation.ts';
import { timestamptz } from '../values.ts';

/** Abbreviations that time zone input takes and that always mean the same, and whether they are daylight time. */
const ABBREVIATIONS: Readonly<Record<string, boolean>> = {
  AKDT: true,
  AKST: false,
  BST: true,
  CDT: true,
  CEST: true,
  CET: false,
  CST: false,
  EDT: true,
  EEST: true,
  EET: false,
  EST: false,
  GMT: false,
  HST: false,
  JST: false,
  KST: false,
  MDT: true,
  MSK: false,
  MST: false,
  NZDT: true,
  NZST: false,
  PDT: true,
  PST: false,
  UT: false,
  UTC: false,
  WEST: true,
  WET: false,
  Z: false,
  ZULU: false,
};

const MICROS = 1_000_000n;
/** Half a year, near enough: what is winter here is summer there. */
const HALF_YEAR_MICROS = 182n * 86_400n * MICROS;

function offsetInterval(seconds: number): Interval {
  return new Interval(0, 0, BigInt(seconds) * MICROS);
}

/** Daylight time is in force when the clocks are ahead of where they are half a year away. */
function isDaylight(zone: TimeZone, now: bigint): boolean {
  return zone.offsetAt(now) > zone.offsetAt(now + HALF_YEAR_MICROS);
}

/** Letters that stand for the zone now (`CET`), null where only a number does. */
function shortName(name: string, ms: number): string | null {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'short' });
  const part = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return /^[A-Z]{3,5}$/.test(part) ? part : null;
}

let names: readonly string[] | undefined;

function zoneNames(): readonly string[] {
  return (names ??= [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].sort());
}

function zoneRow({ facts }: RelationContext, name: string): Row {
  const now = timestamptz(facts.now());
  const zone = findTimeZone(name);
  const offset = zone === undefined ? null : offsetInterval(zone.offsetAt(now));
  return [name, shortName(name, facts.now()), offset, zone === undefined ? null : isDaylight(zone, now)];
}

function abbreviationOffset(name: string): Interval {
  return offsetInterval(findTimeZone(name)?.offsetAt(0n) ?? 0);
}

export const TIME_ZONE_RELATIONS: RelationTable = {
  'pg_catalog.pg_timezone_names': {
    *rows(context) {
      for (const name of zoneNames()) yield zoneRow(context, name);
    },
    indexes: [
      index(['name'], (context, name: string) =>
        zoneNames().includes(name) ? [zoneRow(context, name)] : [],
      ),
    ],
  },
  'mz_catalog.mz_timezone_names': constantRows(() => zoneNames().map((name): Row => [name])),
  'pg_catalog.pg_timezone_abbrevs': constantRows(() =>
    Object.entries(ABBREVIATIONS).map(([name, daylight]): Row => [name, abbreviationOffset(name), daylight]),
  ),
  'mz_catalog.mz_timezone_abbreviations': constantRows(() =>
    Object.entries(ABBREVIATIONS).map(([name, daylight]): Row => [
      name,
      abbreviationOffset(name),
      daylight,
      null,
    ]),
  ),
};
