/**
 * Errors as the service sends them: a code, a text, a status. Source: reference aws-secrets-manager 1.3, 2.0 and 2.18.
 */

/** How an error body spells its message member; errors of the service model use a capital letter. */
export type MessageMember = 'Message' | 'message' | 'both';

/** An error of the AWS door. Its text never carries a secret value. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly member: MessageMember;

  constructor(code: string, message: string, status = 400, member: MessageMember = 'Message') {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
    this.member = member;
  }

  /** The body of the answer; an error without a text has no message member. */
  body(): Readonly<Record<string, string>> {
    const spelt: Record<string, string> = { __type: this.code };
    if (this.message === '') return spelt;
    if (this.member !== 'message') spelt['Message'] = this.message;
    if (this.member !== 'Message') spelt['message'] = this.message;
    return spelt;
  }
}

/** Errors of the front end are outside the service model: lower-case message member. */
export function frontEndError(code: string, message = '', status = 400): AwsError {
  return new AwsError(code, message, status, 'message');
}

export function resourceNotFound(message = "Secrets Manager can't find the specified secret."): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function resourceExists(message: string): AwsError {
  return new AwsError('ResourceExistsException', message);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceededException', message);
}

export function malformedPolicy(message: string): AwsError {
  return new AwsError('MalformedPolicyDocumentException', message);
}

export function validationError(message: string): AwsError {
  return frontEndError('ValidationException', message);
}

export function accessDenied(message: string): AwsError {
  return new AwsError('AccessDeniedException', message, 400, 'both');
}

export function invalidNextToken(): AwsError {
  return new AwsError('InvalidNextTokenException', 'The NextToken value is not valid.');
}

/** A fault of the server itself; says nothing of its cause. */
export function internalError(): AwsError {
  return new AwsError('InternalServiceError', 'An error occurred on the server side.', 500, 'both');
}

/** Texts that more than one operation uses. */
export const TEXT = {
  tokenMissing: 'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
  bothValues: "You can't specify both a binary secret value and a string secret value in the same secret.",
  noValue: 'You must provide either SecretString or SecretBinary.',
  markedForDeletion: "You can't perform this operation on the secret because it was marked for deletion.",
  replica: "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  kmsAccess: 'Access to KMS is not allowed',
  otherAccountsDefaultKey:
    "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.",
  encryptionFailure:
    "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.",
  decryptionFailure: "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
  invalidName:
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
} as const;

/** The text of a client request token that stands for another value. */
export function tokenInUse(token: string, arn: string): AwsError {
  return resourceExists(
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  );
}

/** No version carries the label. */
export function labelNotFound(label: string): AwsError {
  return resourceNotFound(
    `Secrets Manager can't find the specified secret value for staging label: ${label}`,
  );
}

/** No version has the id. */
export function versionNotFound(versionId: string): AwsError {
  return resourceNotFound(
    `Secrets Manager can't find the specified secret value for VersionId: ${versionId}`,
  );
}
