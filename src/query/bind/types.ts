/** Type names of PostgreSQL's tree to types. */
import type { Node, TypeName } from '@pgsql/types';
import type { Id } from '../../catalog/ids.ts';
import { planError, unsupported } from '../../errors.ts';
import { userType } from '../../relations/user-relation.ts';
import { constructedType } from '../../sql/extensions.ts';
import { arrayOf, listOf, mapOf, TEXT, typeByName } from '../../types/registry.ts';
import type { ColumnType, SqlType } from '../../types/sql-type.ts';
import { typeBySqlName } from '../../types/type-names.ts';
import { encodeTypmod } from '../../types/typmod.ts';
import { parseTypeName } from '../../sql/parser.ts';
import type { SessionContext } from '../session-context.ts';
import { stringsOf } from './ast.ts';
import { schemaIdsFor } from './resolve.ts';

/** The type that a type name means, with its modifier. Throws `type "x" does not exist`. */
export function bindTypeName(session: SessionContext, name: TypeName): ColumnType {
  if (name.setof === true) throw unsupported('SETOF types');
  if (name.pct_type === true) throw unsupported('%TYPE references');
  const base = baseType(session, name);
  if ((name.arrayBounds ?? []).length === 0) return base;
  const array = arrayOf(base.type);
  if (array === undefined) throw planError(`type "${base.type.displayName}[]" does not exist`);
  return { type: array, typmod: base.typmod };
}

function baseType(session: SessionContext, name: TypeName): ColumnType {
  const made = constructedType(name);
  if (made !== null) return { type: constructed(session, made), typmod: -1 };
  const parts = stringsOf(name.names);
  const type = namedType(session, parts);
  if (type === undefined) throw planError(`type "${parts.join('.')}" does not exist`);
  const mods = (name.typmods ?? []).map(integerModifier);
  return { type, typmod: encodeTypmod(type, mods) };
}

function constructed(
  session: SessionContext,
  made: NonNullable<ReturnType<typeof constructedType>>,
): SqlType {
  const inner = (text: string): SqlType => bindTypeName(session, parseTypeName(text).ast).type;
  if (made.kind === 'list') return listOf(inner(made.element));
  if (inner(made.key) !== TEXT) throw planError('map key type must be text');
  return mapOf(inner(made.value));
}

const BUILT_IN_SCHEMAS = new Set(['pg_catalog', 'mz_catalog']);

/** A type by its parts: built-in ones by PostgreSQL's name or a spelling of SQL, then types of users on the path. */
export function namedType(session: SessionContext, parts: readonly string[]): SqlType | undefined {
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  if (schema === undefined || BUILT_IN_SCHEMAS.has(schema)) {
    const builtIn = typeByName(name) ?? (schema === undefined ? typeBySqlName(name) : undefined);
    if (builtIn !== undefined) return builtIn;
  }
  for (const schemaId of schemaIdsFor(session, parts)) {
    const type = typeInSchema(session, schemaId, name);
    if (type !== undefined) return type;
  }
  return undefined;
}

function typeInSchema(session: SessionContext, schemaId: Id, name: string): SqlType | undefined {
  const { snapshot } = session;
  const id = snapshot.typesOfSchema.get(schemaId)?.get(name);
  const item = id === undefined ? undefined : snapshot.items.get(id);
  return item?.kind === 'type' ? userType(snapshot, item.oid) : undefined;
}

function integerModifier(node: Node): number {
  if ('A_Const' in node && node.A_Const.ival !== undefined) return node.A_Const.ival.ival ?? 0;
  throw planError('type modifiers must be simple constants or identifiers');
}
