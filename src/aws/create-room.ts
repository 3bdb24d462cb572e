/** Builds the AWS room of a server: keys for the key ring, audit log, rotations, and what time brings about. */
import type { Services } from '../engine/services.ts';
import { Accesses } from './accesses.ts';
import { AuditLog, type AuditEvent } from './audit/log.ts';
import { KeyOpener } from './kms/keys.ts';
import { placeOf, type Home } from './names.ts';
import type { AwsRoom } from './room.ts';
import { builtInFunctions } from './rotation/built-in/index.ts';
import { functionDirectory } from './rotation/functions.ts';
import { RotationRunner } from './rotation/runner.ts';
import { SecretOrders } from './secret-orders.ts';
import { Sweeper } from './sweeper.ts';

export interface AwsRoomOptions {
  readonly services: Pick<Services, 'committer' | 'store' | 'keyRing' | 'clock' | 'logger' | 'aws'>;
  /** Rotation function ARN to the URL of its runtime endpoint. */
  readonly functions: ReadonlyMap<string, string>;
  /** `simulated`: built-in rotation functions contact no database. */
  readonly upstreams: 'live' | 'simulated';
}

export interface OpenAwsRoom {
  readonly room: AwsRoom;
  /** The audit log, oldest first: rows of mz_tumbler.aws_events. */
  events(): readonly AuditEvent[];
  /** Does what is due by the clock now; for tests that move time. */
  sweep(): Promise<void>;
  /** Waits until no rotation runs. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the room, whether or not its door is open: SQL reads secrets that are sealed with KMS keys as well. */
export async function openAwsRoom({ services, functions, upstreams }: AwsRoomOptions): Promise<OpenAwsRoom> {
  const { committer, store, keyRing, clock, logger, aws } = services;
  const home: Home = { accountId: aws.accountId, region: aws.region };
  const kmsKeys = new KeyOpener(keyRing);
  keyRing.setOtherKeys((id) => kmsKeys.find(committer.current(), home, id));
  const audit = await AuditLog.open(store, logger);
  const accesses = new Accesses(committer, logger);
  const base = {
    committer,
    store,
    keyRing,
    clock,
    logger,
    home,
    kmsKeys,
    audit,
    accesses,
    orders: new SecretOrders({ committer, home, accesses }),
    nameOf: (snapshot: Parameters<typeof placeOf>[0], item: Parameters<typeof placeOf>[2]) =>
      placeOf(snapshot, home, item).name,
  };
  const directory = functionDirectory(functions, (name, arn) =>
    builtInFunctions(() => room, upstreams)(name, arn),
  );
  const withFunctions = { ...base, functions: directory };
  const room: AwsRoom = { ...withFunctions, rotations: new RotationRunner(withFunctions) };
  const sweeper = new Sweeper(room);
  sweeper.start();
  return {
    room,
    events: () => audit.events(),
    sweep: () => sweeper.sweep(),
    idle: () => room.rotations.idle(),
    async close() {
      room.rotations.stop();
      await sweeper.stop();
      await accesses.flush();
      await audit.flush();
    },
  };
}
