/** PREPARE, EXECUTE, DEALLOCATE; DECLARE, FETCH, CLOSE. One namespace with the protocol's prepared statements. */
import { planError, SqlError } from '../../errors.ts';
import type { FetchState, RowCursor } from '../../query/result.ts';
import { bindScalar } from '../../query/scalar.ts';
import type { Close, Deallocate, Declare, Execute, Fetch, Prepare } from '../../sql/nodes.ts';
import type { Datum, Row } from '../../types/datum.ts';
import { formatType } from '../../types/typmod.ts';
import type { Outcome } from '../outcome.ts';
import type { PreparedStatement } from '../session/prepared-statement.ts';
import { resolveType } from '../support/types.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';

/** Most prepared statements of a session; each holds a plan. */
const MAX_PREPARED = 10_000;

export const prepare: Handler<Prepare> = {
  transaction: 'free',
  tag: 'PREPARE',
  run(node, scope) {
    const { prepared } = scope.session;
    if (prepared.has(node.name)) {
      throw new SqlError('42P05', `prepared statement "${node.name}" already exists`);
    }
    if (prepared.size >= MAX_PREPARED) {
      throw new SqlError(
        '54000',
        `more than ${MAX_PREPARED} prepared statements in one session are not supported`,
      );
    }
    const types = node.types.map((type) => resolveType(scope, type).type.oid);
    prepared.set(node.name, scope.session.plan(node.statement, node.sql, types));
    return done('PREPARE');
  },
};

function lookUp(scope: Scope, name: string): PreparedStatement {
  const prepared = scope.session.prepared.get(name);
  if (prepared === undefined) throw planError(`unknown prepared statement ${name}`);
  return scope.session.revalidate(prepared) as PreparedStatement;
}

export const execute: Handler<Execute> = {
  transaction: 'free',
  tag: 'EXECUTE',
  describe(node, scope) {
    return { columns: lookUp(scope, node.name).columns, parameters: [] };
  },
  run(node, scope) {
    const prepared = lookUp(scope, node.name);
    const parameters = executeArguments(node, prepared, scope);
    return scope.session.executeNested(prepared, parameters, scope.interrupt, scope.maxRows);
  },
};

function executeArguments(node: Execute, prepared: PreparedStatement, scope: RunScope): readonly Datum[] {
  const wanted = prepared.parameters;
  if (node.parameters.length !== wanted.length) {
    throw planError(
      `prepared statement "${node.name}" expects ${wanted.length} parameters, but got ${node.parameters.length}`,
    );
  }
  return node.parameters.map((expression, i) => {
    const target = wanted[i]!;
    const value = bindScalar(expression, scope.sql, { name: 'EXECUTE', target: target.type });
    if (value.type !== target.type) {
      throw planError(
        `unable to cast given parameter $${i + 1}: expected ${formatType(target.type, -1)}, got ${formatType(value.type, -1)}`,
      );
    }
    return value.evaluate();
  });
}

export const deallocate: Handler<Deallocate> = {
  transaction: 'free',
  tag: (node) => (node.name === null ? 'DEALLOCATE ALL' : 'DEALLOCATE'),
  run(node, scope) {
    const { prepared } = scope.session;
    if (node.name === null) {
      prepared.clear();
      return done('DEALLOCATE ALL');
    }
    if (!prepared.delete(node.name)) {
      throw new SqlError('26000', `prepared statement "${node.name}" does not exist`);
    }
    return done('DEALLOCATE');
  },
};

export const declare: Handler<Declare> = {
  transaction: 'free',
  tag: 'DECLARE CURSOR',
  async run(node, scope) {
    const { session } = scope;
    if (!session.transactions.inBlock) {
      throw new SqlError('25P01', 'DECLARE CURSOR can only be used in transaction blocks');
    }
    if (session.cursors.has(node.name)) throw new SqlError('42P03', `cursor "${node.name}" already exists`);
    const prepared = session.plan(node.statement, node.sql, []);
    const outcome = await session.executeNested(prepared, scope.parameters, session.cursorInterrupt, 0);
    if (outcome.kind !== 'rows') throw planError('DECLARE CURSOR must specify a query that returns rows');
    const { columns, cursor: rows } = outcome;
    session.cursors.open(node.name, {
      sql: node.sql,
      openedAt: scope.services.clock(),
      columns,
      rows,
      done: false,
    });
    return done('DECLARE CURSOR');
  },
};

function fetchCount(node: Fetch): number {
  if (node.count === null) return 1;
  return node.count === 'all' ? Number.MAX_SAFE_INTEGER : node.count;
}

function checkRowLimit(node: Fetch, maxRows: number): void {
  if (maxRows === 0) return;
  if (node.count === 'all')
    throw new SqlError('0A000', 'Execute with max_rows of a FETCH ALL is not supported');
  if (maxRows < fetchCount(node)) {
    throw new SqlError('0A000', "Execute with max_rows < a FETCH's count is not supported");
  }
}

export const fetch: Handler<Fetch> = {
  transaction: 'free',
  tag: 'FETCH',
  describe(node, scope) {
    return { columns: scope.session.cursors.get(node.name).columns, parameters: [] };
  },
  run(node, scope): Outcome {
    checkTimeoutOption(node);
    checkRowLimit(node, scope.maxRows);
    const cursor = scope.session.cursors.get(node.name);
    return {
      kind: 'rows',
      columns: cursor.columns,
      cursor: limited(cursor.rows, fetchCount(node)),
      tag: (rows) => `FETCH ${rows}`,
    };
  },
};

/** `timeout` only matters to cursors that wait for data, which there are none of; its bounds are checked all the same. */
function checkTimeoutOption(node: Fetch): void {
  for (const option of node.options) {
    if (option.name !== 'TIMEOUT') throw planError(`FETCH does not support ${option.name}`);
  }
}

/** At most `count` rows of a cursor, which stays open for the next FETCH. */
function limited(inner: RowCursor, count: number): RowCursor {
  let left = count;
  return {
    fetch(max: number, into: Row[]): FetchState {
      if (left <= 0) return 'done';
      const before = into.length;
      const state = inner.fetch(Math.min(max, left), into);
      left -= into.length - before;
      return left <= 0 ? 'done' : state;
    },
    close() {
      left = 0;
    },
  };
}

export const close: Handler<Close> = {
  transaction: 'free',
  tag: (node) => (node.name === null ? 'CLOSE CURSOR ALL' : 'CLOSE CURSOR'),
  run(node, scope) {
    if (node.name === null) {
      scope.session.cursors.closeAll();
      return done('CLOSE CURSOR ALL');
    }
    scope.session.cursors.close(node.name);
    return done('CLOSE CURSOR');
  },
};
