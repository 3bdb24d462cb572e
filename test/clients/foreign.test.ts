/** Clients in Python, Java, Go, Ruby, Perl and PHP, each with a program of its own under programs/. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FOREIGN_CLIENTS, isInstalled, runForeign } from './support/foreign.ts';
import {
  allClients,
  canServe,
  keepFigures,
  startLiveServer,
  type LiveServer,
} from './support/live-server.ts';

describe.skipIf(!canServe)('clients in other languages', () => {
  let live: LiveServer;
  beforeAll(async () => {
    live = await startLiveServer();
  });
  afterAll(() => live.stop());

  for (const client of FOREIGN_CLIENTS) {
    const runs = canServe && (allClients || client.slow !== true) && isInstalled(client);
    it.skipIf(!runs)(`${client.name} connects, introspects and takes values there and back`, async () => {
      const recorder = await live.record();
      const run = await runForeign(client, recorder.port);
      keepFigures(client.name, run.version, run.checks, recorder);
      expect(run.exitCode, run.output).toBe(0);
      expect(run.checks.length, run.output).toBeGreaterThan(4);
      expect(recorder.failures()).toEqual([]);
    });
  }
});
