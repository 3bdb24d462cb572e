/** INSERT, UPDATE and DELETE on tables. Source: documentation of those statements. */
import { del, numberKey, put, type Change } from '../../catalog/changes.ts';
import type { TableItem, TableRowRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError, SqlError } from '../../errors.ts';
import { arrayCursor } from '../../query/array-cursor.ts';
import { bindDelete, bindInsert, bindUpdate } from '../../query/bind-write.ts';
import type { BoundWrite } from '../../query/plan.ts';
import { openWrite, type WriteResult } from '../../query/run/open-write.ts';
import { systemRelationById } from '../../relations/registry.ts';
import { columnTypeOf } from '../../relations/user-relation.ts';
import type { Delete, Insert, Update } from '../../sql/nodes.ts';
import { inSlices, mapped, type Work } from '../../store/slices.ts';
import { textEncoder } from '../../types/codec.ts';
import type { Row } from '../../types/datum.ts';
import type { Outcome } from '../outcome.ts';
import { insertChanges, type StagedRows } from '../session/transaction-manager.ts';
import { requirePrivilege, requireSchemaPrivilege } from '../support/access.ts';
import { checkCluster } from '../support/cluster-routing.ts';
import { describeObject, fullItemName } from '../support/names.ts';
import { requireReadAll } from '../support/read-access.ts';
import type { Described, Handler, RunScope, Scope } from './handler.ts';
import { executionContext } from './query.ts';

type Kind = BoundWrite['kind'];

const LETTER = { insert: 'a', update: 'w', delete: 'd' } satisfies Record<Kind, string>;
const TAG = {
  insert: (n: number) => `INSERT 0 ${n}`,
  update: (n: number) => `UPDATE ${n}`,
  delete: (n: number) => `DELETE ${n}`,
} satisfies Record<Kind, (n: number) => string>;

function describe(bound: BoundWrite): Described {
  return { columns: bound.returning?.columns ?? null, parameters: bound.parameters, plan: bound };
}

function tableOf(snapshot: Snapshot, bound: BoundWrite): TableItem {
  const item = snapshot.items.get(bound.tableId);
  if (item?.kind !== 'table') throw planError(`unknown catalog item '${bound.tableId}'`);
  return item;
}

/** Privileges on the table, and on what the statement reads. */
function checkPrivileges(bound: BoundWrite, table: TableItem, scope: Scope): void {
  const schema = scope.snapshot.schemas.get(table.schemaId);
  if (schema !== undefined) requireSchemaPrivilege(scope, 'U', schema);
  // UPDATE and DELETE always read the rows they change; so does RETURNING.
  const reads = bound.kind !== 'insert' || bound.returning !== null;
  requirePrivilege(scope, `${LETTER[bound.kind]}${reads ? 'r' : ''}`, {
    id: table.id,
    description: describeObject('TABLE', fullItemName(scope.snapshot, table)),
    acl: table.privileges,
  });
  const others = bound.relations.filter((relation) => relation.id !== table.id);
  requireReadAll(scope, others);
  const userItems = bound.relations
    .filter((relation) => relation.kind === 'item')
    .map((relation) => relation.id);
  checkCluster(scope, userItems);
}

/**
 * What a write reads must be rows that only writes change: neither system relations nor what sources bring, also behind
 * views. Throws 25000.
 */
function checkSelection(bound: BoundWrite, snapshot: Snapshot): void {
  for (const { id, kind } of bound.relations) {
    const item = snapshot.items.get(id);
    if (kind === 'item' && item?.kind === 'source')
      throw invalidSelection('source', fullItemName(snapshot, item));
    if (kind === 'item' && item?.kind === 'table' && item.sourceId !== undefined) {
      throw invalidSelection('table', fullItemName(snapshot, item));
    }
    const system = kind === 'system' ? systemRelationById(id) : undefined;
    if (system !== undefined) {
      // A system view stands on system tables, which are what may not be read.
      const word = system.kind === 'source' ? 'source' : 'table';
      throw invalidSelection(word, `${system.schema}.${system.name}`);
    }
  }
}

function invalidSelection(kind: string, name: string): SqlError {
  return new SqlError(
    '25000',
    'invalid selection: operation may only (transitively) refer to non-source, non-system tables',
    {
      detail:
        `${kind} '"${name}"' may not be used in this operation; the selection may refer to views and materialized views, ` +
        'but transitive dependencies must not include sources or source-export tables',
    },
  );
}

type StoredRow = StagedRows['rows'][number];

/** Rows in the form they are stored in: PostgreSQL's text, canonical for the type. */
function rowEncoder(snapshot: Snapshot, table: TableItem): (row: Row) => StoredRow {
  const encoders = table.columns.map((column) => textEncoder(columnTypeOf(snapshot, column).type));
  return (row) => encoders.map((encode, i) => (row[i] === null ? null : encode(row[i] ?? null)));
}

/** What a plan found to write, as it is to be stored. */
interface Written {
  readonly result: WriteResult;
  readonly inserts: readonly StoredRow[];
  readonly updates: readonly { readonly rowId: number; readonly values: StoredRow }[];
}

/** Runs the plan to its end, turn by turn. */
async function runPlan(bound: BoundWrite, scope: RunScope, table: TableItem): Promise<Written> {
  const write = openWrite(bound, executionContext(scope));
  while (write.step() === 'yield') await new Promise((resolve) => setImmediate(resolve));
  const encode = rowEncoder(scope.snapshot, table);
  return inSlices(encoded(write.result, encode), () => scope.interrupt.check());
}

function* encoded(result: WriteResult, encode: (row: Row) => StoredRow): Work<Written> {
  const inserts = yield* mapped(result.inserts, encode);
  const updates = yield* mapped(result.updates, ({ rowId, row }) => ({ rowId, values: encode(row) }));
  return { result, inserts, updates };
}

function outcomeOf(bound: BoundWrite, result: WriteResult): Outcome {
  const count = result.inserts.length + result.updates.length + result.deletes.length;
  const tag = TAG[bound.kind](count);
  if (bound.returning === null) return { kind: 'command', tag };
  return {
    kind: 'rows',
    columns: bound.returning.columns,
    cursor: arrayCursor(result.returned),
    tag: () => tag,
  };
}

function* changesOf(tip: Snapshot, table: TableItem, written: Written): Iterable<Change> {
  const { inserts, updates, result } = written;
  if (inserts.length > 0) yield* insertChanges(tip, [{ tableId: table.id, rows: inserts }]);
  const rows = tip.rowsOfTable.get(table.id);
  for (const { rowId, values } of updates) {
    const before = rows?.get(rowId);
    if (before !== undefined) yield put('tableRow', { ...before, values } satisfies TableRowRecord);
  }
  for (const rowId of result.deletes) yield del('tableRow', `${table.id}/${numberKey(rowId)}`);
}

/** Somebody else's writes to a busy table may make a statement begin again this often before it gives up. */
const MAX_ATTEMPTS = 20;

/**
 * Runs an UPDATE, DELETE or INSERT that reads. Its rows were found in one snapshot; when a table it reads has changed by
 * the time it commits, it runs again on the newer one.
 */
async function runReading(bound: BoundWrite, scope: RunScope): Promise<Outcome> {
  let current = scope;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { snapshot } = current;
    const table = tableOf(snapshot, bound);
    const written = await runPlan(bound, current, table);
    const tables = [table.id, ...bound.relations.map((relation) => relation.id)];
    const landed = await current.commit((tip) => {
      if (tables.some((id) => tip.rowsOfTable.get(id) !== snapshot.rowsOfTable.get(id))) {
        return { changes: [], result: false };
      }
      return { changes: changesOf(tip, table, written), result: true };
    });
    if (landed) return outcomeOf(bound, written.result);
    current = scope.session.rescope(scope);
  }
  throw planError('the table is written too often at the same time; try again').with({ code: '40001' });
}

/** INSERT of constants: may be one of several in a transaction. */
async function runInsert(bound: BoundWrite, scope: RunScope): Promise<Outcome> {
  const table = tableOf(scope.snapshot, bound);
  const { result, inserts } = await runPlan(bound, scope, table);
  await scope.session.transactions.insert({ tableId: table.id, rows: inserts }, scope.interrupt);
  return outcomeOf(bound, result);
}

function isConstantInsert(bound: BoundWrite): boolean {
  return (
    bound.kind === 'insert' &&
    bound.relations.every((r) => r.id === bound.tableId) &&
    bound.returning === null
  );
}

function run(planned: unknown, scope: RunScope): Promise<Outcome> {
  const bound = planned as BoundWrite;
  checkPrivileges(bound, tableOf(scope.snapshot, bound), scope);
  checkSelection(bound, scope.snapshot);
  return isConstantInsert(bound) ? runInsert(bound, scope) : runReading(bound, scope);
}

export const insert: Handler<Insert> = {
  transaction: (_node, _scope, plan) => (isConstantInsert(plan as BoundWrite) ? 'free' : 'prohibited'),
  tag: 'INSERT',
  describe: (node, scope, parameterTypes) => describe(bindInsert(node, scope.sql, { parameterTypes })),
  run: (_node, scope, plan) => run(plan, scope),
};

export const update: Handler<Update> = {
  transaction: 'prohibited',
  tag: 'UPDATE',
  describe: (node, scope, parameterTypes) => describe(bindUpdate(node, scope.sql, { parameterTypes })),
  run: (_node, scope, plan) => run(plan, scope),
};

export const deleteRows: Handler<Delete> = {
  transaction: 'prohibited',
  tag: 'DELETE',
  describe: (node, scope, parameterTypes) => describe(bindDelete(node, scope.sql, { parameterTypes })),
  run: (_node, scope, plan) => run(plan, scope),
};
