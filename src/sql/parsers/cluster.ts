/** CREATE CLUSTER, CREATE CLUSTER REPLICA, ALTER CLUSTER, ALTER CLUSTER REPLICA. */
import type { ClusterWait, ObjectName, Option, OptionValue, ReplicaDefinition, Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseAlterCommon } from './alter.ts';
import { takeIfExists } from './common.ts';
import {
  parseOption,
  parseOptionList,
  parseOptionNames,
  parseOptionValue,
  plainOptions,
  type OptionTable,
} from './options.ts';

const REPLICA_OPTIONS: OptionTable = plainOptions(
  'AVAILABILITY ZONE',
  'BILLED AS',
  'COMPUTE ADDRESSES',
  'COMPUTECTL ADDRESSES',
  'DISK',
  'INTERNAL',
  'INTROSPECTION DEBUGGING',
  'INTROSPECTION INTERVAL',
  'SIZE',
  'STORAGE ADDRESSES',
  'STORAGECTL ADDRESSES',
  'WORKERS',
);

const CLUSTER_OPTIONS: OptionTable = [
  { words: 'AVAILABILITY ZONES' },
  { words: 'DISK' },
  { words: 'INTROSPECTION DEBUGGING' },
  { words: 'INTROSPECTION INTERVAL' },
  { words: 'MANAGED' },
  { words: 'REPLICAS', value: parseReplicasValue },
  { words: 'REPLICATION FACTOR' },
  { words: 'SIZE' },
  { words: 'SCHEDULE', value: parseScheduleValue },
  { words: 'WORKLOAD CLASS' },
];

const FEATURES: OptionTable = plainOptions(
  'REOPTIMIZE IMPORTED VIEWS',
  'ENABLE EAGER DELTA JOINS',
  'ENABLE NEW OUTER JOIN LOWERING',
  'ENABLE VARIADIC LEFT JOIN LOWERING',
  'ENABLE LETREC FIXPOINT ANALYSIS',
  'ENABLE JOIN PRIORITIZE ARRANGED',
  'ENABLE PROJECTION PUSHDOWN AFTER RELATION CSE',
);

/** "(" [name "(" option,... ")"],... ")" */
function parseReplicasValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const replicas = stream.parenthesized((): ReplicaDefinition => {
    const name = stream.identifier();
    return { name, options: parseOptionList(stream, REPLICA_OPTIONS) };
  }, true);
  return { kind: 'replicas', replicas, span: stream.spanFrom(start) };
}

/** "MANUAL" | "ON" "REFRESH" ["(" "HYDRATION" "TIME" "ESTIMATE" ["="] interval ")"] */
function parseScheduleValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  if (stream.expectOneOf(['MANUAL', 'ON']) === 'MANUAL') {
    return { kind: 'schedule', schedule: 'manual', estimate: null, span: stream.spanFrom(start) };
  }
  stream.expectKeyword('REFRESH');
  let estimate: OptionValue | null = null;
  if (stream.take('left parenthesis')) {
    stream.expectKeywords('HYDRATION TIME ESTIMATE');
    stream.take('equals sign');
    estimate = parseOptionValue(stream);
    stream.expect('right parenthesis');
  }
  return { kind: 'schedule', schedule: 'on refresh', estimate, span: stream.spanFrom(start) };
}

/** "(" option,... ")" | option,... */
function parseLooseOptions(stream: TokenStream, table: OptionTable): Option[] {
  if (stream.is('left parenthesis')) return parseOptionList(stream, table);
  return stream.commaSeparated(() => parseOption(stream, table));
}

/** create_cluster = "CREATE" "CLUSTER" name options ["FEATURES" "(" feature,... ")"] */
export function parseCreateCluster(stream: TokenStream): Statement {
  const name = stream.identifier();
  const options = parseLooseOptions(stream, CLUSTER_OPTIONS);
  const features = stream.takeKeyword('FEATURES') ? parseOptionList(stream, FEATURES) : [];
  return { kind: 'create cluster', name, options, features };
}

/** cluster "." replica */
export function parseReplicaName(stream: TokenStream): ObjectName {
  const start = stream.offset;
  const cluster = stream.identifier();
  stream.expect('dot');
  const replica = stream.identifierAfterDot();
  return { parts: [cluster, replica], span: stream.spanFrom(start) };
}

/** create_replica = "CREATE" "CLUSTER" "REPLICA" cluster "." replica options */
export function parseCreateClusterReplica(stream: TokenStream): Statement {
  const [cluster = '', name = ''] = parseReplicaName(stream).parts;
  return {
    kind: 'create cluster replica',
    cluster,
    name,
    options: parseLooseOptions(stream, REPLICA_OPTIONS),
  };
}

/** alter_cluster = "ALTER" "CLUSTER" [IF EXISTS] name (SET (...) [WITH (...)] | RESET (...) | common) */
export function parseAlterCluster(stream: TokenStream): Statement {
  const ifExists = takeIfExists(stream);
  const target = stream.singleName();
  const name = target.parts[0] ?? '';
  const word = stream.expectOneOf(['OWNER', 'RENAME', 'RESET', 'SET', 'SWAP']);
  if (word === 'SET') {
    const options = parseOptionList(stream, CLUSTER_OPTIONS);
    const wait = stream.takeKeyword('WITH') ? parseWait(stream) : null;
    return { kind: 'alter cluster', ifExists, name, action: { kind: 'set', options, wait } };
  }
  if (word === 'RESET') {
    const names = parseOptionNames(stream, CLUSTER_OPTIONS);
    return { kind: 'alter cluster', ifExists, name, action: { kind: 'reset', names } };
  }
  return parseAlterCommon(stream, word, { objectKind: 'cluster', ifExists, name: target });
}

/** "(" "WAIT" ["="] ("FOR" interval | "UNTIL" "READY" ["="] "(" option,... ")") ")" */
function parseWait(stream: TokenStream): ClusterWait {
  stream.expect('left parenthesis');
  stream.expectKeyword('WAIT');
  stream.take('equals sign');
  let wait: ClusterWait;
  if (stream.expectOneOf(['FOR', 'UNTIL']) === 'FOR') {
    stream.takeKeyword('INTERVAL');
    wait = { kind: 'for', duration: stream.literalString() };
  } else {
    stream.expectKeyword('READY');
    stream.take('equals sign');
    wait = { kind: 'until ready', options: parseOptionList(stream, WAIT_OPTIONS) };
  }
  stream.expect('right parenthesis');
  return wait;
}

const WAIT_OPTIONS: OptionTable = [{ words: 'TIMEOUT' }, { words: 'ON TIMEOUT', value: parseTimeoutAction }];

/** "COMMIT" | "ROLLBACK", or a string for the planner to refuse */
function parseTimeoutAction(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const word = stream.takeOneOf(['COMMIT', 'ROLLBACK']);
  if (word === null) return parseOptionValue(stream);
  return { kind: 'ident', value: word.toLowerCase(), span: stream.spanFrom(start) };
}

/** alter_replica = "ALTER" "CLUSTER" "REPLICA" [IF EXISTS] cluster "." replica (RENAME TO name | OWNER TO role) */
export function parseAlterClusterReplica(stream: TokenStream): Statement {
  const ifExists = takeIfExists(stream);
  const name = parseReplicaName(stream);
  const word = stream.expectOneOf(['OWNER', 'RENAME']);
  return parseAlterCommon(stream, word, { objectKind: 'cluster replica', ifExists, name });
}
