/** CreateSecret. Source: reference aws-secrets-manager 2.1. */
import { put, type Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { SecretItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { IdSource } from '../../engine/committer.ts';
import { checkCaller } from '../access.ts';
import { commitAnswer } from '../commit-answer.ts';
import { withKey } from '../kms/secret-keys.ts';
import { arnOf, checkName, locationFor, secretNamed } from '../names.ts';
import { newSecretItem, schemaFor } from '../new-secret.ts';
import { invalidParameter, invalidRequest, resourceExists, TEXT } from '../protocol/errors.ts';
import { present, type Call, type Fields, type Operation } from '../protocol/operation.ts';
import { checkRegions, replicate, shownReplication } from '../replication.ts';
import { describe, isScheduledForDeletion, withAws } from '../secret-facts.ts';
import type { Input } from '../shapes.ts';
import { checkTags } from '../tags.ts';
import { givenValue, isRepeat, writeValue, type GivenValue } from '../value.ts';

export const createSecret: Operation<'CreateSecret'> = {
  readOnly: false,
  async run(call, input) {
    checkName(input.Name);
    if (input.CrossAccountPrimaryARN !== undefined) {
      throw invalidParameter('There is no other account that the secret could be replicated from.');
    }
    const token = input.ClientRequestToken;
    if (token === undefined) throw invalidRequest(TEXT.tokenMissing);
    const value = givenValue(input);
    const tags = checkTags(input.Tags ?? []);
    checkRegions(call.region, input.AddReplicaRegions ?? []);
    checkCaller(call, call.room.committer.current(), input.Name);
    const { output, snapshot, result } = await commitAnswer(
      call,
      (tip, ids) => {
        const existing = secretNamed(tip, call.room.home, { region: call.region, name: input.Name });
        if (existing !== undefined) {
          return { changes: [], result: repeat(call, tip, existing, input.Name, token, value) };
        }
        const made = makeSecret(call, tip, ids, input, tags);
        return { changes: made.changes, result: { id: made.item.id, versionId: value && token } };
      },
      (after, made) => answer(call, after, after, made),
    );
    if (input.AddReplicaRegions === undefined) return output;
    await replicate(call, result.id, input.AddReplicaRegions, input.ForceOverwriteReplicaSecret ?? false);
    return answer(call, call.room.committer.current(), snapshot, result);
  },
  audited: (output) => ({ arn: output?.['ARN'] }),
};

interface Made {
  readonly id: Id;
  readonly versionId: string | undefined;
}

function answer(call: Call, now: Snapshot, made: Snapshot, { id, versionId }: Made): Fields {
  const snapshot = now.items.has(id) ? now : made;
  const item = snapshot.items.get(id) as SecretItem;
  return present({
    ARN: arnOf(snapshot, call.room.home, item),
    Name: call.room.nameOf(snapshot, item),
    VersionId: versionId,
    ReplicationStatus: shownReplication(call, snapshot, item),
  });
}

/** The same request again answers as the first did; another one is refused. */
function repeat(
  call: Call,
  tip: Snapshot,
  existing: SecretItem,
  name: string,
  token: string,
  value: GivenValue | undefined,
): Made {
  if (isScheduledForDeletion(existing)) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (value !== undefined && isRepeat(call, tip, existing, { token, value })) {
    return { id: existing.id, versionId: token };
  }
  throw resourceExists(`The operation failed because the secret ${name} already exists.`);
}

function makeSecret(
  call: Call,
  tip: Snapshot,
  ids: IdSource,
  input: Input<'CreateSecret'>,
  tags: readonly { readonly key: string; readonly value: string }[],
): { readonly item: SecretItem; readonly changes: readonly Change[] } {
  const location = locationFor(tip, call.room.home, { region: call.region, name: input.Name });
  const place = schemaFor(call, tip, ids, location, input.Name);
  const bare = newSecretItem(call, tip, ids, place.schema, location.item);
  const tagged = tags.length === 0 ? bare : withAws(bare, { tags, tagged: true });
  const typed = input.Type === undefined ? tagged : withAws(tagged, { type: input.Type });
  const item = input.KmsKeyId === undefined ? typed : withKey(call, tip, typed, call.region, input.KmsKeyId);
  const value = givenValue(input);
  const written =
    value === undefined
      ? []
      : writeValue(call, tip, item, { token: input.ClientRequestToken!, value, stages: ['AWSCURRENT'] })
          .changes;
  return {
    item,
    changes: [
      ...place.changes,
      put('item', item),
      ...describe(tip, item, input.Description ?? ''),
      ...written,
      put('auditEvent', {
        id: ids.nextNumber('auditEvent'),
        eventType: 'create',
        objectType: 'secret',
        details: { database: location.database, id: item.id, item: item.name, schema: location.schema },
        user: call.caller.role ?? null,
        occurredAt: call.now,
      }),
    ],
  };
}
