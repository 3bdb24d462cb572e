import type { Id } from '../../catalog/ids.ts';
import type { ItemKind } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { limitExceeded } from '../../errors.ts';
import type { Scope } from '../statements/handler.ts';

/** Limits on the number of items of a kind: system variable and the word messages use. */
const KIND_LIMITS: Partial<Record<ItemKind, readonly [variable: string, word: string]>> = {
  secret: ['max_secrets', 'secret'],
  source: ['max_sources', 'source'],
  sink: ['max_sinks', 'sink'],
  table: ['max_tables', 'table'],
  'materialized-view': ['max_materialized_views', 'materialized view'],
};

/** 53000 when a schema would hold more objects than allowed. */
export function checkObjectLimit(scope: Scope, tip: Snapshot, schemaId: Id, adding = 1): void {
  const limit = Number(scope.services.systemVariable(tip, 'max_objects_per_schema'));
  const current = tip.itemsOfSchema.get(schemaId)?.size ?? 0;
  if (current + adding > limit) {
    throw limitExceeded('object', 'max_objects_per_schema', current + adding, limit, current);
  }
}

/** 53000 when there would be more items of a kind than allowed. */
export function checkKindLimit(scope: Scope, tip: Snapshot, kind: ItemKind, adding = 1): void {
  const entry = KIND_LIMITS[kind];
  if (entry === undefined) return;
  const [variable, word] = entry;
  const limit = Number(scope.services.systemVariable(tip, variable));
  const current = tip.itemCounts.get(kind) ?? 0;
  if (current + adding > limit) throw limitExceeded(word, variable, current + adding, limit, current);
}
