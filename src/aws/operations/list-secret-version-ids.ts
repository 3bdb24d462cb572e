/** ListSecretVersionIds. Source: reference aws-secrets-manager 2.8. */
import type { SecretVersionRecord } from '../../catalog/records.ts';
import { findSecret } from '../find-secret.ts';
import { shownKeyIds } from '../kms/secret-keys.ts';
import { arnOf } from '../names.ts';
import { pageToken, readPageToken } from '../page-token.ts';
import { present, type Call, type Fields, type Operation } from '../protocol/operation.ts';
import { seconds, versionsOf } from '../secret-facts.ts';

const PAGE = 100;

export const listSecretVersionIds: Operation<'ListSecretVersionIds'> = {
  readOnly: true,
  run(call, input) {
    const snapshot = call.room.committer.current();
    const item = findSecret(call, snapshot, input.SecretId, {
      need: 'describe',
      evenDeleted: true,
      evenReplica: true,
    });
    const query = ['versions', item.id, input.IncludeDeprecated ?? false];
    const { keyRing } = call.room;
    const after = input.NextToken === undefined ? 0 : Number(readPageToken(keyRing, query, input.NextToken));
    const listed = versionsOf(snapshot, item).filter(
      (v) => v.sequence > after && (input.IncludeDeprecated === true || v.stages.length > 0),
    );
    const page = listed.slice(0, input.MaxResults ?? PAGE);
    const more = listed.length > page.length;
    return present({
      ARN: arnOf(snapshot, call.room.home, item),
      Name: call.room.nameOf(snapshot, item),
      Versions: page.map((version) => entry(call, version)),
      NextToken: more ? pageToken(keyRing, query, String(page.at(-1)!.sequence)) : undefined,
    });
  },
};

function entry(call: Call, version: SecretVersionRecord): Fields {
  const { stages } = version;
  const lastAccessedAt = call.room.accesses.dayOf(version);
  return present({
    VersionId: version.versionId,
    VersionStages: stages.length === 0 ? undefined : stages,
    LastAccessedDate: lastAccessedAt === undefined ? undefined : seconds(lastAccessedAt),
    CreatedDate: seconds(version.createdAt),
    KmsKeyIds: shownKeyIds(call, version.wrappingKeyIds),
  });
}
