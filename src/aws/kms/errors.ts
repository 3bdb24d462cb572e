/** Errors of the KMS API: exception names of its model, message member in lower case. */
import { AwsError } from '../protocol/errors.ts';

export function kmsError(code: string, message: string): AwsError {
  return new AwsError(code, message, 400, 'message');
}

export function notFound(what: string, ending = ' is not found.'): AwsError {
  return kmsError('NotFoundException', what + ending);
}

export function disabled(arn: string): AwsError {
  return kmsError('DisabledException', `${arn} is disabled.`);
}

export function invalidState(arn: string, state: string): AwsError {
  return kmsError('KMSInvalidStateException', `${arn} is ${state}.`);
}

export function unsupportedOperation(message: string): AwsError {
  return kmsError('UnsupportedOperationException', message);
}
