/** CREATE TABLE. Source: documentation of CREATE TABLE. */
import type { Id } from '../../catalog/ids.ts';
import type { ColumnRecord, TableItem } from '../../catalog/records.ts';
import { planError, unsupported } from '../../errors.ts';
import { bindScalar } from '../../query/scalar.ts';
import type {
  ColumnConstraint,
  ColumnDefinition,
  CreateTable,
  CreateTableFromSource,
} from '../../sql/nodes.ts';
import { isCoercible } from '../../types/coercion.ts';
import { formatType } from '../../types/typmod.ts';
import { requireSchemaPrivilege } from '../support/access.ts';
import { requireFlag } from '../support/flags.ts';
import {
  alreadyExists,
  checkRoom,
  createItem,
  itemBase,
  occupant,
  skipExisting,
} from '../support/new-item.ts';
import { creationTarget, temporaryTarget } from '../support/resolve.ts';
import { columnRecord, resolveType } from '../support/types.ts';
import { done, type Handler, type Scope } from './handler.ts';

/** Most columns of a relation, as PostgreSQL has it. */
const MAX_COLUMNS = 1600;

const UNSAFE: Readonly<Record<string, readonly [flag: string, feature: string]>> = {
  unique: ['unsafe_enable_table_keys', 'CREATE TABLE with a primary key or unique constraint'],
  'primary key': ['unsafe_enable_table_keys', 'CREATE TABLE with a primary key or unique constraint'],
  references: ['unsafe_enable_table_foreign_key', 'CREATE TABLE with a foreign key'],
  'foreign key': ['unsafe_enable_table_foreign_key', 'CREATE TABLE with a foreign key'],
  check: ['unsafe_enable_table_check_constraint', 'CREATE TABLE with a check constraint'],
};

function refuseConstraint(kind: string): never {
  const [flag, feature] = UNSAFE[kind] ?? ['', `constraint ${kind}`];
  throw planError(`${feature} is not supported`, {
    detail: `The requested feature (${flag}) is unsafe and is meant only for internal development and testing of Materialize.`,
  });
}

interface PlannedColumns {
  readonly columns: readonly ColumnRecord[];
  readonly dependsOn: readonly Id[];
}

function planColumns(definitions: readonly ColumnDefinition[], scope: Scope): PlannedColumns {
  if (definitions.length > MAX_COLUMNS) {
    throw planError(
      `attempt to create relation with too many columns, ${definitions.length} max: ${MAX_COLUMNS}`,
    );
  }
  const seen = new Set<string>();
  const dependsOn: Id[] = [];
  const columns = definitions.map((definition) => {
    if (seen.has(definition.name)) throw planError(`column "${definition.name}" specified more than once`);
    seen.add(definition.name);
    const type = resolveType(scope, definition.type);
    if (type.itemId !== null) dependsOn.push(type.itemId);
    if (definition.collation !== null) throw unsupported('COLLATE in CREATE TABLE is');
    const constraints = definition.constraints.map((c) => c.constraint);
    const nullable = !constraints.some((c) => c.kind === 'not null');
    const record = columnRecord(definition.name, type, nullable);
    const defaultSql = planDefault(constraints, definition.name, type, scope);
    return defaultSql === undefined ? record : { ...record, defaultSql };
  });
  return { columns, dependsOn };
}

/** Checks the DEFAULT by binding it; its text is what is kept. */
function planDefault(
  constraints: readonly ColumnConstraint[],
  column: string,
  type: ReturnType<typeof resolveType>,
  scope: Scope,
): string | undefined {
  let sql: string | undefined;
  for (const constraint of constraints) {
    if (constraint.kind === 'not null' || constraint.kind === 'null') continue;
    if (constraint.kind !== 'default') refuseConstraint(constraint.kind);
    const bound = bindScalar(constraint.value, scope.sql, {
      name: 'DEFAULT',
      target: type.type,
      context: 'assignment',
    });
    if (bound.type !== type.type && !isCoercible(bound.type, type.type, 'assignment')) {
      throw planError(
        `column "${column}" is of type ${formatType(type.type, type.typmod)} but default expression is of type ${formatType(bound.type, -1)}`,
      );
    }
    sql = constraint.value.sql;
  }
  return sql;
}

export const createTable: Handler<CreateTable> = {
  transaction: 'single',
  tag: 'CREATE TABLE',
  async run(node, scope) {
    const target = node.temporary ? temporaryTarget(scope, node.name) : creationTarget(scope, node.name);
    for (const { kind } of node.constraints) refuseConstraint(kind);
    if (node.options.some((option) => option.name === 'RETAIN HISTORY')) {
      requireFlag(scope, 'enable_logical_compaction_window');
    }
    if (node.options.length > 0) throw unsupported(`CREATE TABLE option ${node.options[0]!.name} is`);
    const { columns, dependsOn } = planColumns(node.columns, scope);
    requireSchemaPrivilege(scope, 'C', target.schema);
    const existing = occupant(scope.snapshot, target, 'table');
    if (existing !== undefined) {
      if (!node.ifNotExists) throw alreadyExists(scope.snapshot, existing);
      skipExisting(scope, 'table', target.name);
      return done('CREATE TABLE');
    }
    const id = scope.services.committer.reserve('item');
    await scope.commit((tip, ids) => {
      checkRoom(scope, tip, target, 'table', dependsOn);
      const table: TableItem = {
        kind: 'table',
        ...itemBase(scope, tip, ids, { id, kind: 'table', target, dependsOn }),
        columns,
        ...(node.temporary ? { temporary: scope.session.connectionId } : {}),
      };
      return { changes: createItem(scope, tip, ids, table), result: undefined };
    });
    if (node.temporary) scope.session.transactions.noteTemporaryItem();
    return done('CREATE TABLE');
  },
};

export const createTableFromSource: Handler<CreateTableFromSource> = {
  transaction: 'single',
  tag: 'CREATE TABLE',
  run(_node, scope) {
    requireFlag(scope, 'enable_create_table_from_source');
    throw unsupported('CREATE TABLE ... FROM SOURCE is');
  },
};
