/** Sources, sinks and tables fed by sources as documents. */
import { clause, clauses, type Doc } from '../doc.ts';
import type {
  ExternalReferences,
  Format,
  FormatSpec,
  IncludeItem,
  RegistryConnection,
  SchemaStrategy,
  SinkConnection,
  SinkKey,
  SourceConnection,
  SourceEnvelope,
  StatementOf,
  TableReference,
  WebhookBody,
  WebhookCheckInput,
} from '../nodes.ts';
import { quoteLiteral } from '../quote.ts';
import { ident, idents, name, type PrintStyle } from './context.ts';
import { inCluster, tableElements, words } from './create.ts';
import { expression, options, withOptions } from './values.ts';

const CONNECTIONS = {
  kafka: 'KAFKA',
  postgres: 'POSTGRES',
  mysql: 'MYSQL',
  'sql-server': 'SQL SERVER',
} as const;

export function createSource(style: PrintStyle, node: StatementOf<'create source'>): Doc {
  const columns = [
    ...node.columns.map((column) => ident(style, column)),
    ...(node.primaryKey === null ? [] : [`PRIMARY KEY (${idents(style, node.primaryKey)}) NOT ENFORCED`]),
  ];
  return clauses([
    words(
      'CREATE SOURCE',
      node.ifNotExists && 'IF NOT EXISTS',
      name(style, node.name),
      columns.length > 0 && `(${columns.join(', ')})`,
    ),
    inCluster(style, node.cluster),
    ...sourceConnection(style, node.from),
    ...format(style, node.format),
    include(style, node.include),
    envelope(style, node.envelope),
    references(style, node.references),
    node.progress === null ? null : `EXPOSE PROGRESS AS ${name(style, node.progress)}`,
    withOptions(style, node.options),
  ]);
}

function optionText(style: PrintStyle, list: Parameters<typeof options>[1]): string {
  return list.length === 0 ? '' : `(${options(style, list)})`;
}

function sourceConnection(style: PrintStyle, from: SourceConnection): readonly Doc[] {
  switch (from.kind) {
    case 'load-generator':
      return [
        clause(
          'FROM',
          words('LOAD GENERATOR', from.generator.toUpperCase(), optionText(style, from.options)),
        ),
      ];
    case 'webhook':
      return ['FROM WEBHOOK', ...webhook(style, from.webhook)];
    default: {
      const text = words(
        CONNECTIONS[from.kind],
        'CONNECTION',
        name(style, from.connection),
        optionText(style, from.options),
      );
      return [clause('FROM', text)];
    }
  }
}

export function webhook(style: PrintStyle, body: WebhookBody): readonly Doc[] {
  const parts: Doc[] = [`BODY FORMAT ${formatSpec(style, body.format)}`];
  for (const { header, alias, bytes } of body.headers) {
    parts.push(words('INCLUDE HEADER', quoteLiteral(header), 'AS', ident(style, alias), bytes && 'BYTES'));
  }
  if (body.allHeaders !== null) {
    const filters = body.allHeaders.map(({ header, block }) => words(block && 'NOT', quoteLiteral(header)));
    parts.push(words('INCLUDE HEADERS', filters.length > 0 && `(${filters.join(', ')})`));
  }
  if (body.check !== null) {
    const inputs = body.check.inputs.map((input) => checkInput(style, input));
    const list = inputs.length > 0 && `WITH (${inputs.join(', ')})`;
    parts.push(`CHECK (${words(list, expression(style, body.check.condition))})`);
  }
  return parts;
}

function checkInput(style: PrintStyle, input: WebhookCheckInput): string {
  const subject = input.kind === 'secret' ? `SECRET ${name(style, input.secret)}` : input.kind.toUpperCase();
  return words(subject, input.alias !== null && `AS ${ident(style, input.alias)}`, input.bytes && 'BYTES');
}

/** `FORMAT f`, or the KEY FORMAT and VALUE FORMAT clauses. */
function format(style: PrintStyle, value: Format | null): readonly Doc[] {
  if (value === null) return [];
  if (value.kind === 'bare') return [`FORMAT ${formatSpec(style, value.format)}`];
  return [`KEY FORMAT ${formatSpec(style, value.key)}`, `VALUE FORMAT ${formatSpec(style, value.value)}`];
}

function formatSpec(style: PrintStyle, value: FormatSpec): string {
  switch (value.kind) {
    case 'avro registry':
      return `AVRO USING ${registry(style, value.registry)}`;
    case 'avro schema':
      return words('AVRO USING SCHEMA', quoteLiteral(value.schema), optionText(style, value.options));
    case 'protobuf registry':
      return `PROTOBUF USING ${registry(style, value.registry)}`;
    case 'protobuf schema':
      return `PROTOBUF MESSAGE ${quoteLiteral(value.message)} USING SCHEMA ${quoteLiteral(value.schema)}`;
    case 'regex':
      return `REGEX ${quoteLiteral(value.pattern)}`;
    case 'csv': {
      const { columns } = value;
      const list =
        columns.kind === 'header' && columns.names.length > 0 && `(${idents(style, columns.names)})`;
      const shape = columns.kind === 'header' ? words('HEADER', list) : `${columns.count} COLUMNS`;
      return words(
        'CSV WITH',
        shape,
        value.delimiter !== null && `DELIMITED BY ${quoteLiteral(value.delimiter)}`,
      );
    }
    case 'json':
      return value.array ? 'JSON ARRAY' : 'JSON';
    case 'text':
      return 'TEXT';
    case 'bytes':
      return 'BYTES';
  }
}

function registry(style: PrintStyle, value: RegistryConnection): string {
  return words(
    'CONFLUENT SCHEMA REGISTRY CONNECTION',
    name(style, value.connection),
    optionText(style, value.options),
    value.keyStrategy !== null && `KEY STRATEGY ${strategy(value.keyStrategy)}`,
    value.valueStrategy !== null && `VALUE STRATEGY ${strategy(value.valueStrategy)}`,
  );
}

function strategy(value: SchemaStrategy): string {
  switch (value.kind) {
    case 'inline':
      return `INLINE ${quoteLiteral(value.schema)}`;
    case 'id':
      return `ID ${value.id}`;
    case 'latest':
      return 'LATEST';
  }
}

function include(style: PrintStyle, items: readonly IncludeItem[]): string | null {
  if (items.length === 0) return null;
  const texts = items.map((item) => {
    if (item.kind === 'header') {
      return words(
        'HEADER',
        quoteLiteral(item.header),
        'AS',
        ident(style, item.alias),
        item.bytes && 'BYTES',
      );
    }
    return words(item.kind.toUpperCase(), item.alias !== null && `AS ${ident(style, item.alias)}`);
  });
  return `INCLUDE ${texts.join(', ')}`;
}

function envelope(style: PrintStyle, value: SourceEnvelope | null): string | null {
  if (value === null) return null;
  if (value.kind !== 'upsert') return `ENVELOPE ${value.kind.toUpperCase()}`;
  if (!value.inlineErrors) return 'ENVELOPE UPSERT';
  const inline = words('INLINE', value.alias !== null && `AS ${ident(style, value.alias)}`);
  return `ENVELOPE UPSERT (VALUE DECODING ERRORS = (${inline}))`;
}

function references(style: PrintStyle, value: ExternalReferences | null): string | null {
  if (value === null) return null;
  if (value.kind === 'all tables') return 'FOR ALL TABLES';
  if (value.kind === 'schemas') return `FOR SCHEMAS (${idents(style, value.schemas)})`;
  return `FOR TABLES (${tableReferences(style, value.tables)})`;
}

export function tableReferences(style: PrintStyle, tables: readonly TableReference[]): string {
  return tables
    .map(({ reference, alias }) =>
      words(name(style, reference), alias !== null && `AS ${name(style, alias)}`),
    )
    .join(', ');
}

export function createSubsource(style: PrintStyle, node: StatementOf<'create subsource'>): Doc {
  return clauses([
    [
      words('CREATE SUBSOURCE', node.ifNotExists && 'IF NOT EXISTS', name(style, node.name)),
      ' ',
      tableElements(style, node.columns, node.constraints),
    ],
    node.ofSource === null ? null : `OF SOURCE ${name(style, node.ofSource)}`,
    withOptions(style, node.options),
  ]);
}

export function createTableFromSource(style: PrintStyle, node: StatementOf<'create table from source'>): Doc {
  const head = words(
    'CREATE',
    node.temporary && 'TEMPORARY',
    'TABLE',
    node.ifNotExists && 'IF NOT EXISTS',
    name(style, node.name),
  );
  const definitions = node.columns.length + node.constraints.length > 0;
  const list: Doc = definitions
    ? [' ', tableElements(style, node.columns, node.constraints)]
    : node.columnNames.length > 0
      ? ` (${idents(style, node.columnNames)})`
      : '';
  const reference = node.reference !== null && `(REFERENCE = ${name(style, node.reference)})`;
  return clauses([
    [head, list],
    clause('FROM', words('SOURCE', name(style, node.source), reference)),
    ...format(style, node.format),
    include(style, node.include),
    envelope(style, node.envelope),
    withOptions(style, node.options),
  ]);
}

export function createTableFromWebhook(
  style: PrintStyle,
  node: StatementOf<'create table from webhook'>,
): Doc {
  return clauses([
    words('CREATE TABLE', node.ifNotExists && 'IF NOT EXISTS', name(style, node.name)),
    'FROM WEBHOOK',
    ...webhook(style, node.webhook),
  ]);
}

export function createSink(style: PrintStyle, node: StatementOf<'create sink'>): Doc {
  return clauses([
    words('CREATE SINK', node.ifNotExists && 'IF NOT EXISTS', node.name !== null && name(style, node.name)),
    inCluster(style, node.cluster),
    clause('FROM', name(style, node.from)),
    ...sinkConnection(style, node.into),
    ...format(style, node.format),
    node.envelope === null ? null : `ENVELOPE ${node.envelope.toUpperCase()}`,
    node.mode === null ? null : `MODE ${node.mode.toUpperCase()}`,
    withOptions(style, node.options),
  ]);
}

function sinkConnection(style: PrintStyle, into: SinkConnection): readonly (Doc | null)[] {
  const connection = name(style, into.connection);
  if (into.kind === 'kafka') {
    return [
      clause('INTO', words('KAFKA CONNECTION', connection, optionText(style, into.options))),
      sinkKey(style, into.key),
      into.headers === null ? null : `HEADERS ${ident(style, into.headers)}`,
    ];
  }
  return [
    clause('INTO', words('ICEBERG CATALOG CONNECTION', connection, optionText(style, into.options))),
    `USING AWS CONNECTION ${name(style, into.awsConnection)}`,
    sinkKey(style, into.key),
  ];
}

function sinkKey(style: PrintStyle, key: SinkKey | null): string | null {
  return key === null
    ? null
    : words('KEY', `(${idents(style, key.columns)})`, key.notEnforced && 'NOT ENFORCED');
}
