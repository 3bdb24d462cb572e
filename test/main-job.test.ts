/** The main job end to end: psql, the built server, a real PostgreSQL with SCRAM, a real bastion. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgresBinaries } from './support/postgres.ts';
import { hasPsql } from './support/psql.ts';
import { startStage, STEPS, type Stage } from './support/rotation.ts';
import { isBuilt } from './support/server-process.ts';

const missing = [
  ...(hasPsql() ? [] : ['psql is not installed']),
  ...(findPostgresBinaries() === undefined ? ['PostgreSQL is not installed'] : []),
  ...(isBuilt() ? [] : ['`npm run build` has not been run']),
];

describe.skipIf(missing.length > 0)(`a rotation rehearsed with psql${missing.map((m) => ` (${m})`)}`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ say: () => undefined, ran: () => undefined });
  });
  afterAll(() => stage?.stop());

  let failed = false;
  it.each(STEPS.map(({ title, run }, i) => [i + 1, title, run] as const))(
    '%i. %s',
    async (_i, _title, run) => {
      // A step builds on those before it; what follows a failure would only repeat it.
      expect(failed, 'an earlier step failed').toBe(false);
      failed = true;
      await run(stage);
      failed = false;
    },
  );

  it('ends without a word of a password in the log', () => {
    const log = stage.server.output();
    expect(log).not.toBe('');
    for (const word of ['correct-horse', 'staple-of', 'third-time', 'PRIVATE KEY']) {
      expect(log).not.toContain(word);
    }
  });
});
