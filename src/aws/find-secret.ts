/** From the id in a request to the secret it means, with the checks that come with looking it up. */
import type { SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { checkAccess, checkCaller, type Need } from './access.ts';
import { checkNamesByArn } from './accounts.ts';
import { resolveSecret } from './names.ts';
import { invalidParameter, invalidRequest, resourceNotFound, TEXT } from './protocol/errors.ts';
import type { Call } from './protocol/operation.ts';
import { isReplica, isScheduledForDeletion } from './secret-facts.ts';

export interface Find {
  readonly need: Need;
  /** Works on a secret in its recovery window. */
  readonly evenDeleted?: boolean;
  /** Works on a replica. */
  readonly evenReplica?: boolean;
}

/**
 * The secret an id means. Throws, in this order: ValidationException for what is no name, ResourceNotFound, AccessDenied,
 * InvalidRequest for a secret marked for deletion, InvalidParameter for a replica.
 */
export function findSecret(call: Call, snapshot: Snapshot, secretId: string, find: Find): SecretItem {
  const item = resolveSecret(snapshot, call.room.home, call.region, secretId);
  checkCaller(call, snapshot, secretId);
  checkNamesByArn(call, secretId);
  if (item === undefined) {
    hintAtRegion(call, snapshot, secretId);
    throw resourceNotFound();
  }
  checkAccess(call, snapshot, item, find.need, secretId);
  if (find.evenDeleted !== true && isScheduledForDeletion(item)) throw invalidRequest(TEXT.markedForDeletion);
  if (find.evenReplica !== true && isReplica(item)) throw invalidParameter(TEXT.replica);
  return item;
}

/** A secret looked for in the wrong region is a common surprise: say so in the log. */
function hintAtRegion(call: Call, snapshot: Snapshot, secretId: string): void {
  const { home, logger } = call.room;
  if (call.region === home.region || secretId.startsWith('arn:')) return;
  if (resolveSecret(snapshot, home, home.region, secretId) === undefined) return;
  logger.info(
    { region: call.region, homeRegion: home.region },
    `a secret was looked for in ${call.region}; one of that name is in ${home.region}, the region of secrets made in SQL`,
  );
}
