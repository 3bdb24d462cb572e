/** mz_sessions and the history of statements: what the server remembers while it runs. */
import { createHash } from 'node:crypto';
import type { Datum, Row } from '../../types/datum.ts';
import type { RelationTable } from '../define.ts';
import type { ActivityRecord, LiveSession, RelationContext } from '../relation.ts';
import { textArray, textList, timestamptz } from '../values.ts';

/** Rows of the activity relations are about the last 24 hours. */
const RECENT_MS = 24 * 60 * 60 * 1000;

/** Columns of mz_recent_activity_log by name, from which the other relations pick theirs. */
interface ActivityColumns {
  readonly [column: string]: Datum;
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

/**
 * What is not recorded is shown as what it always is here: every statement is sampled, runs at strict serializable
 * isolation, is prepared when it runs, and never throttled. Parameters are not kept, since they may hold secrets.
 */
function activityColumns(
  context: RelationContext,
  record: ActivityRecord,
  session: LiveSession | undefined,
): ActivityColumns {
  const { snapshot, facts } = context;
  const began = timestamptz(record.beganAt);
  return {
    execution_id: record.executionId,
    id: record.executionId,
    sample_rate: 1,
    cluster_id: snapshot.clusterByName.get(record.clusterName) ?? null,
    application_name: record.applicationName,
    cluster_name: record.clusterName,
    database_name: record.databaseName,
    search_path: textList(record.searchPath),
    transaction_isolation: 'strict serializable',
    execution_timestamp: BigInt(Math.floor(record.beganAt)),
    transient_index_id: null,
    params: textArray([]),
    mz_version: facts.version ?? '',
    began_at: began,
    finished_at: timestamptz(record.finishedAt),
    finished_status: record.finishedStatus,
    error_message: record.errorMessage,
    result_size: null,
    rows_returned: record.rowsReturned === null ? null : BigInt(record.rowsReturned),
    execution_strategy: null,
    transaction_id: BigInt(record.transactionId),
    prepared_statement_id: record.executionId,
    sql_hash: sha256(record.redactedSql),
    prepared_statement_name: '',
    session_id: record.sessionId,
    prepared_at: began,
    statement_type: record.statementType,
    throttled_count: 0n,
    connected_at: timestamptz(session?.connectedAt ?? record.beganAt),
    initial_application_name: session?.applicationName ?? record.applicationName,
    authenticated_user: record.authenticatedUser,
    sql: record.redactedSql,
    redacted_sql: record.redactedSql,
    name: '',
  };
}

function* recent(context: RelationContext): Iterable<ActivityColumns> {
  const since = context.facts.now() - RECENT_MS;
  const sessions = new Map(context.facts.sessions().map((session) => [session.id, session]));
  for (const record of context.facts.activity()) {
    if (record.beganAt >= since) yield activityColumns(context, record, sessions.get(record.sessionId));
  }
}

const EXECUTION = `execution_id sample_rate cluster_id application_name cluster_name database_name search_path
  transaction_isolation execution_timestamp transient_index_id params mz_version began_at finished_at finished_status
  error_message result_size rows_returned execution_strategy transaction_id`;
const PREPARED = `prepared_statement_id sql_hash prepared_statement_name session_id prepared_at statement_type
  throttled_count`;
const CONNECTED = 'connected_at initial_application_name authenticated_user';
const NOT_REDACTED = /\b(?:params|error_message|connected_at)\b/g;
const HISTORY = `id prepared_statement_id sample_rate cluster_id application_name cluster_name database_name search_path
  transaction_isolation execution_timestamp transaction_id transient_index_id params mz_version began_at finished_at
  finished_status error_message result_size rows_returned execution_strategy`;

function pick(names: string) {
  const columns = names.trim().split(/\s+/);
  return {
    *rows(context: RelationContext): Iterable<Row> {
      for (const values of recent(context)) yield columns.map((column) => values[column] ?? null);
    },
  };
}

const thinned = `${EXECUTION} ${PREPARED} ${CONNECTED}`;

function sessionRow({ id, connectionId, roleId, clientIp, connectedAt }: LiveSession): Row {
  return [id, connectionId, roleId, clientIp, timestamptz(connectedAt)];
}

function* sqlTexts(context: RelationContext): Iterable<ActivityColumns> {
  const seen = new Set<Datum>();
  for (const values of recent(context)) {
    const text = values['redacted_sql'] ?? null;
    if (!seen.has(text)) yield values;
    seen.add(text);
  }
}

const DAY_MICROS = 86_400_000_000n;

function dayOf(micros: Datum | undefined): Datum {
  return typeof micros === 'bigint' ? micros - (((micros % DAY_MICROS) + DAY_MICROS) % DAY_MICROS) : null;
}

function texts(columns: readonly string[]) {
  return {
    *rows(context: RelationContext): Iterable<Row> {
      for (const values of sqlTexts(context)) {
        yield columns.map((column) =>
          column === 'prepared_day' ? dayOf(values['began_at']) : (values[column] ?? null),
        );
      }
    },
  };
}

export const SESSION_RELATIONS: RelationTable = {
  'mz_internal.mz_sessions': { rows: ({ facts }) => facts.sessions().map(sessionRow) },
  'mz_internal.mz_session_history': {
    *rows({ facts, snapshot }) {
      for (const { id, connectedAt, applicationName, roleId } of facts.sessions()) {
        yield [id, timestamptz(connectedAt), applicationName, snapshot.roles.get(roleId)?.name ?? ''];
      }
    },
  },
  'mz_internal.mz_recent_activity_log': pick(`${thinned} sql`),
  'mz_internal.mz_recent_activity_log_thinned': pick(thinned),
  'mz_internal.mz_activity_log_thinned': pick(thinned),
  'mz_internal.mz_recent_activity_log_redacted': pick(`${thinned.replace(NOT_REDACTED, '')} redacted_sql`),
  'mz_internal.mz_statement_execution_history': pick(HISTORY),
  'mz_internal.mz_statement_execution_history_redacted': pick(HISTORY.replace(NOT_REDACTED, '')),
  'mz_internal.mz_statement_lifecycle_history': {
    *rows(context) {
      for (const values of recent(context)) {
        const { execution_id: id = null, began_at: began = null, finished_at: finished = null } = values;
        yield [id, 'execution-began', began];
        if (finished !== null) yield [id, 'execution-finished', finished];
      }
    },
  },
  'mz_internal.mz_prepared_statement_history': pick(
    'id session_id name sql_hash prepared_at statement_type throttled_count',
  ),
  'mz_internal.mz_sql_text': texts(['prepared_day', 'sql_hash', 'sql', 'redacted_sql']),
  'mz_internal.mz_sql_text_redacted': texts(['sql_hash', 'redacted_sql']),
  'mz_internal.mz_recent_sql_text': texts(['sql_hash', 'sql', 'redacted_sql']),
  'mz_internal.mz_recent_sql_text_redacted': texts(['sql_hash', 'redacted_sql']),
};
