/** PutSecretValue. Source: reference aws-secrets-manager 2.2. */
import { put } from '../../catalog/changes.ts';
import { CURRENT } from '../../secrets/versions.ts';
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
    const { snapshot, result } = await call.room.committer.commit((tip) => {
      const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
      if (isRepeat(call, tip, item, { token, value })) {
        return { changes: [], result: { item, abandoned: false } };
      }
      const stages = input.VersionStages ?? [CURRENT];
      const written = writeValue(call, tip, item, { token, value, stages });
      const changes =
        written.item === item ? written.changes : [...written.changes, put('item', written.item)];
      return { changes, result: { item: written.item, abandoned: written.abandonedRotation } };
    });
    const { item, abandoned } = result;
    if (abandoned) noteServiceEvent(call.room, snapshot, item, 'RotationAbandoned');
    return {
      ARN: arnOf(snapshot, call.room.home, item),
      Name: call.room.nameOf(snapshot, item),
      VersionId: token,
      VersionStages: versionOf(snapshot, item, token)?.stages ?? [],
    };
  },
  audited: (output) => ({ arn: output?.['ARN'] }),
};
