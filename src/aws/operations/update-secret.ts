/** UpdateSecret. Source: reference aws-secrets-manager 2.3 and 4.2. */
import { put, type Change } from '../../catalog/changes.ts';
import type { SecretItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { CURRENT } from '../../secrets/versions.ts';
import { commitAnswer } from '../commit-answer.ts';
import { findSecret } from '../find-secret.ts';
import { readForRewrap, rewrapped, type ReadVersion } from '../kms/rewrap.ts';
import { withKey } from '../kms/secret-keys.ts';
import { arnOf } from '../names.ts';
import { invalidRequest, TEXT } from '../protocol/errors.ts';
import { present, type Call, type Operation } from '../protocol/operation.ts';
import { noteServiceEvent } from '../room.ts';
import { describe, withAws } from '../secret-facts.ts';
import type { Input } from '../shapes.ts';
import { givenValue, isRepeat, writeValue, type GivenValue } from '../value.ts';

export const updateSecret: Operation<'UpdateSecret'> = {
  readOnly: false,
  async run(call, input) {
    const token = input.ClientRequestToken;
    if (token === undefined) throw invalidRequest(TEXT.tokenMissing);
    const value = givenValue(input);
    const before = call.room.committer.current();
    const target = findSecret(call, before, input.SecretId, { need: 'owner' });
    const read = input.KmsKeyId === undefined ? [] : await readForRewrap(call, before, target);
    const { output, snapshot, result } = await commitAnswer(
      call,
      (tip) => {
        const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
        const update = updated(call, tip, item, input, { token, value, read });
        return { changes: update.changes, result: update };
      },
      (after, { item }) =>
        present({
          ARN: arnOf(after, call.room.home, item),
          Name: call.room.nameOf(after, item),
          VersionId: value && token,
        }),
    );
    if (result.abandoned) noteServiceEvent(call.room, snapshot, result.item, 'RotationAbandoned');
    return output;
  },
  audited: (output) => ({ arn: output?.['ARN'] }),
};

interface Update {
  readonly item: SecretItem;
  readonly changes: readonly Change[];
  readonly abandoned: boolean;
}

function updated(
  call: Call,
  tip: Snapshot,
  item: SecretItem,
  input: Input<'UpdateSecret'>,
  { token, value, read }: { token: string; value: GivenValue | undefined; read: readonly ReadVersion[] },
): Update {
  const described = input.Description === undefined ? [] : describe(tip, item, input.Description);
  const typed = input.Type === undefined ? item : withAws(item, { type: input.Type });
  const keyed = input.KmsKeyId === undefined ? typed : withKey(call, tip, typed, call.region, input.KmsKeyId);
  const rewraps = input.KmsKeyId === undefined ? [] : rewrapped(call, tip, keyed, read);
  const touched = input.Description !== undefined || keyed !== item;
  const changed = touched ? withAws(keyed, {}, call.now) : keyed;
  const repeated = value === undefined || isRepeat(call, tip, item, { token, value });
  if (repeated) return finished(item, changed, [...described, ...rewraps], false);
  const written = writeValue(call, tip, changed, { token, value, stages: [CURRENT] });
  // Labels move on records that the new key may just have been added to: those come first, so that both hold.
  const changes = [...described, ...rewraps, ...withRewraps(written.changes, rewraps)];
  return finished(item, written.item, changes, written.abandonedRotation);
}

function finished(
  before: SecretItem,
  after: SecretItem,
  changes: readonly Change[],
  abandoned: boolean,
): Update {
  return { item: after, changes: after === before ? changes : [...changes, put('item', after)], abandoned };
}

/** The label moves of a new value on version records that have just got a further key. */
function withRewraps(moves: readonly Change[], rewraps: readonly Change[]): readonly Change[] {
  const keys = new Map<string, readonly string[] | undefined>();
  for (const change of rewraps) {
    if (change.kind !== 'put' || change.collection !== 'secretVersion') continue;
    keys.set(`${change.record.secretId}/${change.record.versionId}`, change.record.wrappingKeyIds);
  }
  return moves.map((change) => {
    if (change.kind !== 'put' || change.collection !== 'secretVersion') return change;
    const wrappingKeyIds = keys.get(`${change.record.secretId}/${change.record.versionId}`);
    return wrappingKeyIds === undefined ? change : put('secretVersion', { ...change.record, wrappingKeyIds });
  });
}
