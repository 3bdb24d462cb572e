/** GetResourcePolicy. Source: reference aws-secrets-manager 2.13. */
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import { resourceNotFound } from '../protocol/errors.ts';
import { present, type Operation } from '../protocol/operation.ts';
import { metadataSource } from '../secret-facts.ts';

export const getResourcePolicy: Operation<'GetResourcePolicy'> = {
  readOnly: true,
  run(call, input) {
    const snapshot = call.room.committer.current();
    const item = findSecret(call, snapshot, input.SecretId, { need: 'describe', evenReplica: true });
    if ((input.PolicyName ?? 'default') !== 'default') {
      throw resourceNotFound("Secrets Manager can't find the specified resource policy.");
    }
    return present({
      ARN: arnOf(snapshot, call.room.home, item),
      Name: call.room.nameOf(snapshot, item),
      ResourcePolicy: metadataSource(snapshot, item).aws?.resourcePolicy,
    });
  },
};
