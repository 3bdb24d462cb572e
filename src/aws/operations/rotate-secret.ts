/** RotateSecret. Source: reference aws-secrets-manager 2.11. */
import { put } from '../../catalog/changes.ts';
import type { AwsRotationRecord, SecretItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { CURRENT, PENDING } from '../../secrets/versions.ts';
import { commitAnswer } from '../commit-answer.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import { accessDenied, invalidParameter, invalidRequest, TEXT } from '../protocol/errors.ts';
import type { Call, Operation } from '../protocol/operation.ts';
import { startAttempt } from '../rotation/attempt.ts';
import { checkRules, type Rules } from '../rotation/schedule.ts';
import { labelled, versionOf } from '../secret-facts.ts';
import type { Input } from '../shapes.ts';

export const rotateSecret: Operation<'RotateSecret'> = {
  readOnly: false,
  async run(call, input) {
    const token = input.ClientRequestToken;
    if (token === undefined) throw invalidParameter(TEXT.tokenMissing);
    const rules = input.RotationRules === undefined ? undefined : checkRules(input.RotationRules);
    const { committer, rotations } = call.room;
    const before = findSecret(call, committer.current(), input.SecretId, { need: 'owner' });
    await checkFunction(call, lambdaOf(before, input));
    const { output, result } = await commitAnswer(
      call,
      (tip) => {
        const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
        const hasValue = hasPendingValue(tip, item, token);
        if (isSameRequest(tip, item, token)) return { changes: [], result: { item, begun: false } };
        if (!hasValue) checkUnfinished(call, tip, item);
        const rotation = configured(call, item, input, rules);
        const kind = input.RotateImmediately === false ? 'test' : 'rotate';
        const after = startAttempt(item, rotation, { token, kind, startedAt: call.now, hasValue });
        return { changes: [put('item', after)], result: { item: after, begun: true } };
      },
      (after, { item }) => ({
        ARN: arnOf(after, call.room.home, item),
        Name: call.room.nameOf(after, item),
        VersionId: token,
      }),
    );
    if (result.begun) rotations.start(result.item.id);
    return output;
  },
  audited: (output) => ({
    arn: output?.['ARN'],
    name: output?.['Name'],
    versionId: output?.['VersionId'],
  }),
};

function lambdaOf(item: SecretItem, input: Input<'RotateSecret'>): string {
  const arn = input.RotationLambdaARN || item.aws?.rotation?.lambdaArn;
  if (arn === undefined) {
    throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
  }
  return arn;
}

/** A function that cannot be called leaves the secret as it was. */
async function checkFunction(call: Call, arn: string): Promise<void> {
  if ((await call.room.functions.find(arn)?.available()) === true) return;
  throw accessDenied(
    'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
  );
}

/** Whether the token is of a value that waits to become current: a rotation with that token goes on from there. */
function hasPendingValue(tip: Snapshot, item: SecretItem, token: string): boolean {
  const stages = versionOf(tip, item, token)?.stages ?? [];
  return stages.includes(PENDING) && !stages.includes(CURRENT);
}

/** A request that came before: its rotation is under way, or done. One that was cancelled begins again. */
function isSameRequest(tip: Snapshot, item: SecretItem, token: string): boolean {
  const rotation = item.aws?.rotation;
  if (rotation?.attempt?.token === token) return rotation.enabled;
  return versionOf(tip, item, token) !== undefined && !hasPendingValue(tip, item, token);
}

/** Throws while AWSPENDING is on a version that is not current; a rotation that failed is tried again then. */
function checkUnfinished(call: Call, tip: Snapshot, item: SecretItem): void {
  const rotation = item.aws?.rotation;
  // One that was cancelled before it had a value leaves nothing behind.
  const attempt = rotation?.enabled === false && !rotation.attempt?.hasValue ? undefined : rotation?.attempt;
  const pending = labelled(tip, item, PENDING);
  const unfinished = attempt !== undefined || (pending !== undefined && !pending.stages.includes(CURRENT));
  if (!unfinished) return;
  if (attempt !== undefined) call.room.rotations.start(item.id);
  throw invalidRequest('A previous rotation isn’t complete. That rotation will be reattempted.');
}

function configured(
  call: Call,
  item: SecretItem,
  input: Input<'RotateSecret'>,
  rules: Rules | undefined,
): AwsRotationRecord {
  const before = item.aws?.rotation;
  const metadata = input.ExternalSecretRotationMetadata?.map(({ Key, Value }) => ({
    key: Key,
    value: Value,
  }));
  return {
    ...before,
    enabled: true,
    lambdaArn: lambdaOf(item, input),
    configuredAt: rules === undefined ? (before?.configuredAt ?? call.now) : call.now,
    ...(rules === undefined ? {} : { rules }),
    ...(metadata === undefined ? {} : { externalMetadata: metadata }),
    ...(input.ExternalSecretRotationRoleArn === undefined
      ? {}
      : { externalRoleArn: input.ExternalSecretRotationRoleArn }),
  };
}
