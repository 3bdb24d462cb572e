/** Places in a statement's text that name relations. */
import { offsetOf, type PgSource } from '../../sql/postgres.ts';
import type { NameReference } from '../plan.ts';
import type { Binding } from './binding.ts';

/** Names of relations and qualified columns in order of the text. */
export function nameReferences(source: PgSource, binding: Binding): readonly NameReference[] {
  const names = binding.names.map(({ location, id, alias }): NameReference => ({
    kind: 'relation',
    start: offsetOf(source, location),
    id,
    alias,
  }));
  const columns = binding.qualifiedColumns.map(({ location, dropParts }): NameReference => ({
    kind: 'column',
    start: offsetOf(source, location),
    dropParts,
  }));
  return [...names, ...columns].sort((a, b) => a.start - b.start);
}
