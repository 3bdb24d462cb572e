import { planError } from '../../errors.ts';
import type { Scope } from '../statements/handler.ts';
import { variableDefinition } from '../variables/definitions.ts';

/** Throws `<feature> is not available` when a feature flag is off. */
export function requireFlag(scope: Scope, flag: string): void {
  if (scope.services.systemVariable(scope.snapshot, flag) === 'on') return;
  const feature = variableDefinition(flag)?.description ?? flag;
  throw planError(`${feature} is not available`, {
    detail: `The requested feature (${flag}) is in private preview.`,
    hint: 'Contact support to discuss enabling the feature in your Materialize region.',
  });
}
