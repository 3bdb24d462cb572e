/** RAISE: sends a notice, to test how a client takes it. Source: texts of the running system. */
import type { NoticeSeverity } from '../../errors.ts';
import type { Raise } from '../../sql/nodes.ts';
import { requireFlag } from '../support/flags.ts';
import { done, type Handler } from './handler.ts';

export const raise: Handler<Raise> = {
  transaction: 'free',
  tag: 'RAISE',
  run(node, scope) {
    requireFlag(scope, 'enable_raise_statement');
    const severity: NoticeSeverity = node.severity;
    const code = severity === 'WARNING' ? '01000' : '00000';
    scope.notice({ severity, code, message: `raised a test ${severity.toLowerCase()}` });
    return done('RAISE');
  },
};
