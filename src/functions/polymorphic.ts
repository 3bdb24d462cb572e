/** Result types of polymorphic signatures, from the types the arguments were resolved to. */
import { arrayOf, listOf, mapOf } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';

const ELEMENTS = new Set(['anyelement', 'anynonarray', 'anyenum']);
const COMPATIBLE = new Set(['anycompatible', 'anycompatiblenonarray']);

/** True for the types that stand for whatever the call brings. */
export function isPolymorphic(type: SqlType): boolean {
  return (
    type.kind === 'pseudo' && (type.name.startsWith('any') || type.name === 'list' || type.name === 'map')
  );
}

/** The type that `anyelement` or `anycompatible` stands for, seen at one declared argument; undefined when it says nothing. */
function elementSeen(declared: SqlType, actual: SqlType): SqlType | undefined {
  const name = declared.name;
  if (ELEMENTS.has(name) || COMPATIBLE.has(name)) return actual;
  if (name === 'anyarray' || name === 'anycompatiblearray') return actual.element;
  if (name === 'anyrange' || name === 'anycompatiblerange') return actual.element;
  if (name === 'anycompatiblelist' || name === 'list') return actual.element;
  if (name === 'anycompatiblemap' || name === 'map') return actual.element;
  return undefined;
}

function familyOf(name: string): 'compatible' | 'element' {
  return name.startsWith('anycompatible') ? 'compatible' : 'element';
}

/**
 * Result of a call whose declared result is polymorphic. `actual` are the argument types after resolution; a variadic
 * tail repeats. undefined when no argument tells (PostgreSQL: could not determine polymorphic type).
 */
export function polymorphicResult(
  result: SqlType,
  declared: readonly SqlType[],
  actual: readonly SqlType[],
  variadic?: SqlType,
): SqlType | undefined {
  const at = (i: number): SqlType | undefined => declared[i] ?? variadic;
  const family = familyOf(result.name);
  // A container of the same kind among the arguments answers at once (also int2vector for anyarray, domains of ranges).
  for (let i = 0; i < actual.length; i++) {
    if (at(i) === result && actual[i]?.name !== 'unknown') return actual[i];
  }
  let element: SqlType | undefined;
  for (let i = 0; i < actual.length && element === undefined; i++) {
    const type = at(i);
    const given = actual[i];
    if (type === undefined || given === undefined || !isPolymorphic(type) || familyOf(type.name) !== family)
      continue;
    element = elementSeen(type, given);
  }
  if (element === undefined) return undefined;
  switch (result.name) {
    case 'anyarray':
    case 'anycompatiblearray':
      return arrayOf(element);
    case 'anycompatiblelist':
      return listOf(element);
    case 'anycompatiblemap':
      return mapOf(element);
    default:
      return element;
  }
}
