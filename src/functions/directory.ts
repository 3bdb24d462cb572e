/** Functions and operators by name, for functions that look them up (regproc, pg_get_functiondef): filled by registry.ts. */
import type { FunctionDef, OperatorDef } from './function.ts';

export interface FunctionDirectory {
  functionsByName(name: string): readonly FunctionDef[];
  functionByOid(oid: number): FunctionDef | undefined;
  operatorsByName(name: string): readonly OperatorDef[];
  operatorByOid(oid: number): OperatorDef | undefined;
}

let directory: FunctionDirectory | undefined;

/** The registry hands itself down: families cannot import it, since it imports them. */
export function setFunctionDirectory(value: FunctionDirectory): void {
  directory = value;
}

export function functionDirectory(): FunctionDirectory {
  if (directory === undefined) throw new Error('functions are used before registry.ts is loaded');
  return directory;
}
