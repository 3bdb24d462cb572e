/** psql in a terminal: what TAB completes, with the queries that psql itself sends for it. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPsql } from '../support/psql.ts';
import { canServe, keepFigures, startLiveServer, type LiveServer } from './support/live-server.ts';
import type { Recorder } from './support/recorder.ts';
import { hasTerminals, openTerminal, type Terminal } from './support/terminal.ts';

const TAB = '\t';
const ERASE_LINE = '\u0015';

/** What is typed before TAB, and what psql adds to it. */
const COMPLETIONS: readonly (readonly [typed: string, added: string])[] = [
  ['\\d peo', 'ple'],
  ['\\dt sho', 'p.'],
  ['\\dn inf', 'ormation_schema '],
  ['\\df pg_get_viewd', 'ef '],
  ['\\l mat', 'erialize '],
  ['\\c mat', 'erialize '],
  ['\\sv ad', 'ults '],
  ['\\dT int_l', 'ist '],
  ['\\du rea', 'der '],
  ['\\dconfig cluster_', 'replica '],
  ['SELECT * FROM peo', 'ple '],
  ['SELECT * FROM shop.i', 'tems '],
  ['SELECT * FROM people WHERE bo', 'rn '],
  ['SELECT * FROM mz_tumbler.sta', 'le_secrets '],
  ['TABLE pg_catalog.pg_names', 'pace '],
  ['INSERT INTO shop.i', 'tems '],
  ['UPDATE people SET sc', 'ore '],
  ['COPY peo', 'ple '],
  ['DROP VIEW ad', 'ults '],
  ['DROP MATERIALIZED VIEW na', 'mes '],
  ['DROP INDEX people_', 'id '],
  ['DROP SCHEMA sh', 'op '],
  ['ALTER TABLE people RENAME COLUMN bo', 'rn '],
  ['GRANT SELECT ON people TO rea', 'der '],
  ['COMMENT ON TABLE peo', 'ple '],
  ['ALTER ROLE rea', 'der '],
  ['SET cluster_', 'replica '],
  ['SET search_path TO sh', 'op '],
  ["SET timezone TO 'Antarctica/Vos", "tok' "],
  ['SHOW transa', 'ction_isolation '],
  ['DISCARD AL', 'L '],
];

describe.skipIf(!canServe || !hasPsql() || !hasTerminals())('psql in a terminal', () => {
  let live: LiveServer;
  let recorder: Recorder;
  let terminal: Terminal;
  beforeAll(async () => {
    live = await startLiveServer();
    recorder = await live.record();
    const url = `postgres://materialize@127.0.0.1:${recorder.port}/materialize`;
    terminal = openTerminal(`psql -X -q '${url}'`, { PGOPTIONS: '--welcome_message=off' });
    await terminal.until(/=> $/);
  });
  afterAll(async () => {
    const version = /[\d.]+/.exec(spawnSync('psql', ['--version'], { encoding: 'utf8' }).stdout)?.[0] ?? '';
    keepFigures('psql completion', version, [`${COMPLETIONS.length} completions by TAB`], recorder);
    terminal.close();
    await live.stop();
  });

  it.each(COMPLETIONS)('%s', async (typed, added) => {
    terminal.clear();
    terminal.type(typed + TAB);
    const escaped = (typed + added).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    // A bell may ring in between, when there is more than one way to go on.
    await terminal.until(new RegExp(escaped.replace(/(?=.{3}$)/s, '\\u0007?')));
    terminal.type(ERASE_LINE);
    await terminal.until(/=> (\r|\u0008|\u0007| )*$|(\u0008| )+$/);
  });

  it('lists what there is to choose from', async () => {
    terminal.clear();
    terminal.type(`DROP TABLE ${TAB}${TAB}`);
    await terminal.until(/people[^]*shop\.|shop\.[^]*people/);
    terminal.type(ERASE_LINE);
  });

  it('sends nothing that the server does not take', () => {
    expect(recorder.statements.length).toBeGreaterThan(COMPLETIONS.length / 2);
    expect(recorder.failures()).toEqual([]);
  });
});
