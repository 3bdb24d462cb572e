import { describe, expect, it } from 'vitest';
import { nextOccurrence, parseCron, ScheduleError } from './cron.ts';

/** Next occurrences after a time, as ISO dates to the hour. */
function next(text: string, from: string, count = 1): string[] {
  const cron = parseCron(text);
  const found: string[] = [];
  let at = Date.parse(from);
  for (let i = 0; i < count; i += 1) {
    at = nextOccurrence(cron, at) ?? NaN;
    found.push(new Date(at).toISOString().slice(0, 13));
  }
  return found;
}

describe('cron expressions of the documentation', () => {
  it.each([
    ['0 8/8 * * ? *', '2026-01-01T00:00:00Z', ['2026-01-01T08', '2026-01-01T16', '2026-01-02T08']],
    ['0 2/10 * * ? *', '2026-01-01T00:00:00Z', ['2026-01-01T02', '2026-01-01T12', '2026-01-01T22']],
    ['0 8 1/7 * ? *', '2026-01-01T09:00:00Z', ['2026-01-08T08', '2026-01-15T08']],
    ['0 18 ? * SAT *', '2026-01-01T00:00:00Z', ['2026-01-03T18', '2026-01-10T18']],
    ['0 8 1 * ? *', '2026-01-01T08:00:00Z', ['2026-02-01T08']],
    ['0 1 ? 1/3 SUN#1 *', '2026-01-01T00:00:00Z', ['2026-01-04T01', '2026-04-05T01']],
    ['0 17 L * ? *', '2026-02-01T00:00:00Z', ['2026-02-28T17', '2026-03-31T17']],
    ['0 8 ? * MON-FRI *', '2026-01-02T09:00:00Z', ['2026-01-05T08']],
    ['0 16 1,15 * ? *', '2026-01-02T00:00:00Z', ['2026-01-15T16', '2026-02-01T16']],
    ['0 0 ? * SUN#1 *', '2026-01-05T00:00:00Z', ['2026-02-01T00']],
    ['0 0 29 2 ? *', '2026-01-01T00:00:00Z', ['2028-02-29T00']],
    ['0 0 15W * ? *', '2026-02-01T00:00:00Z', ['2026-02-16T00']],
    ['0 0 ? * 6L *', '2026-01-01T00:00:00Z', ['2026-01-30T00']],
  ])('%s', (text, from, expected) => {
    expect(next(text, from, expected.length)).toEqual(expected);
  });

  it.each([
    '0 8 * * ?',
    '5 8 * * ? *',
    '0 8 * * ? 2026',
    '0 8 * * * *',
    '0 8 ? * ? *',
    '0 24 * * ? *',
    '0 8 32 * ? *',
    '0 8 * 13 ? *',
    '0 8 ? * NOD *',
    '0 0/2 * * ? *',
    '0 8-4 * * ? *',
    '0 8//4 * * ? *',
    '0  * * ? *',
  ])('refuses %s', (text) => {
    expect(() => parseCron(text)).toThrow(ScheduleError);
  });
});
