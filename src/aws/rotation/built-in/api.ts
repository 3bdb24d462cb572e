/** How built-in rotation functions reach the service: the operations themselves, as the owner of the secret they rotate. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../caller.ts';
import { serviceCaller } from '../../caller.ts';
import { resolveSecret } from '../../names.ts';
import type { Call, Fields } from '../../protocol/operation.ts';
import type { AwsRoom } from '../../room.ts';
import { OPERATIONS } from '../../operations/index.ts';
import type { Input } from '../../shapes.ts';
import { auditInput, callRecord } from '../../audit/records.ts';
import { SHAPES } from '../../shapes.ts';

type Used = 'GetSecretValue' | 'PutSecretValue' | 'DescribeSecret' | 'UpdateSecretVersionStage';

/** Calls an operation in-process; it is audited as any call is. */
export type Api = <O extends Used>(name: O, input: Input<O>) => Promise<Fields>;

/** The service as the function that rotates a secret sees it. `arn` names the function in the audit log. */
export function apiFor(room: AwsRoom, secretArn: string, arn: string): Api {
  const region = secretArn.split(':')[3] ?? room.home.region;
  const caller = callerFor(room, secretArn, region);
  return async (name, input) => {
    const call: Call = {
      room,
      region,
      caller,
      requestId: randomUUID(),
      action: name,
      now: room.clock(),
      input: input as Fields,
      sourceIp: 'secretsmanager.amazonaws.com',
      userAgent: arn,
    };
    const operation = OPERATIONS[name];
    const run = operation.run as (call: Call, input: unknown) => Fields | Promise<Fields>;
    const output = await run(call, input);
    note(call, name, input, operation.readOnly);
    return output;
  };
}

function callerFor(room: AwsRoom, secretArn: string, region: string): Caller {
  const snapshot = room.committer.current();
  const item = resolveSecret(snapshot, room.home, region, secretArn);
  const role = item === undefined ? undefined : snapshot.roles.get(item.ownerId)?.name;
  const caller = serviceCaller(room.home.accountId);
  if (role === undefined) return caller;
  return { ...caller, role, principalArn: `arn:aws:iam::${room.home.accountId}:user/${role}` };
}

function note(call: Call, name: Used, input: unknown, readOnly: boolean): void {
  const facts = {
    eventSource: 'secretsmanager.amazonaws.com',
    eventName: name,
    region: call.region,
    accountId: call.room.home.accountId,
    requestId: call.requestId,
    now: call.now,
    sourceIp: call.sourceIp,
    userAgent: call.userAgent,
    caller: call.caller,
    readOnly,
  };
  const requestParameters = auditInput(SHAPES[name], input as Fields);
  call.room.audit.append(call.now, callRecord(facts, { requestParameters, responseElements: null }));
}
