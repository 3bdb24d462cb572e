/** Edits of a rotation attempt: how it begins, fails and ends. Pure functions from one record to the next. */
import type { AwsRotationAttempt, AwsRotationRecord, SecretItem } from '../../catalog/records.ts';
import { withAws } from '../secret-facts.ts';

/** Times a failed rotation is tried again by itself. */
const MAX_FAILURES = 5;
const FIRST_RETRY_MS = 60_000;

export function withRotation(item: SecretItem, rotation: AwsRotationRecord): SecretItem {
  return withAws(item, { rotation });
}

export function startAttempt(
  item: SecretItem,
  rotation: AwsRotationRecord,
  attempt: Pick<AwsRotationAttempt, 'token' | 'kind' | 'startedAt' | 'hasValue'>,
): SecretItem {
  return withRotation(item, { ...rotation, attempt: { ...attempt, failures: 0 } });
}

/** The attempt of a secret, if it is still this one and rotation was not cancelled. */
export function liveAttempt(item: SecretItem | undefined, token: string): AwsRotationAttempt | undefined {
  const rotation = item?.aws?.rotation;
  return rotation?.enabled === true && rotation.attempt?.token === token ? rotation.attempt : undefined;
}

/** The secret without its attempt; `rotatedAt` when it came to its end. */
export function endAttempt(item: SecretItem, rotatedAt?: number): SecretItem {
  const rotation = item.aws?.rotation;
  if (rotation === undefined) return item;
  const { attempt: _ended, ...rest } = rotation;
  return withRotation(item, rotatedAt === undefined ? rest : { ...rest, lastRotatedDate: rotatedAt });
}

/** The secret with its attempt put off, or given up after too many failures. */
export function failAttempt(item: SecretItem, now: number): SecretItem {
  const rotation = item.aws?.rotation;
  if (rotation?.attempt === undefined) return item;
  const { retryAt: _past, ...attempt } = rotation.attempt;
  const failures = attempt.failures + 1;
  const retry = failures < MAX_FAILURES ? { retryAt: now + FIRST_RETRY_MS * 2 ** (failures - 1) } : {};
  return withRotation(item, { ...rotation, attempt: { ...attempt, failures, ...retry } });
}
