/** PutSecretValue. Source: reference aws-secrets-manager 2.2. */
import { put } from '../../catalog/changes.ts';
import { CURRENT } from '../../secrets/versions.ts';
import { commitAnswer } from '../commit-answer.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import { invalidRequest, TEXT } from '../protocol/errors.ts';
import type { Operation } from '../protocol/operation.ts';
import { noteServiceEvent } from '../room.ts';
import { versionOf } from '../secret-facts.ts';
import { givenValue, isRepeat, writeValue } from '../value.ts';

export const putSecretValue: Operation<'PutSecretValue'> = {
  readOnly: false,
  async run(call, input) {
    const token = input.ClientRequestToken;
    if (token === undefined) throw invalidRequest(TEXT.tokenMissing);
    const value = givenValue(input);
    if (value === undefined) throw invalidRequest(TEXT.noValue);
    const { output, snapshot, result } = await commitAnswer(
      call,
      (tip) => {
        const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
        if (isRepeat(call, tip, item, { token, value })) {
          return { changes: [], result: { item, abandoned: false } };
        }
        const stages = input.VersionStages ?? [CURRENT];
        const written = writeValue(call, tip, item, { token, value, stages });
        const changes =
          written.item === item ? written.changes : [...written.changes, put('item', written.item)];
        return { changes, result: { item: written.item, abandoned: written.abandonedRotation } };
      },
      (after, { item }) => ({
        ARN: arnOf(after, call.room.home, item),
        Name: call.room.nameOf(after, item),
        VersionId: token,
        VersionStages: versionOf(after, item, token)?.stages ?? [],
      }),
    );
    if (result.abandoned) noteServiceEvent(call.room, snapshot, result.item, 'RotationAbandoned');
    return output;
  },
  audited: (output) => ({ arn: output?.['ARN'] }),
};
