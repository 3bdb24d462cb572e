/** Built-in functions as catalog objects, one for each overload. */
import { MZ_SYSTEM_ROLE_ID, type Id } from '../catalog/ids.ts';
import type { AclEntry } from '../catalog/records.ts';
import type { FunctionDef } from '../functions/function.ts';
import { allFunctions } from '../functions/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { AMBIENT_SCHEMA_IDS } from './ambient.ts';
import { systemId } from './system-catalog.ts';

export interface SystemFunctionObject {
  readonly system: true;
  readonly kind: 'function';
  readonly id: Id;
  readonly oid: number;
  readonly schemaId: Id;
  readonly schema: string;
  readonly name: string;
  readonly ownerId: Id;
  readonly clusterId: null;
  readonly privileges: readonly AclEntry[];
  readonly def: FunctionDef;
}

let functions: readonly SystemFunctionObject[] | undefined;

/** Every overload of every built-in function. */
export function systemFunctionObjects(): readonly SystemFunctionObject[] {
  return (functions ??= allFunctions().map((def) => ({
    system: true,
    kind: 'function',
    id: systemId(def.oid),
    oid: def.oid,
    schemaId: AMBIENT_SCHEMA_IDS[def.schema] ?? '',
    schema: def.schema,
    name: def.name,
    ownerId: MZ_SYSTEM_ROLE_ID,
    clusterId: null,
    privileges: [],
    def,
  })));
}

/** Type a function returns; null when it is a set of records, or cannot be told without arguments. */
export function resultType({ def }: SystemFunctionObject): SqlType | null {
  if (def.kind === 'table') {
    const columns = def.columns(def.args);
    return columns.length === 1 ? (columns[0]?.type ?? null) : null;
  }
  return typeof def.returns === 'function' ? def.returns(def.args) : def.returns;
}
