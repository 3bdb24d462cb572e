/** Operations on aliases. Source: API reference of AWS KMS. */
import { del } from '../../catalog/changes.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { checkCaller } from '../access.ts';
import type { Call, Fields } from '../protocol/operation.ts';
import { checkAdministrator, findKey, requireNotPending } from './access.ts';
import { commit } from './change.ts';
import { kmsError, notFound } from './errors.ts';
import {
  aliasArn,
  aliasesOf,
  aliasNamed,
  aliasRecord,
  DEFAULT_ALIAS,
  DEFAULT_KEY_ID,
  putAlias,
  resolveKey,
  type KmsKey,
} from './keys.ts';
import { paged } from './paging.ts';
import type { KmsInput } from './shapes.ts';

export async function createAlias(call: Call, input: KmsInput<'CreateAlias'>): Promise<undefined> {
  checkAliasName(input.AliasName);
  await commit(call, (tip) => {
    const key = usableTarget(call, tip, input.TargetKeyId);
    if (aliasNamed(tip, call.region, input.AliasName) !== undefined) {
      const existing = aliasArn(call.room.home, { region: call.region, name: input.AliasName });
      throw kmsError('AlreadyExistsException', `An alias with the name ${existing} already exists`);
    }
    const times = { createdAt: call.now, updatedAt: call.now };
    const alias = { region: call.region, name: input.AliasName, keyId: key.keyId, ...times };
    return { changes: [putAlias(alias)], result: undefined };
  });
  return undefined;
}

function checkAliasName(name: string): void {
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name)) {
    throw kmsError(
      'InvalidAliasNameException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (name.startsWith('alias/aws/'))
    throw kmsError('NotAuthorizedException', 'Aliases that begin with alias/aws/ are reserved');
}

function usableTarget(call: Call, tip: Snapshot, keyId: string): KmsKey {
  if (keyId.includes('alias/'))
    throw kmsError('ValidationException', 'Aliases must refer to keys. Not aliases');
  const key = findKey(call, tip, keyId);
  requireNotPending(call, key);
  return key;
}

function existingAlias(call: Call, tip: Snapshot, name: string): NonNullable<ReturnType<typeof aliasNamed>> {
  checkAdministrator(call, tip, name);
  const alias = aliasNamed(tip, call.region, name);
  if (alias === undefined) {
    throw notFound(`Alias ${aliasArn(call.room.home, { region: call.region, name })}`);
  }
  return alias;
}

export async function updateAlias(call: Call, input: KmsInput<'UpdateAlias'>): Promise<undefined> {
  checkAliasName(input.AliasName);
  await commit(call, (tip) => {
    const alias = existingAlias(call, tip, input.AliasName);
    const key = usableTarget(call, tip, input.TargetKeyId);
    return { changes: [putAlias({ ...alias, keyId: key.keyId, updatedAt: call.now })], result: undefined };
  });
  return undefined;
}

export async function deleteAlias(call: Call, input: KmsInput<'DeleteAlias'>): Promise<undefined> {
  checkAliasName(input.AliasName);
  await commit(call, (tip) => {
    const alias = existingAlias(call, tip, input.AliasName);
    return { changes: [del('aws', aliasRecord(alias.region, alias.name))], result: undefined };
  });
  return undefined;
}

/** Id of the key whose aliases are asked for; the service's own has one as well. */
function targetOf(call: Call, snapshot: Snapshot, keyId: string): string {
  const named = resolveKey(snapshot, call.room.home, call.region, keyId);
  return named?.kind === 'default' ? DEFAULT_KEY_ID : findKey(call, snapshot, keyId).keyId;
}

export function listAliases(call: Call, input: KmsInput<'ListAliases'>): Fields {
  const snapshot = call.room.committer.current();
  checkCaller(call, snapshot, '*');
  const wanted = input.KeyId === undefined ? undefined : targetOf(call, snapshot, input.KeyId);
  const own = aliasesOf(snapshot, call.region)
    .filter((alias) => wanted === undefined || alias.keyId === wanted)
    .map((alias) => ({
      AliasName: alias.name,
      AliasArn: aliasArn(call.room.home, alias),
      TargetKeyId: alias.keyId,
      CreationDate: alias.createdAt / 1000,
      LastUpdatedDate: alias.updatedAt / 1000,
    }));
  const service = {
    AliasName: DEFAULT_ALIAS,
    AliasArn: aliasArn(call.room.home, { region: call.region, name: DEFAULT_ALIAS }),
    TargetKeyId: DEFAULT_KEY_ID,
  };
  const all: readonly (Fields & { readonly AliasName: string })[] =
    wanted === undefined || wanted === DEFAULT_KEY_ID ? [service, ...own] : own;
  const { page, fields } = paged(call, `aliases ${wanted ?? ''}`, all, (alias) => alias.AliasName, input);
  return { Aliases: page, ...fields };
}
