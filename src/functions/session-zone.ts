/** The session's time zone, for functions whose answer depends on it. */
import type { SessionContext } from '../query/session-context.ts';
import { timeZone, UTC, type TimeZone } from '../types/time-zone.ts';

/** The zone that TimeZone names now. */
export function sessionZone(session: SessionContext): TimeZone {
  const name = session.setting('timezone');
  return name === null || name === 'UTC' ? UTC : timeZone(name);
}
