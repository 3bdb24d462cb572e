/** DescribeSecret. Source: reference aws-secrets-manager 2.6. */
import type { SecretItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import { present, type Call, type Fields, type Operation } from '../protocol/operation.ts';
import { shownReplication } from '../replication.ts';
import { shownRotation } from '../rotation/shown.ts';
import {
  awsOf,
  descriptionOf,
  labelsOf,
  lastAccessed,
  lastChanged,
  metadataSource,
  seconds,
} from '../secret-facts.ts';

export const describeSecret: Operation<'DescribeSecret'> = {
  readOnly: true,
  run(call, input) {
    const snapshot = call.room.committer.current();
    const item = findSecret(call, snapshot, input.SecretId, {
      need: 'describe',
      evenDeleted: true,
      evenReplica: true,
    });
    return present({
      ...sharedFacts(call, snapshot, item),
      VersionIdsToStages: labelsOf(snapshot, item),
      ReplicationStatus: shownReplication(call, snapshot, item),
    });
  },
};

/** Members that DescribeSecret and ListSecrets have in common. */
export function sharedFacts(call: Call, snapshot: Snapshot, item: SecretItem): Fields {
  const own = awsOf(item);
  const shared = awsOf(metadataSource(snapshot, item));
  const accessed = lastAccessed(call.room.accesses, snapshot, item);
  return {
    ARN: arnOf(snapshot, call.room.home, item),
    Name: call.room.nameOf(snapshot, item),
    Type: shared.type,
    Description: descriptionOf(snapshot, item),
    KmsKeyId: own.kmsKeyId,
    ...shownRotation(snapshot, item, call.now),
    LastChangedDate: seconds(lastChanged(snapshot, item)),
    LastAccessedDate: accessed === undefined ? undefined : seconds(accessed),
    DeletedDate: own.deletionAt === undefined ? undefined : seconds(own.deletionAt),
    Tags: shownTags(shared),
    OwningService: shared.owningService,
    CreatedDate: seconds(own.createdDate),
    PrimaryRegion: own.primaryRegion,
  };
}

/** Absent on a secret that never had a tag; an empty list once the last one went. */
function shownTags({ tags, tagged }: ReturnType<typeof awsOf>): Fields[string] {
  if (tagged !== true && tags.length === 0) return undefined;
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}
