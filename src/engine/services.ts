/**
 * What the statement families share: the writer, the secret store, the outside world, and what the server knows of
 * itself. Made once by the composition.
 */
import type { Id } from '../catalog/ids.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { Upstreams } from '../connections/resolved.ts';
import type { Logger } from '../log.ts';
import type { LiveFacts } from '../relations/relation.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import type { SecretBytes } from '../secrets/secret-bytes.ts';
import type { Store } from '../store/store.ts';
import type { ActivityLog } from './activity.ts';
import type { Committer } from './committer.ts';

export interface Services {
  readonly committer: Committer;
  readonly store: Store;
  readonly keyRing: KeyRing;
  readonly upstreams: Upstreams;
  readonly facts: LiveFacts;
  readonly activity: ActivityLog;
  readonly logger: Logger;
  /** Milliseconds since the Unix epoch; tests may move it. */
  readonly clock: () => number;
  /** Region and account for the AWS door's names of things, also shown in SQL. */
  readonly aws: { readonly accountId: string; readonly region: string };
  /** Host and port that webhook URLs and the like are printed with. */
  readonly httpAuthority: () => string;
  /** Defaults of system variables given at start; ALTER SYSTEM wins over them. */
  readonly systemDefaults: ReadonlyMap<string, string>;
  /** Opens one version of a secret. Throws SqlError XX000 naming `NotFound` when its payload is gone. */
  openSecret(secretId: Id, versionId: string): Promise<SecretBytes>;
  /** Effective value of a system variable: ALTER SYSTEM, else given at start, else compiled in. */
  systemVariable(snapshot: Snapshot, name: string): string;
  /** Cancels what another session runs; false when there is no such session. */
  cancelBackend(connectionId: number): boolean;
}
