/**
 * The truth about staleness: random histories against a small model of the pin rules. After every step the relations that
 * tell what is cached and what is stale must say what the model says, and every remedy must do what it promises.
 */
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { start, type TumblerServer } from '../src/index.ts';
import { take, WEIGHTS, type Act, type Step } from './support/pin-history.ts';
import { World, type Subject } from './support/pin-world.ts';
import { isBuilt, startServerProcess } from './support/server-process.ts';

/** The door can be closed by its setting; labels then move by SQL alone. */
const AWS_DOOR = process.env['TUMBLER_AWS_DOOR'] !== 'off';

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.oneof(
    ...Object.entries(WEIGHTS).map(([act, weight]) => ({
      weight: Math.round(weight * 10),
      arbitrary: fc.constant(act as Act),
    })),
  ),
  choices: fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)),
});

/** Something to work with, so that random steps find more than nothing. */
const LEAD: readonly Step[] = (
  [
    ['createSecret', [0, 0, 0]],
    ['createSecret', [1, 0, 0]],
    ['createConnection', [0, 0, 0]],
    ['createConnection', [2, 1, 1]],
    ['createCluster', [2, 0, 0]],
    ['createCluster', [2, 0, 1]],
    ['createObject', [0, 0, 0]],
    ['createObject', [1, 1, 0]],
  ] as const
).map(([act, choices]) => ({ act, choices }));

async function play(subject: Subject, steps: readonly Step[]): Promise<World> {
  const world = new World(subject);
  await world.open();
  try {
    for (const [i, each] of [...LEAD, ...steps].entries()) {
      await take(world, each);
      expect(await world.difference(), `after step ${i}, ${each.act}`).toBeNull();
    }
    await world.pasteRemedies(1000);
    expect(await world.difference(), 'after all remedies').toBeNull();
    expect(world.model.staleSecrets()).toEqual([]);
  } finally {
    await world.close();
  }
  return world;
}

describe('random histories', () => {
  it('leave the pins that the rules say, with restarts in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60, size: 'max' }), async (steps) => {
        const dataDir = mkdtempSync(join(tmpdir(), 'tumbler-pins-'));
        let now = 0;
        const open = (): Promise<TumblerServer> =>
          start({ dataDir, upstreams: 'simulated', internalSqlPort: null, clock: () => now });
        let server = await open();
        try {
          await play(
            {
              get url() {
                return server.connectionString;
              },
              get awsEndpoint() {
                return AWS_DOOR ? server.awsEndpoint : null;
              },
              setClock: (value) => (now = value),
              async restart() {
                await server.stop();
                server = await open();
              },
            },
            steps,
          );
        } finally {
          await server.stop();
          rmSync(dataDir, { recursive: true });
        }
      }),
      { numRuns: 20, interruptAfterTimeLimit: 45_000, markInterruptAsFailure: false },
    );
  }, 120_000);

  it.skipIf(!isBuilt())(
    'survive kill -9',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tumbler-pins-'));
      const server = await startServerProcess({
        flags: [`--data-dir=${folder}`, '--upstreams=simulated', '--log-level=warn'],
      });
      try {
        const subject: Subject = {
          url: server.url,
          awsEndpoint: AWS_DOOR ? `http://127.0.0.1:${server.httpPort}` : null,
          async restart() {
            await server.kill('SIGKILL');
            await server.start();
          },
        };
        const [history] = fc.sample(fc.array(step, { minLength: 80, maxLength: 80 }), 1);
        const kills = (history ?? []).flatMap((each, i): readonly Step[] =>
          i % 10 === 0 ? [{ act: 'restart', choices: [0, 0, 0] }, each] : [each],
        );
        await play(subject, kills);
      } finally {
        await server.kill('SIGKILL');
        rmSync(folder, { recursive: true });
      }
    },
    120_000,
  );
});
