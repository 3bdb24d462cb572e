/** Grants taken apart into one privilege each. */
import { isUserId, type Id } from '../catalog/ids.ts';
import type { AclEntry } from '../catalog/records.ts';

/** Keyword of each letter, in the fixed order in which letters are written. */
const KEYWORDS: Readonly<Record<string, string>> = {
  a: 'INSERT',
  r: 'SELECT',
  w: 'UPDATE',
  d: 'DELETE',
  U: 'USAGE',
  C: 'CREATE',
  R: 'CREATEROLE',
  B: 'CREATEDB',
  N: 'CREATECLUSTER',
  P: 'CREATENETWORKPOLICY',
};

/** Keyword of a privilege letter. */
export function privilegeKeyword(letter: string): string {
  return KEYWORDS[letter] ?? letter;
}

export interface Grant {
  readonly grantor: Id;
  readonly grantee: Id;
  /** Keyword such as SELECT. */
  readonly privilege: string;
}

/** One grant for each letter of each entry. */
export function* explode(entries: readonly AclEntry[]): Iterable<Grant> {
  for (const { grantor, grantee, privileges } of entries) {
    for (const letter of privileges) yield { grantor, grantee, privilege: privilegeKeyword(letter) };
  }
}

/** Whether a grantee is one that SHOW PRIVILEGES lists: not one of the system's own roles. */
export function isListedGrantee(id: Id): boolean {
  return isUserId(id) || id === 'p' || id.startsWith('g');
}
