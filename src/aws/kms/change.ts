/** Changing one key: found, checked and put in one commit. */
import type { Change } from '../../catalog/changes.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { commitAnswer } from '../commit-answer.ts';
import type { Call } from '../protocol/operation.ts';
import { findKey } from './access.ts';
import { putKey, type KmsKey } from './keys.ts';

/** Commits what `build` makes of the newest catalog; answers its result. */
export async function commit<T>(
  call: Call,
  build: (tip: Snapshot) => { readonly changes: readonly Change[]; readonly result: T },
): Promise<T> {
  return (await commitAnswer(call, build, () => undefined)).result;
}

/** Changes a key that is named by id or ARN. `change` throws what keeps it from being changed. */
export function changeKey(call: Call, keyId: string, change: (key: KmsKey) => KmsKey): Promise<KmsKey> {
  return commit(call, (tip) => {
    const before = findKey(call, tip, keyId, { noAlias: true });
    const after = change(before);
    return { changes: after === before ? [] : [putKey(after)], result: after };
  });
}
