/** CREATE SOURCE and, for what feeds from one, CREATE SUBSOURCE. */
import type { SourceDetail, SourceItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { bracketed, clause, clauses, type Doc } from '../../sql/doc.ts';
import { keptOptions, type ItemPrinter } from './printer.ts';

type DetailOf<T extends SourceDetail['type']> = Extract<SourceDetail, { readonly type: T }>;

export function createSource(p: ItemPrinter, item: SourceItem): Doc {
  const { detail } = item;
  switch (detail.type) {
    case 'postgres':
      return sourceStatement(p, item, postgresBody(p, detail), postgresTables(p, detail));
    case 'load-generator':
      return sourceStatement(p, item, generatorBody(detail), generatorTables(p, item, detail));
    case 'subsource':
      return clauses([
        subsourceHead(p, item),
        `OF SOURCE ${p.reference(detail.sourceId)}`,
        `WITH (EXTERNAL REFERENCE = ${p.path(detail.externalReference)})`,
      ]);
    case 'progress':
      return clauses([subsourceHead(p, item), 'WITH (PROGRESS = true)']);
  }
}

function sourceStatement(p: ItemPrinter, item: SourceItem, body: Doc, tables: Doc | null): Doc {
  const progress = progressOf(p.snapshot, item);
  return clauses([
    `CREATE SOURCE ${p.fullName(item)}`,
    item.clusterId === null ? null : `IN CLUSTER ${p.cluster(item.clusterId)}`,
    clause('FROM', body),
    tables,
    progress === undefined ? null : `EXPOSE PROGRESS AS ${p.named(progress)}`,
    item.timestampIntervalMs === undefined
      ? null
      : `WITH (TIMESTAMP INTERVAL = '${item.timestampIntervalMs / 1000}s')`,
  ]);
}

function postgresBody(p: ItemPrinter, detail: DetailOf<'postgres'>): Doc {
  const options = [
    `PUBLICATION = ${p.literal(detail.publication)}`,
    ...columnsOption(p, 'TEXT COLUMNS', detail.textColumns),
    ...columnsOption(p, 'EXCLUDE COLUMNS', detail.excludeColumns),
  ];
  return `POSTGRES CONNECTION ${p.reference(detail.connectionId)} (${options.join(', ')})`;
}

/** Columns are kept as their parts joined by dots. */
function columnsOption(p: ItemPrinter, name: string, columns: readonly string[]): readonly string[] {
  const list = columns.map((column) => p.path(column.split('.'))).join(', ');
  return columns.length === 0 ? [] : [`${name} = (${list})`];
}

/** Tables whose subsource was dropped are gone from the clause too. */
function postgresTables(p: ItemPrinter, detail: DetailOf<'postgres'>): Doc | null {
  const tables = detail.tables.filter(({ subsourceId }) => p.snapshot.items.has(subsourceId));
  return forTables(
    tables.map(({ database, schema, table, subsourceId }) => [
      p.path([database, schema, table]),
      p.reference(subsourceId),
    ]),
  );
}

function forTables(pairs: readonly (readonly [upstream: string, name: string])[]): Doc | null {
  if (pairs.length === 0) return null;
  return bracketed(
    'FOR TABLES (',
    pairs.map(([upstream, name]) => `${upstream} AS ${name}`),
    ')',
  );
}

function generatorBody(detail: DetailOf<'load-generator'>): Doc {
  const list = detail.options.length === 0 ? '' : ` (${keptOptions(detail.options)})`;
  return `LOAD GENERATOR ${detail.generator}${list}`;
}

function generatorTables(p: ItemPrinter, item: SourceItem, detail: DetailOf<'load-generator'>): Doc | null {
  if (!detail.forAllTables) return null;
  const pairs = [...subsourcesOf(p.snapshot, item)].map(
    ([subsource, reference]) => [p.path(reference), p.named(subsource)] as const,
  );
  return forTables(pairs) ?? 'FOR ALL TABLES';
}

function* subsourcesOf(
  snapshot: Snapshot,
  item: SourceItem,
): Iterable<readonly [SourceItem, readonly string[]]> {
  for (const dependent of dependentSources(snapshot, item)) {
    if (dependent.detail.type === 'subsource') yield [dependent, dependent.detail.externalReference];
  }
}

function progressOf(snapshot: Snapshot, item: SourceItem): SourceItem | undefined {
  // A source depends on its progress relation or the other way round, by the order they were made in.
  const candidates = [
    ...item.dependsOn.map((id) => snapshot.items.get(id)),
    ...dependentSources(snapshot, item),
  ];
  return candidates.find(
    (other): other is SourceItem =>
      other?.kind === 'source' && other.detail.type === 'progress' && other.detail.sourceId === item.id,
  );
}

/** Sources that depend on this one, by id in order of creation. */
function dependentSources(snapshot: Snapshot, item: SourceItem): readonly SourceItem[] {
  const found: SourceItem[] = [];
  for (const id of snapshot.dependents.get(item.id) ?? []) {
    const dependent = snapshot.items.get(id);
    if (dependent?.kind === 'source') found.push(dependent);
  }
  return found.sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
}

function subsourceHead(p: ItemPrinter, item: SourceItem): Doc {
  const columns = item.columns.map((column) => p.column(column));
  return bracketed(`CREATE SUBSOURCE ${p.fullName(item)} (`, columns, ')');
}
