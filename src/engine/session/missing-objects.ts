import type { Snapshot } from '../../catalog/snapshot.ts';
import { notice, type Notice } from '../../errors.ts';
import type { Session } from './session.ts';

const DATABASE_HINT =
  'Create the database with CREATE DATABASE or pick an extant database with SET DATABASE = name. List available databases with SHOW DATABASES.';
const CLUSTER_HINT =
  'Create the cluster with CREATE CLUSTER or pick an extant cluster with SET CLUSTER = name. List available clusters with SHOW CLUSTERS.';
const SCHEMA_HINT =
  'Create a schema with CREATE SCHEMA or pick an extant schema with SET SCHEMA = name. List available schemas with SHOW SCHEMAS.';

/** The notice that the database, cluster or schema a variable names does not exist (MZ006, MZ007, MZ008). */
export function missingObjectNotice(
  session: Session,
  snapshot: Snapshot,
  variable: string,
): Notice | undefined {
  if (!session.variables.flag('current_object_missing_warnings')) return undefined;
  const value = session.variables.get(variable) ?? '';
  if (variable === 'database' && !snapshot.databaseByName.has(value)) {
    return notice(`database "${value}" does not exist`, { code: 'MZ006', hint: DATABASE_HINT });
  }
  if (variable === 'cluster' && !snapshot.clusterByName.has(value)) {
    return notice(`cluster "${value}" does not exist`, { code: 'MZ007', hint: CLUSTER_HINT });
  }
  if (variable === 'schema' && session.namespace(snapshot).currentSchemaId === null) {
    const path = session.variables.text('search_path');
    return notice(`no schema on the search path exists: ${path}`, { code: 'MZ008', hint: SCHEMA_HINT });
  }
  return undefined;
}

/** Notices of the start of a session (MZ004, MZ005). */
export function loginNotices(session: Session, snapshot: Snapshot): readonly Notice[] {
  if (!session.variables.flag('current_object_missing_warnings')) return [];
  const notices: Notice[] = [];
  const database = session.variables.text('database');
  if (!snapshot.databaseByName.has(database)) {
    notices.push(
      notice(`session database "${database}" does not exist`, { code: 'MZ004', hint: DATABASE_HINT }),
    );
  }
  const cluster = session.variables.text('cluster');
  if (!snapshot.clusterByName.has(cluster)) {
    notices.push(
      notice(`session default cluster "${cluster}" does not exist`, { code: 'MZ005', hint: CLUSTER_HINT }),
    );
  }
  return notices;
}
