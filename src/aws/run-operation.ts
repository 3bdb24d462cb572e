/** Runs an operation and writes its record, whatever came of it: for the door and for what the server does by itself. */
import { SqlError } from '../errors.ts';
import { CallAudit } from './audit/call-audit.ts';
import { AwsError, internalError } from './protocol/errors.ts';
import { JsonText, type Call, type Fields, type Output } from './protocol/operation.ts';
import type { ServiceOperation } from './protocol/service.ts';

/** A call whose input is not read yet. */
export type Request = Omit<Call, 'input' | 'audit'>;

/** Answers the operation's output. `read`: its input; throws what keeps it from being read. */
export async function runOperation(
  request: Request,
  eventSource: string,
  operation: ServiceOperation,
  read: () => Fields,
): Promise<Output> {
  const { room, action, readOnly } = { ...request, readOnly: operation.readOnly };
  const { accountId } = room.home;
  const audit = new CallAudit(
    room.audit,
    { ...request, eventSource, eventName: action, accountId, readOnly },
    operation,
  );
  try {
    const input = read();
    audit.asked(input);
    const output = await operation.run({ ...request, input, audit }, input);
    await audit.succeeded(output instanceof JsonText ? undefined : output);
    return output;
  } catch (cause) {
    const error = knownError(cause);
    audit.failed(error ?? internalError());
    throw error ?? cause;
  }
}

/** Errors of the store and of the engine that a client may hear of. */
function knownError(cause: unknown): AwsError | undefined {
  if (cause instanceof AwsError) return cause;
  if (cause instanceof SqlError && cause.code === '58030') {
    return new AwsError('InternalServiceError', cause.message, 500, 'both');
  }
  return undefined;
}
