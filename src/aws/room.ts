/** What the operations of the AWS door share. Made once, with or without an open door: SQL needs the KMS keys as well. */
import type { Committer } from '../engine/committer.ts';
import type { Logger } from '../log.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import type { Store } from '../store/store.ts';
import type { Accesses } from './accesses.ts';
import type { AuditLog } from './audit/log.ts';
import { serviceRecord } from './audit/records.ts';
import type { SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { KeyOpener } from './kms/keys.ts';
import { arnOf, placeOf, type Home } from './names.ts';
import type { FunctionDirectory } from './rotation/functions.ts';
import type { RotationRunner } from './rotation/runner.ts';
import type { SecretOrders } from './secret-orders.ts';

export interface AwsRoom {
  readonly committer: Committer;
  readonly store: Store;
  readonly keyRing: KeyRing;
  /** Milliseconds since the Unix epoch; tests move it. */
  readonly clock: () => number;
  readonly logger: Logger;
  /** Account and region of the server. */
  readonly home: Home;
  readonly kmsKeys: KeyOpener;
  readonly audit: AuditLog;
  readonly accesses: Accesses;
  readonly orders: SecretOrders;
  readonly functions: FunctionDirectory;
  readonly rotations: RotationRunner;
  /** AWS name of a secret. */
  nameOf(snapshot: Snapshot, item: SecretItem): string;
}

/** Notes something the service did with a secret by itself. */
export function noteServiceEvent(
  room: Pick<AwsRoom, 'audit' | 'home' | 'clock'>,
  snapshot: Snapshot,
  item: SecretItem,
  eventName: string,
  errorMessage?: string,
): void {
  const now = room.clock();
  room.audit.append(
    now,
    serviceRecord({
      eventName,
      region: placeOf(snapshot, room.home, item).region,
      accountId: room.home.accountId,
      secretArn: arnOf(snapshot, room.home, item),
      now,
      errorMessage,
    }),
  );
}
