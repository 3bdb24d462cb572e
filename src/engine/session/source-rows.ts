import type { Id } from '../../catalog/ids.ts';
import type { SourceItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { generatorRows, type GeneratorMoment } from '../../clusters/load-generator.ts';
import type { Row } from '../../types/datum.ts';

/**
 * Rows of a source. Load generators make theirs; sources of databases are handles here: their tables have columns and a
 * status, and no rows (README, "What differs").
 */
export function sourceRows(snapshot: Snapshot, id: Id, now: number): Iterable<Row> {
  const item = snapshot.items.get(id);
  if (item?.kind !== 'source') return [];
  if (item.detail.type === 'load-generator') return rowsOf(item, null, now);
  if (item.detail.type !== 'subsource') return [];
  const source = snapshot.items.get(item.detail.sourceId);
  if (source?.kind !== 'source') return [];
  return rowsOf(source, item.detail.externalReference.at(-1) ?? null, now);
}

function rowsOf(source: SourceItem, table: string | null, now: number): Iterable<Row> {
  if (source.detail.type !== 'load-generator') return [];
  const { generator, options } = source.detail;
  const number = (name: string): number | undefined => {
    const value = options.find((option) => option.name === name)?.value;
    return value === undefined ? undefined : Number(value.replace(/^'|s?'$/g, ''));
  };
  const tickSeconds = number('TICK INTERVAL');
  const moment: GeneratorMoment = {
    createdAt: source.createdAt,
    now,
    tickMs: tickSeconds === undefined ? undefined : tickSeconds * 1000,
    asOf: number('AS OF'),
    upTo: number('UP TO'),
    maxCardinality: number('MAX CARDINALITY'),
  };
  return generatorRows(generator, table, moment);
}
