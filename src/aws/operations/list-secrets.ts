/** ListSecrets. Source: reference aws-secrets-manager 2.7. */
import type { SecretItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { listPage } from '../listing.ts';
import { JsonText, present, type Call, type Operation } from '../protocol/operation.ts';
import { isReplica, labelsOf, lastAccessed } from '../secret-facts.ts';
import type { SortBy } from '../secret-orders.ts';
import { sharedFacts } from './describe-secret.ts';

const PAGE = 100;

export const listSecrets: Operation<'ListSecrets'> = {
  readOnly: true,
  async run(call, input) {
    const { secrets, nextToken, snapshot } = await listPage(call, {
      filters: input.Filters ?? [],
      sortBy: (input.SortBy as SortBy | undefined) ?? 'created-date',
      descending: input.SortOrder === 'desc',
      includeDeleted: input.IncludePlannedDeletion === true,
      pageSize: input.MaxResults ?? PAGE,
      nextToken: input.NextToken,
    });
    const list = secrets.map((item) => listedText(call, snapshot, item)).join(',');
    const next = nextToken === undefined ? '' : `,"NextToken":${JSON.stringify(nextToken)}`;
    return new JsonText(`{"SecretList":[${list}]${next}}`);
  },
};

/** Everything that the text of a secret follows from, beside its record. */
type Sources = readonly unknown[];

interface Kept {
  readonly sources: Sources;
  readonly text: string;
}

/**
 * Texts are kept as long as what they tell of is the same: a page is then little more than putting a hundred of them
 * together.
 */
const kept = new WeakMap<SecretItem, Kept>();

function textOf(call: Call, snapshot: Snapshot, item: SecretItem): string {
  const shown = { ...sharedFacts(call, snapshot, item), SecretVersionsToStages: labelsOf(snapshot, item) };
  return JSON.stringify(present(shown));
}

function sourcesOf(call: Call, snapshot: Snapshot, item: SecretItem): Sources {
  const schema = snapshot.schemas.get(item.schemaId);
  return [
    snapshot.versionsOfSecret.get(item.id),
    snapshot.commentsOfObject.get(`secret/${item.id}`),
    schema,
    snapshot.databases.get(schema?.databaseId ?? ''),
    lastAccessed(call.room.accesses, snapshot, item),
  ];
}

/** JSON of one entry of a listing. */
function listedText(call: Call, snapshot: Snapshot, item: SecretItem): string {
  // A copy shows much of its primary, and the next date of a rotation moves with the clock.
  if (isReplica(item) || item.aws?.rotation !== undefined) return textOf(call, snapshot, item);
  const sources = sourcesOf(call, snapshot, item);
  const before = kept.get(item);
  if (before?.sources.every((source, i) => source === sources[i]) === true) return before.text;
  const text = textOf(call, snapshot, item);
  kept.set(item, { sources, text });
  return text;
}
