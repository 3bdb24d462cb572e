/** UpdateSecretVersionStage. Source: reference aws-secrets-manager 2.4 and 3.2 (T10 to T13). */
import { put, type Change } from '../../catalog/changes.ts';
import type { SecretItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { replicasOf } from '../../engine/secret-value.ts';
import {
  changed,
  CURRENT,
  labelledVersions,
  moveLabels,
  PENDING,
  withStages,
} from '../../secrets/versions.ts';
import { commitAnswer } from '../commit-answer.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import { invalidParameter, versionNotFound } from '../protocol/errors.ts';
import type { Call, Operation } from '../protocol/operation.ts';
import { versionOf, withAws } from '../secret-facts.ts';
import type { Input } from '../shapes.ts';
import { checkLabelQuota } from '../value.ts';

export const updateSecretVersionStage: Operation<'UpdateSecretVersionStage'> = {
  readOnly: false,
  async run(call, input) {
    const { output } = await commitAnswer(
      call,
      (tip) => {
        const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
        const after = afterMove(call, tip, item, input);
        const changes = [item, ...replicasOf(tip, item.id)].flatMap((copy) => moves(call, tip, copy, input));
        return { changes: [...changes, put('item', after)], result: after };
      },
      (after, item) => ({ ARN: arnOf(after, call.room.home, item), Name: call.room.nameOf(after, item) }),
    );
    return output;
  },
  audited: (output) => ({ arn: output?.['ARN'] }),
};

type StageInput = Input<'UpdateSecretVersionStage'>;

/** Checks the move; answers the secret's record as the move leaves it. */
function afterMove(call: Call, tip: Snapshot, item: SecretItem, input: StageInput): SecretItem {
  const { VersionStage: label, MoveToVersionId: to, RemoveFromVersionId: from } = input;
  const rotation = item.aws?.rotation;
  const reserved = rotation?.attempt?.hasValue === false ? rotation.attempt.token : undefined;
  if (to === undefined && from === undefined) {
    throw invalidParameter('You must specify MoveToVersionId, RemoveFromVersionId, or both.');
  }
  for (const id of [to, from]) {
    const known = id === undefined || id === reserved || versionOf(tip, item, id) !== undefined;
    if (!known) throw versionNotFound(id);
  }
  if (to !== undefined && to === reserved) throw versionNotFound(to);
  const holder = tip.stagesOfSecret.get(item.id)?.get(label) ?? (label === PENDING ? reserved : undefined);
  checkSource(label, holder, to, from);
  if (to !== undefined) checkLabelQuota(tip, item, [label]);
  const touched = withAws(item, {}, call.now);
  if (label !== PENDING || rotation?.attempt === undefined || to === rotation.attempt.token) return touched;
  // The label of the attempt went elsewhere or is gone: nothing is left to try again.
  const { attempt: _ended, ...rest } = rotation;
  return withAws(touched, { rotation: rest });
}

function checkSource(
  label: string,
  holder: string | undefined,
  to: string | undefined,
  from: string | undefined,
): void {
  if (from === undefined) {
    if (holder === undefined || holder === to) return;
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (holder !== from) {
    throw invalidParameter(
      `When you move staging label ${label}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label ${label}.`,
    );
  }
  if (to === undefined && label === CURRENT) {
    throw invalidParameter(
      'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
    );
  }
}

function moves(call: Call, tip: Snapshot, item: SecretItem, input: StageInput): readonly Change[] {
  const { VersionStage: label, MoveToVersionId: to } = input;
  const versions = labelledVersions(tip, item.id);
  if (to === undefined) {
    const without = versions.map((v) =>
      withStages(
        v,
        v.stages.filter((stage) => stage !== label),
        call.now,
      ),
    );
    return changed(versions, without);
  }
  // A version without labels may come back: it is not among the labelled ones.
  const target = versionOf(tip, item, to);
  const all =
    versions.some((v) => v.versionId === to) || target === undefined ? versions : [...versions, target];
  return changed(all, moveLabels(all, to, [label], call.now));
}
