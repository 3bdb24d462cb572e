import { notice } from '../../errors.ts';
import type { Scope } from '../statements/handler.ts';

/** What DROP ... IF EXISTS says: `<KIND> "<name>" does not exist, skipping`. */
export function skipNotice(scope: Scope, kind: string, name: string): void {
  scope.notice(notice(`${kind.toUpperCase()} "${name}" does not exist, skipping`, { code: '42704' }));
}
