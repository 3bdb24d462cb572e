/** BEGIN, COMMIT, ROLLBACK, SET TRANSACTION. Source: Materialize documentation of BEGIN, COMMIT, ROLLBACK. */
import { notice, planError, SqlError, warning } from '../../errors.ts';
import type { Begin, Commit, Rollback, SetTransaction, TransactionMode } from '../../sql/nodes.ts';
import { done, type Handler, type RunScope } from './handler.ts';

const UPGRADED = new Set(['read uncommitted', 'read committed', 'repeatable read']);

/** Applies modes; answers whether READ ONLY was among them. */
function applyModes(scope: RunScope, modes: readonly TransactionMode[], forSession: boolean): boolean {
  let readOnly = false;
  for (const mode of modes) {
    if (mode.kind === 'access mode') {
      if (!mode.readOnly && scope.session.transactions.hasQueried) {
        throw new SqlError('25000', 'transaction read-write mode must be set before any query');
      }
      readOnly = mode.readOnly;
      continue;
    }
    if (scope.session.transactions.hasQueried) {
      throw new SqlError('25001', 'SET TRANSACTION ISOLATION LEVEL must be called before any query');
    }
    if (mode.level === 'strong session serializable') {
      throw planError('strong session serializable isolation is not available');
    }
    if (UPGRADED.has(mode.level)) {
      scope.notice(
        notice(
          `transaction isolation level ${mode.level} is unimplemented, the session will be upgraded to serializable`,
        ),
      );
    }
    scope.session.setVariable('transaction_isolation', [mode.level], !forSession);
  }
  return readOnly;
}

export const begin: Handler<Begin> = {
  transaction: 'free',
  tag: 'BEGIN',
  run(node, scope) {
    const already = scope.session.transactions.begin(false);
    if (already) scope.notice(warning('there is already a transaction in progress', { code: '25001' }));
    const readOnly = applyModes(scope, node.modes, false);
    if (readOnly) scope.session.transactions.begin(true);
    return done('BEGIN');
  },
};

function refuseChain(chain: boolean): void {
  if (chain) throw planError('CHAIN not yet supported');
}

function noTransaction(scope: RunScope): void {
  if (!scope.session.transactions.explicitOrFailed) {
    scope.notice(warning('there is no transaction in progress', { code: '25P01' }));
  }
}

export const commit: Handler<Commit> = {
  transaction: 'free',
  tag: 'COMMIT',
  async run(node, scope) {
    refuseChain(node.chain);
    noTransaction(scope);
    const failed = scope.session.transactions.status === 'E';
    await scope.session.transactions.end(true, scope.interrupt);
    return done(failed ? 'ROLLBACK' : 'COMMIT');
  },
};

export const rollback: Handler<Rollback> = {
  transaction: 'free',
  tag: 'ROLLBACK',
  async run(node, scope) {
    refuseChain(node.chain);
    noTransaction(scope);
    await scope.session.transactions.end(false);
    return done('ROLLBACK');
  },
};

export const setTransaction: Handler<SetTransaction> = {
  transaction: 'free',
  tag: 'SET',
  run(node, scope) {
    for (const mode of node.modes) {
      if (mode.kind === 'access mode') {
        throw new SqlError('0A000', `SET TRANSACTION <access-mode> are not supported`);
      }
    }
    applyModes(scope, node.modes, node.session);
    return done('SET');
  },
};
