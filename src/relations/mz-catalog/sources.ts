/** mz_sources and mz_sinks with the details of each type, and the upstream tables that sources read. */
import type { SinkItem, SourceDetail, SourceItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Datum, Row } from '../../types/datum.ts';
import { objectRelation, type RelationTable } from '../define.ts';
import { createSql } from '../item-sql/create-sql.ts';
import { plainValue } from '../item-sql/printer.ts';
import { clusterOf, isSystem } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import type { SystemRelationObject } from '../system-catalog.ts';
import { aclArray, timestamptz } from '../values.ts';

const KEYS = { id: 'id', oid: 'oid', name: 'name', schemaId: 'schema_id' };

/** mz_sources.type; the built-in ones are all plain `source`. */
export function sourceType(source: SourceItem | SystemRelationObject): string {
  return isSystem(source) ? 'source' : source.detail.type;
}

function connectionOf(source: SourceItem | SystemRelationObject): string | null {
  return !isSystem(source) && source.detail.type === 'postgres' ? source.detail.connectionId : null;
}

function sourceRow({ snapshot }: RelationContext, source: SourceItem | SystemRelationObject): Row {
  const head: readonly Datum[] = [source.id, source.oid, source.schemaId, source.name, sourceType(source)];
  const cluster = clusterOf(snapshot, source);
  const [create, redacted] = isSystem(source)
    ? [null, null]
    : [createSql(source, snapshot, 'stable'), createSql(source, snapshot, 'redacted')];
  // size, envelope_type, key_format and value_format: none of the source types here has them.
  const middle: readonly Datum[] = [connectionOf(source), null, null, null, null, cluster, source.ownerId];
  return [...head, ...middle, aclArray(source.privileges), create, redacted];
}

/** `AVRO USING ...` is `avro`. */
function formatName(format: string | null): string | null {
  return format === null ? null : (/^\w+/.exec(format.trim())?.[0]?.toLowerCase() ?? null);
}

function sinkRow({ snapshot }: RelationContext, sink: SinkItem): Row {
  const { detail } = sink;
  const value = formatName(detail.format);
  const key = formatName(detail.keyFormat) ?? (detail.key === null ? null : value);
  return [
    sink.id,
    sink.oid,
    sink.schemaId,
    sink.name,
    detail.type,
    detail.connectionId,
    null,
    detail.envelope?.toLowerCase() ?? null,
    key === null || key === value ? value : `key-${key}-value-${value ?? ''}`,
    key,
    value,
    sink.clusterId,
    sink.ownerId,
    createSql(sink, snapshot, 'stable'),
    createSql(sink, snapshot, 'redacted'),
  ];
}

/** TOPIC of a Kafka sink. */
function topicOf(sink: SinkItem): string {
  return plainValue(sink.detail.options.find(({ name }) => name === 'TOPIC')?.value ?? '');
}

type PostgresDetail = Extract<SourceDetail, { readonly type: 'postgres' }>;

/** The PostgreSQL source that an item reads from, when it is a subsource of one. */
function postgresParent(snapshot: Snapshot, sourceId: string): PostgresDetail | undefined {
  const parent = snapshot.items.get(sourceId);
  return parent?.kind === 'source' && parent.detail.type === 'postgres' ? parent.detail : undefined;
}

/** Upstream schema and table of a subsource or of a table made FROM SOURCE, as last parts of its reference. */
function upstreamTable(
  reference: readonly string[] | undefined,
): readonly [schema: string, table: string] | null {
  const [schema, table] = (reference ?? []).slice(-2);
  return schema === undefined || table === undefined ? null : [schema, table];
}

/** What a PostgreSQL source was found to offer when it was made: the tables of its publication that it reads. */
function referenceRows(source: SourceItem): readonly Row[] {
  const { detail } = source;
  if (detail.type !== 'postgres') return [];
  return detail.tables.map(({ schema, table }): Row => [
    source.id,
    schema,
    table,
    timestamptz(source.createdAt),
    null,
  ]);
}

export const SOURCE_RELATIONS: RelationTable = {
  'mz_catalog.mz_sources': objectRelation(['source'], KEYS, (context, source) => [
    sourceRow(context, source),
  ]),
  'mz_catalog.mz_sinks': objectRelation(['sink'], KEYS, (context, sink) => [sinkRow(context, sink)]),
  'mz_catalog.mz_kafka_sinks': objectRelation(['sink'], { id: 'id' }, (_, sink) => [
    [sink.id, topicOf(sink)],
  ]),
  'mz_internal.mz_postgres_sources': objectRelation(['source'], { id: 'id' }, (_, source) =>
    !isSystem(source) && source.detail.type === 'postgres' ? [[source.id, source.detail.slot, null]] : [],
  ),
  'mz_internal.mz_postgres_source_tables': objectRelation(
    ['source', 'table'],
    { id: 'id' },
    ({ snapshot }, object) => {
      if (isSystem(object)) return [];
      const [sourceId, reference] =
        object.kind === 'table'
          ? [object.sourceId, object.externalReference]
          : object.detail.type === 'subsource'
            ? [object.detail.sourceId, object.detail.externalReference]
            : [undefined, undefined];
      if (sourceId === undefined || postgresParent(snapshot, sourceId) === undefined) return [];
      const upstream = upstreamTable(reference);
      return upstream === null ? [] : [[object.id, ...upstream]];
    },
  ),
  'mz_internal.mz_source_references': objectRelation(['source'], { id: 'source_id' }, (_, source) =>
    isSystem(source) ? [] : referenceRows(source),
  ),
};
