/** Rotation of key material, by itself and on demand. Source: KMS developer guide, "Rotating AWS KMS keys". */
import type { Committer } from '../../engine/committer.ts';
import type { KeyRing } from '../../secrets/key-ring.ts';
import { present, type Call, type Fields } from '../protocol/operation.ts';
import { findKey, requireNotPending } from './access.ts';
import { changeKey } from './change.ts';
import { disabled, kmsError, unsupportedOperation } from './errors.ts';
import { keyArn, keyById, keysOf, nextRotation, putKey, rotatedKey, type KmsKey } from './keys.ts';
import { paged } from './paging.ts';
import type { KmsInput } from './shapes.ts';

const DEFAULT_PERIOD_DAYS = 365;
/** Rotations on demand that a key may have. */
const MAX_ON_DEMAND = 10;

function requireUsable(call: Call, key: KmsKey): void {
  requireNotPending(call, key);
  if (key.state === 'Disabled') throw disabled(keyArn(call.room.home, key));
}

export async function enableKeyRotation(
  call: Call,
  input: KmsInput<'EnableKeyRotation'>,
): Promise<undefined> {
  await changeKey(call, input.KeyId, (key) => {
    requireUsable(call, key);
    const periodDays = input.RotationPeriodInDays ?? key.rotation?.periodDays ?? DEFAULT_PERIOD_DAYS;
    return { ...key, rotation: { periodDays, since: key.rotation?.since ?? call.now } };
  });
  return undefined;
}

export async function disableKeyRotation(
  call: Call,
  input: KmsInput<'DisableKeyRotation'>,
): Promise<undefined> {
  await changeKey(call, input.KeyId, (key) => {
    requireUsable(call, key);
    const { rotation: _off, ...rest } = key;
    return rest;
  });
  return undefined;
}

export function getKeyRotationStatus(call: Call, input: KmsInput<'GetKeyRotationStatus'>): Fields {
  const key = findKey(call, call.room.committer.current(), input.KeyId, { noAlias: true });
  // A key that is about to go does not rotate, and does again when it stays after all.
  const rotates = key.rotation !== undefined && key.state !== 'PendingDeletion';
  const next = rotates ? nextRotation(key) : undefined;
  return present({
    KeyRotationEnabled: rotates,
    KeyId: keyArn(call.room.home, key),
    RotationPeriodInDays: rotates ? key.rotation?.periodDays : undefined,
    NextRotationDate: next === undefined ? undefined : next / 1000,
  });
}

export async function rotateKeyOnDemand(call: Call, input: KmsInput<'RotateKeyOnDemand'>): Promise<Fields> {
  const key = await changeKey(call, input.KeyId, (before) => {
    requireUsable(call, before);
    const soFar = before.earlier?.filter(({ by }) => by === 'ON_DEMAND').length ?? 0;
    if (soFar >= MAX_ON_DEMAND) {
      throw kmsError('LimitExceededException', `A key can be rotated on demand ${MAX_ON_DEMAND} times.`);
    }
    return rotatedKey(call.room.keyRing, before, call.now, 'ON_DEMAND');
  });
  return { KeyId: keyArn(call.room.home, key) };
}

export function listKeyRotations(call: Call, input: KmsInput<'ListKeyRotations'>): Fields {
  if (input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL') {
    throw unsupportedOperation('Only rotations are listed, not the key material that a key began with.');
  }
  const key = findKey(call, call.room.committer.current(), input.KeyId, { noAlias: true });
  const KeyId = keyArn(call.room.home, key);
  const rotations = (key.earlier ?? []).map(({ rotatedAt, by }, number) => ({ rotatedAt, by, number }));
  const nameOf = ({ number }: (typeof rotations)[number]): string => String(number);
  const { page, fields } = paged(call, `rotations ${key.keyId}`, rotations, nameOf, input);
  return {
    Rotations: page.map(({ rotatedAt, by }) => ({ KeyId, RotationDate: rotatedAt / 1000, RotationType: by })),
    ...fields,
  };
}

/** Rotates the keys whose time has come. */
export async function rotateDueKeys(room: {
  readonly committer: Committer;
  readonly keyRing: KeyRing;
  readonly clock: () => number;
}): Promise<void> {
  const isDue = (key: KmsKey): boolean =>
    key.state === 'Enabled' && (nextRotation(key) ?? Infinity) <= room.clock();
  for (const { region, keyId } of keysOf(room.committer.current()).filter(isDue)) {
    await room.committer.commit((tip) => {
      const key = keyById(tip, region, keyId);
      if (key === undefined || !isDue(key)) return { changes: [], result: undefined };
      return {
        changes: [putKey(rotatedKey(room.keyRing, key, room.clock(), 'AUTOMATIC'))],
        result: undefined,
      };
    });
  }
}
