/** GetSecretValue. Source: reference aws-secrets-manager 2.5. */
import type { SecretItem, SecretVersionRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import { present, type Call, type Fields, type Operation } from '../protocol/operation.ts';
import { seconds } from '../secret-facts.ts';
import { readValue, shownValue, versionToRead } from '../value.ts';

export const getSecretValue: Operation<'GetSecretValue'> = {
  readOnly: true,
  run(call, input) {
    const snapshot = call.room.committer.current();
    const item = findSecret(call, snapshot, input.SecretId, { need: 'owner', evenReplica: true });
    return showValue(call, snapshot, item, versionToRead(snapshot, item, input));
  },
};

/** One value as GetSecretValue and BatchGetSecretValue show it. */
export async function showValue(
  call: Call,
  snapshot: Snapshot,
  item: SecretItem,
  version: SecretVersionRecord,
): Promise<Fields> {
  const value = await readValue(call, snapshot, version);
  call.room.accesses.note(version, call.now);
  return present({
    ARN: arnOf(snapshot, call.room.home, item),
    Name: call.room.nameOf(snapshot, item),
    VersionId: version.versionId,
    ...shownValue(version, value),
    VersionStages: version.stages.length === 0 ? undefined : version.stages,
    CreatedDate: seconds(version.createdAt),
  });
}
