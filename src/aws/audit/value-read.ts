/** BatchGetSecretValue is audited as one GetSecretValue for each secret. Source: reference aws-secrets-manager 2.14. */
import type { AwsError } from '../protocol/errors.ts';
import type { Call } from '../protocol/operation.ts';
import { callRecord } from './records.ts';

export function noteValueRead(call: Call, secretId: string, error: AwsError | undefined): void {
  const { audit, home } = call.room;
  const facts = {
    eventSource: 'secretsmanager.amazonaws.com',
    eventName: 'GetSecretValue',
    region: call.region,
    accountId: home.accountId,
    requestId: call.requestId,
    now: call.now,
    sourceIp: call.sourceIp,
    userAgent: call.userAgent,
    caller: call.caller,
    readOnly: true,
  };
  audit.append(
    call.now,
    callRecord(facts, { requestParameters: { secretId }, responseElements: null, error }),
  );
}
