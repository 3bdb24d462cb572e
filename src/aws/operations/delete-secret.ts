/** DeleteSecret. Source: reference aws-secrets-manager 2.9 and 5.3. */
import { put } from '../../catalog/changes.ts';
import type { SecretItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { CommitRequest, IdSource } from '../../engine/committer.ts';
import { replicasOf } from '../../engine/secret-value.ts';
import { checkCaller } from '../access.ts';
import { commitAnswer } from '../commit-answer.ts';
import { blockers, removal } from '../deletion.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf, newSuffix, placeOf, resolveSecret, secretArn } from '../names.ts';
import { invalidParameter, invalidRequest, TEXT } from '../protocol/errors.ts';
import type { Call, Fields, Operation } from '../protocol/operation.ts';
import { isScheduledForDeletion, seconds, withAws } from '../secret-facts.ts';

const DAY_MS = 86_400_000;
const DEFAULT_WINDOW = 30;

export const deleteSecret: Operation<'DeleteSecret'> = {
  readOnly: false,
  async run(call, input) {
    const { RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force } = input;
    if (force === true && days !== undefined) {
      throw invalidParameter(
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
      );
    }
    if (days !== undefined && (days < 7 || days > 30)) {
      throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
    }
    return force === true
      ? deleteNow(call, input.SecretId)
      : schedule(call, input.SecretId, days ?? DEFAULT_WINDOW);
  },
  audited: (output) => ({
    name: output?.['Name'],
    arn: output?.['ARN'],
    deletionDate: cloudTrailDate(Number(output?.['DeletionDate']) * 1000),
  }),
};

/** `May 3, 2018 5:51:02 PM` */
function cloudTrailDate(time: number): string {
  const date = new Date(time);
  const day = date.toLocaleDateString('en-US', {
    month: 'short',
    day: 'numeric',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const clock = date.toLocaleTimeString('en-US', { timeZone: 'UTC' }).replace(/\u202f/g, ' ');
  return `${day} ${clock}`;
}

function shown(call: Call, snapshot: Snapshot, item: SecretItem, deletionAt: number): Fields {
  return {
    ARN: arnOf(snapshot, call.room.home, item),
    Name: call.room.nameOf(snapshot, item),
    DeletionDate: seconds(deletionAt),
  };
}

/** Throws while copies in other regions are left. */
function checkReplicas(call: Call, tip: Snapshot, item: SecretItem): void {
  const regions = replicasOf(tip, item.id).map((replica) => placeOf(tip, call.room.home, replica).region);
  if (regions.length === 0) return;
  throw invalidParameter(
    `You can't delete secret ${arnOf(tip, call.room.home, item)} that still has replica regions [${regions.sort().join(', ')}].`,
  );
}

async function schedule(call: Call, secretId: string, days: number): Promise<Fields> {
  const deletionAt = call.now + days * DAY_MS;
  const { output } = await commitAnswer(
    call,
    (tip) => {
      const item = findSecret(call, tip, secretId, { need: 'owner', evenDeleted: true });
      if (isScheduledForDeletion(item)) throw invalidRequest(TEXT.markedForDeletion);
      checkReplicas(call, tip, item);
      const marked = withAws(item, { deletedDate: call.now, deletionAt });
      return { changes: [put('item', marked)], result: marked };
    },
    (after, item) => shown(call, after, item, deletionAt),
  );
  return output;
}

async function deleteNow(call: Call, secretId: string): Promise<Fields> {
  const build = (tip: Snapshot, ids: IdSource): CommitRequest<Fields> => {
    if (resolveSecret(tip, call.room.home, call.region, secretId) === undefined) {
      checkCaller(call, tip, secretId);
      return { changes: [], result: neverThere(call, secretId) };
    }
    const item = findSecret(call, tip, secretId, { need: 'owner', evenDeleted: true });
    checkReplicas(call, tip, item);
    const users = blockers(tip, item);
    if (users.length > 0) {
      throw invalidRequest(
        `You can't delete secret ${arnOf(tip, call.room.home, item)} because it is still used by ${users.join(', ')}.`,
      );
    }
    return { changes: removal(call, tip, ids, item), result: shown(call, tip, item, call.now) };
  };
  return (await commitAnswer(call, build, (_after, output) => output)).output;
}

/** A forced delete of what is not there answers as if it had been. */
function neverThere(call: Call, secretId: string): Fields {
  const arn = secretId.startsWith('arn:')
    ? secretId
    : secretArn(call.room.home, { region: call.region, name: secretId }, newSuffix());
  const name = /:secret:(.+?)(?:-[A-Za-z0-9]{6})?$/.exec(secretId)?.[1] ?? secretId;
  return { ARN: arn, Name: name, DeletionDate: seconds(call.now) };
}
