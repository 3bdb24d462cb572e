/** Every kind of statement and what handles it: one line for each. A kind without a line does not compile. */
import type { Statement, StatementKind, StatementOf } from '../../sql/nodes.ts';
import {
  alterApplyReplacement,
  alterRetainHistory,
  alterSetCluster,
  alterTableAddColumn,
} from './alter-misc.ts';
import { alterSink } from './alter-sink.ts';
import { alterSource } from './alter-source.ts';
import { alterCluster, createCluster, createClusterReplica } from './cluster.ts';
import { commentOn } from './comment.ts';
import { alterConnection } from './connection-alter.ts';
import { createConnection, validateConnection } from './connection.ts';
import { copy } from './copy.ts';
import { alterDefaultPrivileges } from './default-privileges.ts';
import { dropOwned } from './drop-owned.ts';
import { dropObjects } from './drop.ts';
import { explain } from './explain.ts';
import { grantPrivileges, revokePrivileges } from './grant-privileges.ts';
import { grantRole, revokeRole } from './grant-role.ts';
import type { Handler } from './handler.ts';
import { createIndex } from './index-item.ts';
import { createDatabase, createSchema } from './namespace.ts';
import { alterNetworkPolicy, createNetworkPolicy } from './network-policy.ts';
import { alterOwner } from './owner.ts';
import { close, deallocate, declare, execute, fetch, prepare } from './prepared.ts';
import { select } from './query.ts';
import { raise } from './raise.ts';
import { reassignOwned } from './reassign-owned.ts';
import { createSubsource, createTableFromWebhook, subscribe } from './refused.ts';
import { alterRename, alterSwap } from './rename.ts';
import { alterRole, createRole } from './role.ts';
import { alterSecret, createSecret } from './secret.ts';
import { showCreate } from './show-create.ts';
import { showColumns, showObjects } from './show.ts';
import { createSink } from './sink.ts';
import { createSource } from './source.ts';
import { createTable, createTableFromSource } from './table.ts';
import { begin, commit, rollback, setTransaction } from './transaction.ts';
import { createType } from './type.ts';
import {
  alterSystemReset,
  alterSystemResetAll,
  alterSystemSet,
  discard,
  unlisten,
  resetVariable,
  setVariable,
  showVariable,
} from './variables.ts';
import { createMaterializedView, createView } from './view.ts';
import { deleteRows, insert, update } from './write.ts';

const HANDLERS = {
  'create secret': createSecret,
  'alter secret': alterSecret,
  'create connection': createConnection,
  'alter connection': alterConnection,
  'validate connection': validateConnection,
  'create cluster': createCluster,
  'create cluster replica': createClusterReplica,
  'alter cluster': alterCluster,
  'create table': createTable,
  'create table from source': createTableFromSource,
  'create table from webhook': createTableFromWebhook,
  'create view': createView,
  'create materialized view': createMaterializedView,
  'create index': createIndex,
  'create type': createType,
  'create database': createDatabase,
  'create schema': createSchema,
  'create role': createRole,
  'alter role': alterRole,
  'create network policy': createNetworkPolicy,
  'alter network policy': alterNetworkPolicy,
  'create source': createSource,
  'create subsource': createSubsource,
  'alter source': alterSource,
  'create sink': createSink,
  'alter sink': alterSink,
  'drop objects': dropObjects,
  'alter rename': alterRename,
  'alter swap': alterSwap,
  'alter owner': alterOwner,
  'alter set cluster': alterSetCluster,
  'alter retain history': alterRetainHistory,
  'alter table add column': alterTableAddColumn,
  'alter apply replacement': alterApplyReplacement,
  comment: commentOn,
  'grant privileges': grantPrivileges,
  'revoke privileges': revokePrivileges,
  'grant role': grantRole,
  'revoke role': revokeRole,
  'alter default privileges': alterDefaultPrivileges,
  'reassign owned': reassignOwned,
  'drop owned': dropOwned,
  'show objects': showObjects,
  'show columns': showColumns,
  'show create': showCreate,
  'show variable': showVariable,
  'set variable': setVariable,
  'reset variable': resetVariable,
  'set transaction': setTransaction,
  begin,
  commit,
  rollback,
  discard,
  unlisten,
  'alter system set': alterSystemSet,
  'alter system reset': alterSystemReset,
  'alter system reset all': alterSystemResetAll,
  prepare,
  execute,
  deallocate,
  declare,
  fetch,
  close,
  copy,
  explain,
  subscribe,
  raise,
  select,
  insert,
  update,
  delete: deleteRows,
} satisfies { readonly [K in StatementKind]: Handler<StatementOf<K>> };

/** The handler of a statement's kind. */
export function handlerOf(node: Statement): Handler {
  return HANDLERS[node.kind] as Handler;
}
