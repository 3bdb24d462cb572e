/** Built-in functions as catalog objects, one for each overload. */
import type { Id } from '../catalog/ids.ts';
import type { AclEntry } from '../catalog/records.ts';
import type { FunctionDef } from '../functions/function.ts';

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

/** Every overload of every built-in function. */
export function systemFunctionObjects(): readonly SystemFunctionObject[] {
  return [];
}
