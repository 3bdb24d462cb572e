/** Every statement there is. One file per family under `nodes/`; this is the union and the one place to import from. */
import type * as Alter from './nodes/alter.ts';
import type * as Objects from './nodes/objects.ts';
import type * as Privileges from './nodes/privileges.ts';
import type * as Queries from './nodes/queries.ts';
import type * as Session from './nodes/session.ts';
import type * as Sources from './nodes/sources.ts';

export type * from './nodes/alter.ts';
export type * from './nodes/common.ts';
export type * from './nodes/objects.ts';
export type * from './nodes/options.ts';
export type * from './nodes/privileges.ts';
export type * from './nodes/queries.ts';
export type * from './nodes/session.ts';
export type * from './nodes/sources.ts';

export type Statement =
  | Objects.CreateSecret
  | Objects.AlterSecret
  | Objects.CreateConnection
  | Objects.AlterConnection
  | Objects.ValidateConnection
  | Objects.CreateCluster
  | Objects.CreateClusterReplica
  | Objects.AlterCluster
  | Objects.CreateTable
  | Objects.CreateTableFromSource
  | Objects.CreateTableFromWebhook
  | Objects.CreateView
  | Objects.CreateMaterializedView
  | Objects.CreateIndex
  | Objects.CreateType
  | Objects.CreateDatabase
  | Objects.CreateSchema
  | Objects.CreateRole
  | Objects.AlterRole
  | Objects.CreateNetworkPolicy
  | Objects.AlterNetworkPolicy
  | Sources.CreateSource
  | Sources.CreateSubsource
  | Sources.AlterSource
  | Sources.CreateSink
  | Sources.AlterSink
  | Alter.DropObjects
  | Alter.AlterRename
  | Alter.AlterSwap
  | Alter.AlterOwner
  | Alter.AlterSetCluster
  | Alter.AlterRetainHistory
  | Alter.AlterTableAddColumn
  | Alter.AlterApplyReplacement
  | Alter.CommentOn
  | Privileges.GrantPrivileges
  | Privileges.RevokePrivileges
  | Privileges.GrantRole
  | Privileges.RevokeRole
  | Privileges.AlterDefaultPrivileges
  | Privileges.ReassignOwned
  | Privileges.DropOwned
  | Session.ShowObjects
  | Session.ShowColumns
  | Session.ShowCreate
  | Session.ShowVariable
  | Session.SetVariable
  | Session.ResetVariable
  | Session.SetTransaction
  | Session.Begin
  | Session.Commit
  | Session.Rollback
  | Session.Discard
  | Session.Unlisten
  | Session.AlterSystemSet
  | Session.AlterSystemReset
  | Session.AlterSystemResetAll
  | Session.Prepare
  | Session.Execute
  | Session.Deallocate
  | Session.Declare
  | Session.Fetch
  | Session.Close
  | Session.Copy
  | Session.Explain
  | Session.Subscribe
  | Session.Raise
  | Queries.Select
  | Queries.Insert
  | Queries.Update
  | Queries.Delete;

export type StatementKind = Statement['kind'];

/** The node of one kind: `StatementOf<'create secret'>`. */
export type StatementOf<K extends StatementKind> = Extract<Statement, { readonly kind: K }>;

/** One statement of a string: its node, its own text, and where that text starts (UTF-16 offset) in the whole. */
export interface ParsedStatement {
  readonly node: Statement;
  /** The statement's own text, without the semicolon and surrounding white space and comments. */
  readonly sql: string;
  readonly offset: number;
  /** The whole string. */
  readonly text: string;
}
