/** Built-in objects by name: what statements may name but never change. */
import type { Snapshot } from '../../catalog/snapshot.ts';
import { systemObjectsNamed, type SystemObject } from '../../relations/objects.ts';
import type { ObjectName } from '../../sql/nodes.ts';
import type { Scope } from '../statements/handler.ts';

/** The built-in object a name of one to three parts stands for; of several, the one whose schema is searched first. */
export function findBuiltIn(
  scope: Scope,
  { parts }: ObjectName,
  accept: (object: SystemObject) => boolean = () => true,
  snapshot: Snapshot = scope.snapshot,
): SystemObject | undefined {
  const candidates = systemObjectsNamed(parts.at(-1)!).filter(accept);
  if (candidates.length === 0) return undefined;
  if (parts.length > 1) {
    const schema = parts.at(-2)!;
    return candidates.find((object) => snapshot.schemas.get(object.schemaId)?.name === schema);
  }
  for (const id of scope.session.namespace(snapshot).effectiveSchemas) {
    const found = candidates.find((object) => object.schemaId === id);
    if (found !== undefined) return found;
  }
  return undefined;
}
