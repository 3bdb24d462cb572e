/** Column references: from names to values of this level, or of a level around it. */
import type { ColumnRef } from '@pgsql/types';
import { planError, type SqlError } from '../../errors.ts';
import type { Expr } from '../expr.ts';
import { stringOf } from './ast.ts';
import type { Level, ScopeItem } from './level.ts';

/** Parts of a reference, and whether it ends in `*`. */
export function referenceParts(node: ColumnRef): {
  readonly parts: readonly string[];
  readonly star: boolean;
} {
  const fields = node.fields ?? [];
  const last = fields.at(-1);
  const star = last !== undefined && 'A_Star' in last;
  return { parts: (star ? fields.slice(0, -1) : fields).map((field) => stringOf(field) ?? ''), star };
}

/** The value that a reference means. Throws for unknown and ambiguous names. */
export function bindColumnRef(level: Level, node: ColumnRef): Expr {
  const { parts, star } = referenceParts(node);
  if (star) return starredRow(level, parts);
  const column = parts.at(-1) ?? '';
  if (parts.length === 1) {
    const found = findColumn(level, column) ?? findWholeRow(level, parts);
    if (found !== undefined) return found;
    throw unknownColumn(level, column, parts);
  }
  const relation = parts.slice(0, -1);
  const found = findQualified(level, relation, column) ?? findWholeRow(level, parts);
  if (found === undefined) throw unknownColumn(level, column, parts);
  if (relation.length > 1 && level.binding.source !== null && node.location !== undefined) {
    level.binding.qualifiedColumns.push({ location: node.location, dropParts: relation.length - 1 });
  }
  return found;
}

/** `t.*` where one value is wanted is the whole row: `count(t.*)`. */
function starredRow(level: Level, parts: readonly string[]): Expr {
  const row = parts.length === 0 ? undefined : findWholeRow(level, parts);
  if (row === undefined) throw planError('wildcard (*) is not allowed here');
  return row;
}

/** A column by its bare name, in the nearest level that has one. Throws when two columns of that level match. */
function findColumn(level: Level, name: string): Expr | undefined {
  let found: Expr | undefined;
  for (const item of level.items) {
    if (!item.columnsVisible) continue;
    for (const column of item.columns) {
      if (column.name !== name) continue;
      if (found !== undefined) throw planError(`column reference "${name}" is ambiguous`);
      found = column.expr;
    }
  }
  return found ?? fromOutside(level, (outer) => findColumn(outer, name));
}

/** The same question asked of the level around; the answer becomes an argument. */
function fromOutside(level: Level, find: (outer: Level) => Expr | undefined): Expr | undefined {
  const { parent } = level.args;
  const found = parent === null ? undefined : find(parent);
  return found === undefined ? undefined : level.args.add(found);
}

/** Does the item answer to a name of one to three parts? */
function answersTo(item: ScopeItem, parts: readonly string[]): boolean {
  if (!item.relationVisible || item.name !== parts.at(-1)) return false;
  if (parts.length === 1) return true;
  const { qualifier } = item;
  if (qualifier === null || parts.length > 3 || qualifier.schema !== parts.at(-2)) return false;
  return parts.length === 2 || qualifier.database === null || qualifier.database === parts[0];
}

/** The item of this level that a name means. Throws when two do. */
export function findItem(level: Level, parts: readonly string[]): ScopeItem | undefined {
  const matching = level.items.filter((item) => answersTo(item, parts));
  if (matching.length > 1) throw planError(`table reference "${parts.join('.')}" is ambiguous`);
  return matching[0];
}

function findQualified(level: Level, relation: readonly string[], name: string): Expr | undefined {
  const item = findItem(level, relation);
  if (item === undefined) return fromOutside(level, (outer) => findQualified(outer, relation, name));
  const matching = item.columns.filter((column) => column.name === name);
  if (matching.length > 1) throw planError(`column reference "${relation.join('.')}.${name}" is ambiguous`);
  return matching[0]?.expr;
}

function findWholeRow(level: Level, parts: readonly string[]): Expr | undefined {
  const item = findItem(level, parts);
  return item?.wholeRow() ?? fromOutside(level, (outer) => findWholeRow(outer, parts));
}

/** Names of columns in reach that differ from `name` in case only. */
function similarNames(level: Level, name: string): readonly string[] {
  const names = new Set<string>();
  for (let at: Level | null = level; at !== null; at = at.args.parent) {
    for (const item of at.items) {
      for (const column of item.columns) {
        if (column.name !== name && column.name.toLowerCase() === name.toLowerCase()) names.add(column.name);
      }
    }
  }
  return [...names];
}

function unknownColumn(level: Level, name: string, parts: readonly string[]): SqlError {
  const message = `column "${parts.join('.')}" does not exist`;
  const similar = similarNames(level, name);
  const [first] = similar;
  if (first === undefined) return planError(message);
  const advice = 'Make sure to surround case sensitive names in double quotes.';
  const hint =
    similar.length === 1
      ? `The similarly named column "${first}" does exist. ${advice}`
      : `There are similarly named columns that do exist: ${similar.map((s) => `"${s}"`).join(', ')}. ${advice}`;
  return planError(message, { hint });
}
