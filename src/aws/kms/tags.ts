/** Tags of keys. Source: API reference of AWS KMS. */
import type { Call, Fields } from '../protocol/operation.ts';
import { findKey, requireNotPending } from './access.ts';
import { changeKey } from './change.ts';
import { kmsError } from './errors.ts';
import type { KmsKey } from './keys.ts';
import { paged } from './paging.ts';
import type { KmsInput } from './shapes.ts';

const MAX_TAGS = 50;
const PAGE = 50;

type Tags = KmsKey['tags'];

/** Tags of a request. Throws TagException for a key that comes twice or is not for callers to use. */
export function checkTags(given: readonly { readonly TagKey: string; readonly TagValue: string }[]): Tags {
  const keys = new Set(given.map(({ TagKey }) => TagKey));
  if (keys.size !== given.length) throw kmsError('TagException', 'Duplicate tag keys');
  for (const key of keys) checkTagKey(key);
  return given.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue }));
}

function checkTagKey(key: string): void {
  if (!/^aws:/i.test(key)) return;
  throw kmsError('TagException', 'Tag keys that begin with aws: are reserved for AWS');
}

export async function tagKey(call: Call, input: KmsInput<'TagResource'>): Promise<undefined> {
  const added = checkTags(input.Tags);
  await changeKey(call, input.KeyId, (key) => {
    requireNotPending(call, key);
    const replaced = new Set(added.map((tag) => tag.key));
    const tags = [...key.tags.filter((tag) => !replaced.has(tag.key)), ...added];
    if (tags.length > MAX_TAGS) throw kmsError('LimitExceededException', 'Too many tags');
    return { ...key, tags };
  });
  return undefined;
}

export async function untagKey(call: Call, input: KmsInput<'UntagResource'>): Promise<undefined> {
  for (const key of input.TagKeys) checkTagKey(key);
  await changeKey(call, input.KeyId, (key) => {
    requireNotPending(call, key);
    return { ...key, tags: key.tags.filter((tag) => !input.TagKeys.includes(tag.key)) };
  });
  return undefined;
}

export function listResourceTags(call: Call, input: KmsInput<'ListResourceTags'>): Fields {
  const key = findKey(call, call.room.committer.current(), input.KeyId, { noAlias: true });
  const { page, fields } = paged(call, `tags ${key.keyId}`, key.tags, (tag) => tag.key, input, PAGE);
  return { Tags: page.map((tag) => ({ TagKey: tag.key, TagValue: tag.value })), ...fields };
}
