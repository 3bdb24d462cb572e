/** CREATE SINK and ALTER SINK. */
import type { OptionValue, SinkConnection, SinkKey, Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseAlterCommon } from './alter.ts';
import { parseClusterRef, parseOptionalInCluster, takeIfExists, takeIfNotExists } from './common.ts';
import { parseExpression } from './expression.ts';
import { parseOptionalFormat } from './format.ts';
import {
  parseOptionalWith,
  parseOptionList,
  parseOptionNames,
  plainOptions,
  type OptionTable,
} from './options.ts';

const KAFKA_OPTIONS: OptionTable = [
  { words: 'COMPRESSION TYPE' },
  { words: 'GROUP ID PREFIX' },
  { words: 'LEGACY IDS' },
  { words: 'PARTITION BY', value: parseExpressionValue },
  { words: 'PROGRESS GROUP ID PREFIX' },
  { words: 'TOPIC' },
  { words: 'TOPIC CONFIG' },
  { words: 'TOPIC METADATA REFRESH INTERVAL' },
  { words: 'TOPIC PARTITION COUNT' },
  { words: 'TOPIC REPLICATION FACTOR' },
  { words: 'TRANSACTIONAL ID PREFIX' },
];

const ICEBERG_OPTIONS: OptionTable = plainOptions('NAMESPACE', 'TABLE');

const SINK_OPTIONS: OptionTable = plainOptions(
  'PARTITION STRATEGY',
  'SNAPSHOT',
  'VERSION',
  'COMMIT INTERVAL',
);

function parseExpressionValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const expression = parseExpression(stream);
  return { kind: 'expression', expression, span: stream.spanFrom(start) };
}

/**
 * create_sink = "CREATE" "SINK" [IF NOT EXISTS] [item] [IN CLUSTER c] "FROM" item "INTO" connection
 *               [format] [ENVELOPE e] [MODE m] [WITH (...)]
 */
export function parseCreateSink(stream: TokenStream): Statement {
  const ifNotExists = takeIfNotExists(stream);
  const named = !stream.isKeyword('FROM') && !stream.isKeyword('IN');
  const name = named ? stream.objectName() : null;
  const cluster = parseOptionalInCluster(stream);
  stream.expectKeyword('FROM');
  const from = stream.itemName();
  stream.expectKeyword('INTO');
  const into = parseSinkConnection(stream);
  const format = parseOptionalFormat(stream);
  const envelope = stream.takeKeyword('ENVELOPE') ? stream.expectOneOf(['DEBEZIUM', 'UPSERT']) : null;
  const mode = stream.takeKeyword('MODE') ? stream.expectOneOf(['UPSERT', 'APPEND']) : null;
  return {
    kind: 'create sink',
    ifNotExists,
    name,
    cluster,
    from,
    into,
    format,
    envelope: envelope === null ? null : envelope === 'DEBEZIUM' ? 'debezium' : 'upsert',
    mode: mode === null ? null : mode === 'UPSERT' ? 'upsert' : 'append',
    options: parseOptionalWith(stream, SINK_OPTIONS),
  };
}

/** KAFKA CONNECTION item ... | ICEBERG CATALOG CONNECTION item ... USING AWS CONNECTION item ... */
function parseSinkConnection(stream: TokenStream): SinkConnection {
  if (stream.expectOneOf(['KAFKA', 'ICEBERG']) === 'KAFKA') {
    stream.expectKeyword('CONNECTION');
    const connection = stream.itemName();
    const options = stream.is('left parenthesis') ? parseOptionList(stream, KAFKA_OPTIONS) : [];
    const key = parseOptionalKey(stream);
    const headers = stream.takeKeyword('HEADERS') ? stream.identifier() : null;
    return { kind: 'kafka', connection, options, key, headers };
  }
  stream.expectKeywords('CATALOG CONNECTION');
  const connection = stream.itemName();
  const options = stream.is('left parenthesis') ? parseOptionList(stream, ICEBERG_OPTIONS) : [];
  stream.expectKeywords('USING AWS CONNECTION');
  const awsConnection = stream.itemName();
  return { kind: 'iceberg', connection, options, awsConnection, key: parseOptionalKey(stream) };
}

/** ["KEY" "(" col,... ")" ["NOT" "ENFORCED"]], unless KEY starts KEY FORMAT */
function parseOptionalKey(stream: TokenStream): SinkKey | null {
  if (!stream.isKeyword('KEY') || stream.isKeyword('FORMAT', 1)) return null;
  stream.advance();
  const columns = stream.parenthesized(() => stream.identifier());
  const notEnforced = stream.takeKeywords('NOT ENFORCED');
  return { columns, notEnforced };
}

/** alter_sink = "ALTER" "SINK" [IF EXISTS] item (SET FROM item | SET CLUSTER c | SET (...) | RESET (...) | common) */
export function parseAlterSink(stream: TokenStream): Statement {
  const ifExists = takeIfExists(stream);
  const name = stream.objectName();
  const word = stream.expectOneOf(['OWNER', 'RENAME', 'SET', 'RESET', 'SWAP']);
  if (word === 'RESET') {
    return {
      kind: 'alter sink',
      ifExists,
      name,
      action: { kind: 'reset', names: parseOptionNames(stream, SINK_OPTIONS) },
    };
  }
  if (word !== 'SET') return parseAlterCommon(stream, word, { objectKind: 'sink', ifExists, name });
  if (stream.takeKeyword('CLUSTER')) {
    return {
      kind: 'alter set cluster',
      objectKind: 'sink',
      ifExists,
      name,
      cluster: parseClusterRef(stream),
    };
  }
  if (stream.takeKeyword('FROM')) {
    return { kind: 'alter sink', ifExists, name, action: { kind: 'set from', from: stream.itemName() } };
  }
  return {
    kind: 'alter sink',
    ifExists,
    name,
    action: { kind: 'set', options: parseOptionList(stream, SINK_OPTIONS) },
  };
}
