import { SqlError } from '../errors.ts';

/**
 * Who may log in on a listener: `normal` turns reserved names away, `internal` admits nobody else, `both` admits all.
 * Whether the role exists is the engine's to say.
 */
export type Admission = 'normal' | 'internal' | 'both';

/** Throws FATAL 42501 when a listener does not admit a user. */
export function checkAdmission(admission: Admission, user: string): void {
  if (admission === 'both') return;
  if (isReserved(user) !== (admission === 'internal')) {
    throw new SqlError('42501', `unauthorized login to user '${user}'`, { severity: 'FATAL' });
  }
}

function isReserved(user: string): boolean {
  return /^(mz_|pg_|external_)/.test(user) || user === 'public';
}
