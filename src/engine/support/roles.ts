import { planError } from '../../errors.ts';

/** Refuses names of system roles where a statement names a role to make, change or drop. */
export function checkRoleName(name: string): void {
  if (name !== 'public' && !/^(mz_|pg_|external_)/.test(name)) return;
  throw planError(`role name "${name}" is reserved`, {
    detail: 'The role "public" and the prefixes "mz_" and "pg_" are reserved for system roles.',
  });
}
