/** How built-in rotation functions reach the service: the operations themselves, as the owner of the secret they rotate. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../caller.ts';
import { serviceCaller } from '../../caller.ts';
import { resolveSecret } from '../../names.ts';
import type { Fields } from '../../protocol/operation.ts';
import type { ServiceOperation } from '../../protocol/service.ts';
import type { AwsRoom } from '../../room.ts';
import { runOperation, type Request } from '../../run-operation.ts';
import { OPERATIONS } from '../../operations/index.ts';
import type { Input } from '../../shapes.ts';
import { SHAPES } from '../../shapes.ts';

type Used = 'GetSecretValue' | 'PutSecretValue' | 'DescribeSecret' | 'UpdateSecretVersionStage';

/** Calls an operation in-process; it is audited as any call is. */
export type Api = <O extends Used>(name: O, input: Input<O>) => Promise<Fields>;

/** The service as the function that rotates a secret sees it. `arn` names the function in the audit log. */
export function apiFor(room: AwsRoom, secretArn: string, arn: string): Api {
  const region = secretArn.split(':')[3] ?? room.home.region;
  const caller = callerFor(room, secretArn, region);
  return async (name, input) => {
    const request: Request = {
      room,
      region,
      caller,
      requestId: randomUUID(),
      action: name,
      now: room.clock(),
      sourceIp: 'secretsmanager.amazonaws.com',
      userAgent: arn,
    };
    const operation = { ...OPERATIONS[name], shape: SHAPES[name] } as unknown as ServiceOperation;
    const output = await runOperation(
      request,
      'secretsmanager.amazonaws.com',
      operation,
      () => input as Fields,
    );
    return (output ?? {}) as Fields;
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
