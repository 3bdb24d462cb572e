import type { Snapshot } from '../../catalog/snapshot.ts';
import { variableDefinition } from './definitions.ts';

/** Reads system variables: ALTER SYSTEM, else given at start, else compiled in. */
export function systemVariableReader(
  defaults: ReadonlyMap<string, string>,
): (snapshot: Snapshot, name: string) => string {
  return (snapshot, name) => {
    const key = name.toLowerCase();
    return (
      snapshot.small.systemVariable.get(key)?.value ??
      defaults.get(key) ??
      variableDefinition(name)?.initial ??
      ''
    );
  };
}
