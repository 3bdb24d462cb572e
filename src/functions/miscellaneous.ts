/** Small families: uuid, advisory locks, notices of time zones and settings, enumerations of key words. */
import { randomUUID } from 'node:crypto';
import { planError } from '../errors.ts';
import type { Row } from '../types/datum.ts';
import { Interval } from '../types/datum.ts';
import { findTimeZone } from '../types/time-zone.ts';
import { alike, made, type RowsTable, type ScalarTable } from './define.ts';
import { keywords } from './quote.ts';

/** What would wait inside an expression: the server has nothing that lets a value wait. */
function refused(feature: string): () => never {
  return () => {
    throw planError(`${feature} not supported`).with({ code: '0A000' });
  };
}

const sleep = refused('pg_sleep');
const locks = refused('advisory locks');
const ONE_KEY = [
  'pg_advisory_lock',
  'pg_advisory_lock_shared',
  'pg_try_advisory_lock',
  'pg_try_advisory_lock_shared',
  'pg_advisory_unlock',
  'pg_advisory_unlock_shared',
  'pg_advisory_xact_lock',
  'pg_advisory_xact_lock_shared',
  'pg_try_advisory_xact_lock',
  'pg_try_advisory_xact_lock_shared',
];

export const miscellaneousFunctions: ScalarTable = {
  'gen_random_uuid()': made(() => () => randomUUID()),
  ...alike(['pg_sleep(float8)', 'pg_sleep_for(interval)', 'pg_sleep_until(timestamptz)'], sleep),
  ...alike(
    ONE_KEY.flatMap((name) => [`${name}(int8)`, `${name}(int4,int4)`]),
    locks,
  ),
  'pg_advisory_unlock_all()': () => null,
  'pg_notify(text,text)': refused('LISTEN and NOTIFY'),
};

/** Every IANA zone with its offset now. */
function* timeZoneNames(now: bigint): Generator<Row> {
  for (const name of Intl.supportedValuesOf('timeZone')) {
    const zone = findTimeZone(name);
    if (zone === undefined) continue;
    const offset = zone.offsetAt(now);
    yield [
      name,
      zone.name,
      new Interval(0, 0, BigInt(offset) * 1_000_000n),
      isDaylightSaving(zone.offsetAt, now, offset),
    ];
  }
}

/** Daylight saving holds when the offset is above the year's least. */
function isDaylightSaving(offsetAt: (micros: bigint) => number, now: bigint, offset: number): boolean {
  const halfYear = 183n * 86_400_000_000n;
  return offset > Math.min(offset, offsetAt(now + halfYear));
}

export const miscellaneousRows: RowsTable = {
  'pg_get_keywords()': {
    make: () =>
      function* () {
        for (const k of keywords) {
          yield [
            k.word,
            k.category,
            k.bareLabel,
            k.categoryText,
            k.bareLabel ? 'can be bare label' : 'requires AS',
          ];
        }
      },
  },
  'pg_timezone_names()': { make: () => (_, session) => timeZoneNames(session.transactionTime) },
  'pg_listening_channels()': { make: () => (): readonly Row[] => [] },
};
