/**
 * Runs rotations: calls the function once for each step and keeps the secret's record of it. One rotation of a secret at
 * a time; what a crash of the server leaves is taken up again from the record. Source: reference aws-secrets-manager 2.11.
 */
import { del, put, versionKey } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { AwsRotationAttempt, SecretItem } from '../../catalog/records.ts';
import { SqlError } from '../../errors.ts';
import { newVersion, openVersion, replicasOf } from '../../engine/secret-value.ts';
import { CURRENT, PENDING } from '../../secrets/versions.ts';
import { arnOf } from '../names.ts';
import { AwsError } from '../protocol/errors.ts';
import { noteServiceEvent, type AwsRoom } from '../room.ts';
import { labelled, versionOf } from '../secret-facts.ts';
import { endAttempt, failAttempt, liveAttempt, withRotation } from './attempt.ts';
import { FunctionError, STEPS, type RotationFunction, type Step } from './functions.ts';

export type RunnerRoom = Omit<AwsRoom, 'rotations'>;

/** Why a function failed, as far as it can be told without a value: drivers' messages may quote what they were given. */
function reasonOf(error: unknown): string {
  if (error instanceof FunctionError || error instanceof AwsError) return error.message;
  const { name, code } = error as { name?: unknown; code?: unknown };
  return typeof code === 'string' ? code : String(name);
}

export class RotationRunner {
  readonly #room: RunnerRoom;
  readonly #running = new Map<Id, Promise<void>>();
  #stopped = false;

  constructor(room: RunnerRoom) {
    this.#room = room;
  }

  isRunning(secretId: Id): boolean {
    return this.#running.has(secretId);
  }

  /** Runs the attempt that a secret's record holds, unless it runs already. Returns at once. */
  start(secretId: Id): void {
    if (this.#stopped || this.#running.has(secretId)) return;
    const run = this.#run(secretId)
      .catch((error: unknown) => this.#room.logger.error({ err: error, secretId }, 'a rotation broke off'))
      .finally(() => this.#running.delete(secretId));
    this.#running.set(secretId, run);
  }

  /** Waits until nothing runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Starts nothing more; what runs stops before its next step. */
  stop(): void {
    this.#stopped = true;
  }

  #secret(secretId: Id): SecretItem | undefined {
    const item = this.#room.committer.current().items.get(secretId);
    return item?.kind === 'secret' ? item : undefined;
  }

  #note(secretId: Id, eventName: string, errorMessage?: string): void {
    const item = this.#secret(secretId);
    const snapshot = this.#room.committer.current();
    if (item !== undefined) noteServiceEvent(this.#room, snapshot, item, eventName, errorMessage);
  }

  async #run(secretId: Id): Promise<void> {
    const rotation = this.#secret(secretId)?.aws?.rotation;
    if (rotation?.enabled !== true || rotation.attempt === undefined) return;
    const { attempt, lambdaArn } = rotation;
    this.#note(secretId, 'RotationStarted');
    const rotationFunction = lambdaArn === undefined ? undefined : this.#room.functions.find(lambdaArn);
    if (rotationFunction === undefined) {
      await this.#failed(secretId, attempt, `The function ${lambdaArn ?? ''} is not there`);
      return;
    }
    if (attempt.kind === 'test') await this.#test(secretId, attempt, rotationFunction);
    else await this.#rotate(secretId, attempt, rotationFunction);
  }

  /** True when the function did its step; otherwise the failure is on record. */
  async #step(
    secretId: Id,
    attempt: AwsRotationAttempt,
    rotationFunction: RotationFunction,
    step: Step,
  ): Promise<boolean> {
    const { committer, home, logger } = this.#room;
    const item = this.#secret(secretId);
    if (item === undefined || this.#stopped) return false;
    const arn = arnOf(committer.current(), home, item);
    try {
      await rotationFunction.invoke({ Step: step, SecretId: arn, ClientRequestToken: attempt.token });
      return true;
    } catch (error) {
      const lambda = item.aws?.rotation?.lambdaArn ?? '';
      logger.warn({ secretArn: arn, lambda, step, reason: reasonOf(error) }, 'a rotation function failed');
      await this.#failed(secretId, attempt, `Error when executing lambda ${lambda} during ${step} step`);
      return false;
    }
  }

  async #rotate(
    secretId: Id,
    attempt: AwsRotationAttempt,
    rotationFunction: RotationFunction,
  ): Promise<void> {
    for (const step of STEPS) {
      if (!this.#goesOn(secretId, attempt.token)) return;
      if (!(await this.#step(secretId, attempt, rotationFunction, step))) return;
    }
    const { committer, clock } = this.#room;
    const { result } = await committer.commit((tip) => {
      const item = tip.items.get(secretId);
      if (item?.kind !== 'secret') return { changes: [], result: 'gone' as const };
      if (versionOf(tip, item, attempt.token)?.stages.includes(CURRENT) !== true) {
        return { changes: [], result: 'not current' as const };
      }
      const changes = [put('item', endAttempt(item, clock()))];
      return { changes, result: 'done' as const };
    });
    if (result === 'done') this.#note(secretId, 'RotationSucceeded');
    if (result === 'not current') {
      await this.#failed(secretId, attempt, 'The function finished without making the new version current');
    }
  }

  /** False once the attempt was abandoned or cancelled, or the secret is gone. */
  #goesOn(secretId: Id, token: string): boolean {
    const item = this.#secret(secretId);
    if (item === undefined || item.aws?.deletionAt !== undefined) return false;
    // A function may make its version current before its last step: then the attempt is on its way out of the record.
    const snapshot = this.#room.committer.current();
    return (
      liveAttempt(item, token) !== undefined ||
      (item.aws?.rotation?.enabled === true && labelled(snapshot, item, CURRENT)?.versionId === token)
    );
  }

  async #failed(secretId: Id, { token }: AwsRotationAttempt, reason: string): Promise<void> {
    const { committer, clock } = this.#room;
    await committer.commit((tip) => {
      const item = tip.items.get(secretId);
      if (item?.kind !== 'secret' || liveAttempt(item, token) === undefined) {
        return { changes: [], result: undefined };
      }
      return { changes: [put('item', failAttempt(item, clock()))], result: undefined };
    });
    this.#note(secretId, 'RotationFailed', reason);
  }

  /** Only the test step, on a copy of the current value that is gone afterwards. */
  async #test(secretId: Id, attempt: AwsRotationAttempt, rotationFunction: RotationFunction): Promise<void> {
    let tested = false;
    try {
      const copied = await this.#copyCurrent(secretId, attempt);
      tested = copied && (await this.#step(secretId, attempt, rotationFunction, 'testSecret'));
    } catch (error) {
      // A key that is not available neither opens the current value nor seals the copy.
      if (!(error instanceof SqlError)) throw error;
      await this.#failed(secretId, attempt, 'The current value cannot be copied');
    } finally {
      await this.#removeCopy(secretId, attempt.token);
    }
    if (tested) this.#note(secretId, 'TestRotationSucceeded');
  }

  async #copyCurrent(secretId: Id, attempt: AwsRotationAttempt): Promise<boolean> {
    const { committer, store, keyRing } = this.#room;
    const before = committer.current();
    const current = before.currentVersion.get(secretId);
    if (current === undefined) {
      await this.#failed(secretId, attempt, 'The secret has no current value to test');
      return false;
    }
    const value = await openVersion(store, keyRing, secretId, current);
    const { result } = await committer.commit((tip) => {
      const item = tip.items.get(secretId);
      if (item?.kind !== 'secret' || liveAttempt(item, attempt.token) === undefined) {
        return { changes: [], result: false };
      }
      if (versionOf(tip, item, attempt.token) !== undefined) return { changes: [], result: true };
      const rotation = item.aws!.rotation!;
      const after = withRotation(item, { ...rotation, attempt: { ...rotation.attempt!, hasValue: true } });
      const valueKind = versionOf(tip, item, current)?.valueKind ?? 'string';
      const copy = { secretId, value, valueKind, versionId: attempt.token, stages: [PENDING], item: after };
      const { changes } = newVersion(this.#room, tip, copy);
      return { changes: [...changes, put('item', after)], result: true };
    });
    return result;
  }

  async #removeCopy(secretId: Id, token: string): Promise<void> {
    await this.#room.committer.commit((tip) => {
      const item = tip.items.get(secretId);
      if (item?.kind !== 'secret') return { changes: [], result: undefined };
      const changes = [item, ...replicasOf(tip, secretId)].flatMap((copy) => {
        const version = versionOf(tip, copy, token);
        // A copy that got other labels meanwhile is somebody's version now.
        if (version === undefined || version.stages.some((stage) => stage !== PENDING)) return [];
        const key = versionKey(copy.id, token);
        return [del('secretVersion', key), { kind: 'deleteBlob', space: 'sealed', key } as const];
      });
      const ended = liveAttempt(item, token) === undefined ? [] : [put('item', endAttempt(item))];
      return { changes: [...changes, ...ended], result: undefined };
    });
  }
}
