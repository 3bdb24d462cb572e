/** CancelRotateSecret. Source: reference aws-secrets-manager 2.12. */
import { put } from '../../catalog/changes.ts';
import type { SecretItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { CURRENT, PENDING } from '../../secrets/versions.ts';
import { commitAnswer } from '../commit-answer.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import { present, type Operation } from '../protocol/operation.ts';
import { labelled, withAws } from '../secret-facts.ts';

export const cancelRotateSecret: Operation<'CancelRotateSecret'> = {
  readOnly: false,
  async run(call, input) {
    const { output } = await commitAnswer(
      call,
      (tip) => {
        const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
        const rotation = item.aws?.rotation ?? { enabled: false, configuredAt: call.now };
        const after = withAws(item, { rotation: { ...rotation, enabled: false } });
        return { changes: [put('item', after)], result: after };
      },
      (after, item) =>
        present({
          ARN: arnOf(after, call.room.home, item),
          Name: call.room.nameOf(after, item),
          VersionId: unfinished(after, item),
        }),
    );
    return output;
  },
  audited: (output) => ({ arn: output?.['ARN'] }),
};

/** Version that a rotation left with AWSPENDING. */
function unfinished(snapshot: Snapshot, item: SecretItem): string | undefined {
  const attempt = item.aws?.rotation?.attempt;
  if (attempt !== undefined) return attempt.token;
  const pending = labelled(snapshot, item, PENDING);
  return pending?.stages.includes(CURRENT) === true ? undefined : pending?.versionId;
}
