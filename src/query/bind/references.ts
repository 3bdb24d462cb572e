/** Places in a statement's text that name relations. */
import { offsetsOf, type PgSource } from '../../sql/postgres.ts';
import type { NameReference } from '../plan.ts';
import type { Binding } from './binding.ts';

/** Names of relations and qualified columns in order of the text. */
export function nameReferences(source: PgSource, binding: Binding): readonly NameReference[] {
  if (binding.names.length + binding.qualifiedColumns.length === 0) return [];
  const names = startsOf(source, binding.names).map(({ start, id, alias }): NameReference => ({
    kind: 'relation',
    start,
    id,
    alias,
  }));
  const columns = startsOf(source, binding.qualifiedColumns).map(({ start, dropParts }): NameReference => ({
    kind: 'column',
    start,
    dropParts,
  }));
  return [...names, ...columns].sort((a, b) => a.start - b.start);
}

/** The parts, each with where it starts in the statement. */
function startsOf<T extends { readonly location: number }>(
  source: PgSource,
  parts: readonly T[],
): readonly (T & { readonly start: number })[] {
  const starts = offsetsOf(
    source,
    parts.map(({ location }) => location),
  );
  return parts.map((part, i) => ({ ...part, start: starts[i] ?? 0 }));
}
