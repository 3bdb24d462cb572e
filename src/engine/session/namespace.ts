import type { Id } from '../../catalog/ids.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';

/** System schemas searched before search_path, unless it names them itself. */
const IMPLICIT_SCHEMAS = ['mz_catalog', 'pg_catalog'] as const;

/** How unqualified names resolve for a session: its database and schemas, looked up in one snapshot. */
export interface Namespace {
  readonly databaseId: Id | null;
  /** In order: temporary, mz_catalog, pg_catalog, then the schemas of search_path that exist. */
  readonly effectiveSchemas: readonly Id[];
  /** First existing schema of search_path: where new items go. */
  readonly currentSchemaId: Id | null;
}

/** Looks up database and search path. */
export function resolveNamespace(
  snapshot: Snapshot,
  databaseName: string,
  searchPath: readonly string[],
  temporarySchemaId: Id | null,
): Namespace {
  const databaseId = snapshot.databaseByName.get(databaseName) ?? null;
  const find = (name: string): Id | undefined =>
    (databaseId === null ? undefined : snapshot.schemaByName.get(`${databaseId}/${name}`)) ??
    snapshot.schemaByName.get(`/${name}`);
  const path = searchPath.map(find).filter((id): id is Id => id !== undefined);
  const implicit = IMPLICIT_SCHEMAS.filter((name) => !searchPath.includes(name))
    .map(find)
    .filter((id): id is Id => id !== undefined);
  return {
    databaseId,
    effectiveSchemas: [...(temporarySchemaId === null ? [] : [temporarySchemaId]), ...implicit, ...path],
    currentSchemaId: path[0] ?? null,
  };
}
