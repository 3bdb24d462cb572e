/**
 * What time brings about: deletions at the end of their window, rotations that are due or tried again, keys whose waiting
 * period is over. It looks at the clock it is given, so tests can move time.
 */
import { randomUUID } from 'node:crypto';
import { del, put } from '../catalog/changes.ts';
import type { Id } from '../catalog/ids.ts';
import type { SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { blockers, removal } from './deletion.ts';
import { aliasesOf, aliasRecord, keyRecord, keysOf } from './kms/keys.ts';
import { rotateDueKeys } from './kms/rotation.ts';
import { arnOf } from './names.ts';
import { noteServiceEvent, type AwsRoom } from './room.ts';
import { startAttempt } from './rotation/attempt.ts';
import { dueWindow } from './rotation/shown.ts';

const INTERVAL_MS = 1_000;
/** A deletion that something blocks is told of this often. */
const REMIND_MS = 3_600_000;

export class Sweeper {
  readonly #room: AwsRoom;
  /** Secrets with a deletion or a rotation: the only ones that time changes. */
  readonly #watched = new Set<Id>();
  readonly #reminded = new Map<Id, number>();
  readonly #forget: () => void;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;

  constructor(room: AwsRoom) {
    this.#room = room;
    const snapshot = room.committer.current();
    for (const id of snapshot.itemsOfKind.get('secret') ?? []) this.#watch(snapshot, id);
    this.#forget = room.committer.onCommit((_before, after, changes) => {
      for (const change of changes) {
        if (change.kind === 'put' && change.collection === 'item') this.#watch(after, change.record.id);
      }
    });
  }

  #watch(snapshot: Snapshot, id: Id): void {
    const item = snapshot.items.get(id);
    const aws = item?.kind === 'secret' ? item.aws : undefined;
    if (aws?.deletionAt !== undefined || aws?.rotation?.enabled === true) this.#watched.add(id);
    else this.#watched.delete(id);
  }

  /** Looks once a second from now on. */
  start(): void {
    this.#timer ??= setInterval(() => void this.sweep(), INTERVAL_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#forget();
    await this.#sweeping;
  }

  /** Does everything that is due now. Rotations are begun, not waited for. Never rejects. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepAll()
      .catch((error: unknown) => this.#room.logger.error({ err: error }, 'the AWS sweeper failed'))
      .finally(() => (this.#sweeping = undefined));
    return this.#sweeping;
  }

  async #sweepAll(): Promise<void> {
    for (const id of [...this.#watched]) {
      const item = this.#room.committer.current().items.get(id);
      if (item?.kind !== 'secret') this.#watched.delete(id);
      else if (item.aws?.deletionAt !== undefined) await this.#finishDeletion(item);
      else await this.#rotateIfDue(item);
    }
    await this.#deleteKeys();
    await rotateDueKeys(this.#room);
  }

  async #finishDeletion({ id, aws }: SecretItem): Promise<void> {
    const { committer, clock, logger } = this.#room;
    if (aws?.deletionAt === undefined || aws.deletionAt > clock()) return;
    const before = committer.current();
    const { result } = await committer.commit((tip, ids) => {
      const item = tip.items.get(id);
      const now = clock();
      if (item?.kind !== 'secret' || item.aws?.deletionAt === undefined || item.aws.deletionAt > now) {
        return { changes: [], result: [] };
      }
      const users = blockers(tip, item);
      const changes = users.length > 0 ? [] : removal({ caller: { role: undefined }, now }, tip, ids, item);
      return { changes, result: users };
    });
    const item = before.items.get(id) as SecretItem;
    if (result.length === 0) {
      this.#watched.delete(id);
      this.#reminded.delete(id);
      noteServiceEvent(this.#room, before, item, 'EndSecretVersionDelete');
      return;
    }
    if (clock() - (this.#reminded.get(id) ?? 0) < REMIND_MS) return;
    this.#reminded.set(id, clock());
    const why = `The secret can't be deleted because it is still used by ${result.join(', ')}`;
    logger.warn({ secretArn: arnOf(before, this.#room.home, item), usedBy: result }, why);
    noteServiceEvent(this.#room, before, item, 'EndSecretVersionDelete', why);
  }

  async #rotateIfDue(watched: SecretItem): Promise<void> {
    const { committer, clock, rotations } = this.#room;
    const { id } = watched;
    const rotation = watched.aws?.rotation;
    if (rotation?.enabled !== true || rotations.isRunning(id)) return;
    if (rotation.attempt !== undefined) {
      const { failures, retryAt } = rotation.attempt;
      // Without a failure on record the server ended in the middle of it.
      if (failures === 0 || (retryAt !== undefined && retryAt <= clock())) rotations.start(id);
      return;
    }
    const opens = dueWindow(committer.current(), watched, clock())?.start;
    if (opens === undefined || opens > clock()) return;
    const { result } = await committer.commit((tip) => {
      const item = tip.items.get(id);
      const now = clock();
      if (item?.kind !== 'secret' || item.aws?.rotation === undefined) return { changes: [], result: false };
      const due = dueWindow(tip, item, now);
      if (due === undefined || due.start > now || item.aws.rotation.attempt !== undefined) {
        return { changes: [], result: false };
      }
      const attempt = { token: randomUUID(), kind: 'rotate', startedAt: now, hasValue: false } as const;
      return { changes: [put('item', startAttempt(item, item.aws.rotation, attempt))], result: true };
    });
    if (result) rotations.start(id);
  }

  async #deleteKeys(): Promise<void> {
    const { committer, clock } = this.#room;
    const gone = keysOf(committer.current()).filter((key) => (key.deletionAt ?? Infinity) <= clock());
    for (const { region, keyId } of gone) {
      await committer.commit((tip) => {
        const aliases = aliasesOf(tip, region).filter((alias) => alias.keyId === keyId);
        const changes = [
          del('aws', keyRecord(region, keyId)),
          ...aliases.map((alias) => del('aws', aliasRecord(region, alias.name))),
        ];
        return { changes, result: undefined };
      });
    }
  }
}
