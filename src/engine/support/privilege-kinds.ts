/** Which privileges each kind of object has. Source: documentation of GRANT PRIVILEGE. */
import { PRIVILEGE_ORDER } from '../../catalog/privileges.ts';
import { planError } from '../../errors.ts';
import type { PrivilegeList, PrivilegeName } from '../../sql/nodes.ts';
import { privilegeNames } from './access.ts';
import type { OwnedType } from './owned.ts';

/** Every privilege of a kind: what ALL stands for. */
export const ALL_PRIVILEGES = {
  table: 'arwd',
  view: 'r',
  'materialized-view': 'r',
  source: 'r',
  type: 'U',
  secret: 'U',
  connection: 'U',
  'network-policy': 'U',
  cluster: 'UC',
  database: 'UC',
  schema: 'UC',
  sink: '',
  index: '',
} as const satisfies Record<OwnedType, string>;

/** Every privilege on SYSTEM. */
export const SYSTEM_PRIVILEGES = 'RBNP';

/** Everything GRANT ... ON TABLE covers; privileges only tables have are accepted on all of them. */
export const RELATION_TYPES: ReadonlySet<OwnedType> = new Set([
  'table',
  'view',
  'materialized-view',
  'source',
]);

const LETTERS = {
  SELECT: 'r',
  INSERT: 'a',
  UPDATE: 'w',
  DELETE: 'd',
  USAGE: 'U',
  CREATE: 'C',
  CREATEROLE: 'R',
  CREATEDB: 'B',
  CREATECLUSTER: 'N',
  CREATENETWORKPOLICY: 'P',
} as const satisfies Record<PrivilegeName, string>;

/** Letters of the privileges as written, in canonical order; ALL is everything in `all`. */
export function lettersOf(privileges: PrivilegeList, all: string): string {
  const written = privileges === 'all' ? all : privileges.map((name) => LETTERS[name]).join('');
  return [...PRIVILEGE_ORDER].filter((letter) => written.includes(letter)).join('');
}

/** Letters of the first that are not in the second. */
export function without(letters: string, other: string): string {
  return [...letters].filter((letter) => !other.includes(letter)).join('');
}

/** Throws `invalid privilege types <A, B> for <object>` when there is a letter that does not fit. */
export function checkValid(letters: string, valid: string, description: string): void {
  const invalid = without(letters, valid);
  if (invalid !== '') {
    throw planError(`invalid privilege types ${privilegeNames(invalid)} for ${description}`);
  }
}
