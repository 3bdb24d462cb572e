/** What a session and the server say of themselves. Volatility and values: reference session-wire-rbac 8.1. */
import { planError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import { UNIX_EPOCH_MICROS } from '../types/calendar.ts';
import { textArray } from './array-values.ts';
import { alike, withSession, type ScalarTable } from './define.ts';

/** Microseconds since 2000-01-01 of a Unix time in milliseconds. */
export function fromUnixMillis(millis: number): bigint {
  return BigInt(Math.round(millis * 1000)) - UNIX_EPOCH_MICROS;
}

function schemaNames(session: SessionContext, names: readonly string[]): readonly string[] {
  const { snapshot } = session;
  const databaseId = session.session.databaseId ?? '';
  return names.filter(
    (name) => snapshot.schemaByName.has(`${databaseId}/${name}`) || snapshot.schemaByName.has(`/${name}`),
  );
}

/** Existing schemas of search_path in order; with the implicit ones, all that resolve names. */
function currentSchemas(session: SessionContext, implicit: boolean): readonly string[] {
  if (!implicit) return schemaNames(session, session.searchPath);
  return session.effectiveSchemas
    .filter((id) => id !== session.temporarySchemaId)
    .map((id) => session.snapshot.schemas.get(id)?.name)
    .filter((name): name is string => name !== undefined);
}

/** Limits that PostgreSQL's clients read as settings though nobody can SET or SHOW them: the rows of pg_settings. */
export const PRESET_SETTINGS: ReadonlyMap<string, string> = new Map([['max_index_keys', '1000']]);

function setting(session: SessionContext, name: string, missingOk: boolean): string | null {
  const value = session.setting(name) ?? PRESET_SETTINGS.get(name.toLowerCase()) ?? null;
  if (value === null && !missingOk)
    throw planError('unrecognized configuration parameter').with({
      message: `unrecognized configuration parameter "${name}"`,
      code: '42704',
    });
  return value;
}

function setConfig(
  session: SessionContext,
  name: string | null,
  value: string | null,
  local: boolean | null,
): string | null {
  if (name === null) throw planError('SET requires parameter name');
  session.setSetting(name, value ?? '', local ?? false);
  return session.setting(name);
}

/** Target triples of the machines that Node runs on. */
const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
const SYSTEMS: Readonly<Record<string, string>> = { linux: 'unknown-linux-gnu', darwin: 'apple-darwin' };

/** `PostgreSQL 9.5 on <target triple> (Materialize <semver>)`: tools read a version of either from it. */
function version({ serverVersion, mzVersion }: SessionContext): string {
  const machine = MACHINES[process.arch] ?? process.arch;
  const system = SYSTEMS[process.platform] ?? process.platform;
  const postgres = serverVersion.split('.').slice(0, 2).join('.');
  const materialize = mzVersion.replace(/^v/, '').split(' ')[0] ?? '';
  return `PostgreSQL ${postgres} on ${machine}-${system} (Materialize ${materialize})`;
}

const currentUser = withSession((session) => session.userName);
const now = withSession((session) => session.transactionTime);
const never = withSession((_session: SessionContext, ..._args: never[]) => null);

export const sessionFunctions: ScalarTable = {
  'version()': withSession((session) => version(session)),
  'current_user()': currentUser,
  'getpgusername()': currentUser,
  'session_user()': withSession((session) => session.sessionUserName),
  'current_database()': withSession((session) => session.session.databaseName),
  'current_schema()': withSession((session) => schemaNames(session, session.searchPath)[0] ?? null),
  'current_schemas(bool)': withSession((session, implicit: boolean) =>
    textArray(currentSchemas(session, implicit)),
  ),
  'current_setting(text)': withSession((session, name: string) => setting(session, name, false)),
  'current_setting(text,bool)': withSession((session, name: string, missingOk: boolean) =>
    setting(session, name, missingOk),
  ),
  'set_config(text,text,bool)': withSession(setConfig),
  'pg_backend_pid()': withSession((session) => session.session.connectionId),
  'pg_cancel_backend(int4)': withSession((session, pid: number) => session.cancelBackend(pid)),
  'pg_postmaster_start_time()': withSession((session) => fromUnixMillis(session.facts.startedAt)),
  'pg_conf_load_time()': withSession((session) => fromUnixMillis(session.facts.startedAt)),
  'pg_client_encoding()': () => 'UTF8',
  'getdatabaseencoding()': () => 'UTF8',
  'pg_is_in_recovery()': () => false,
  'pg_my_temp_schema()': withSession((session) => {
    const id = session.temporarySchemaId;
    return id === null ? 0 : (session.snapshot.schemas.get(id)?.oid ?? 0);
  }),
  'pg_is_other_temp_schema(oid)': () => false,
  ...alike(['now()', 'transaction_timestamp()', 'statement_timestamp()'], now),
  'clock_timestamp()': withSession((session) => fromUnixMillis(session.facts.now())),
  'timeofday()': withSession((session) => new Date(session.facts.now()).toUTCString()),
  // Transactions have no ids that outlive them; a commit's catalog version grows in the same way.
  'txid_current()': withSession((session) => BigInt(session.snapshot.version)),
  'txid_current_if_assigned()': never,
  'pg_trigger_depth()': () => 0,
};
