/** Tags of a secret. Source: reference aws-secrets-manager 2.17 and 5.1. */
import { invalidParameter } from './protocol/errors.ts';
import type { Tag } from './shapes.ts';

export interface StoredTag {
  readonly key: string;
  readonly value: string;
}

const MAX_TAGS = 50;

/** Tags of a request, checked. */
export function checkTags(tags: readonly Tag[]): readonly StoredTag[] {
  const checked = tags.map(({ Key, Value }) => {
    if (Key === undefined) throw invalidParameter('Each tag must have a key.');
    if (/^aws:/i.test(Key)) {
      throw invalidParameter("Tag keys can't start with the prefix aws:, which is reserved for AWS use.");
    }
    return { key: Key, value: Value ?? '' };
  });
  if (new Set(checked.map((tag) => tag.key)).size !== checked.length) {
    throw invalidParameter('A request can name each tag key once.');
  }
  checkCount(checked.length);
  return checked;
}

function checkCount(count: number): void {
  if (count > MAX_TAGS) throw invalidParameter(`A secret can have at most ${MAX_TAGS} tags.`);
}

/** The tags after some were set: a known key keeps its place. */
export function withTags(tags: readonly StoredTag[], set: readonly StoredTag[]): readonly StoredTag[] {
  const given = new Map(set.map((tag) => [tag.key, tag]));
  const kept = tags.map((tag) => given.get(tag.key) ?? tag);
  const known = new Set(tags.map((tag) => tag.key));
  const all = [...kept, ...set.filter((tag) => !known.has(tag.key))];
  checkCount(all.length);
  return all;
}
