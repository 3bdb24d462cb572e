/** psql: every command that lists or describes, with patterns and modifiers, and the queries of tab completion. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPsql, psql } from '../support/psql.ts';
import { canServe, keepFigures, startLiveServer, type LiveServer } from './support/live-server.ts';
import { FAILS, type Recorder } from './support/recorder.ts';

/** Commands that take a pattern; `S` and `+` where psql does. */
const LISTING =
  `d dt dv dm di ds dE dtvmsE dn dp ddp dT df dfa dfn dfw do dC dc dd db des dew det deu dx dy dF dFd dFp dFt
  dL dO dD da du dg dl l drds dAc dAf dAo dAp dconfig`.split(/\s+/);
const PATTERNS = ['', ' people', ' *p*', ' public.people', ' nothing_like_it'];
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  l: ['', '+'],
  dp: [''],
  ddp: [''],
  drds: [''],
  dl: ['', '+'],
  dF: ['', '+'],
  dFd: ['', '+'],
  dFp: ['', '+'],
  dFt: ['', '+'],
  dx: ['', '+'],
  dy: ['', '+'],
};

/** Names of databases and roles have no schema. */
const UNQUALIFIED = new Set('dn db des dew deu dx dy dL du dg l dAc dAf dAo dAp dconfig dl drds'.split(' '));

/** Answered by psql itself for a server of this version, without a query. */
const NEWER = /does not support|does not take|Did not find any|two arguments|improper/;

function script(): string {
  const lines = LISTING.flatMap((command) =>
    (SUFFIXES[command] ?? ['', '+', 'S', 'S+']).flatMap((suffix) =>
      PATTERNS.filter((pattern) => !UNQUALIFIED.has(command) || !pattern.includes('.')).map(
        (pattern) => `\\${command}${suffix}${pattern}`,
      ),
    ),
  );
  return [
    ...lines,
    '\\d people_id',
    '\\d+ adults',
    '\\d+ names',
    '\\d shop.items',
    '\\sv adults',
    '\\conninfo',
    '\\z',
    '\\dconfig+ *',
  ].join('\n');
}

/** What tab completion asks, in the form that psql sends for a server of this version. */
const COMPLETION: readonly string[] = [
  `SELECT pg_catalog.quote_ident(c.relname) FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'S', 'v', 'm', 'f', 'p') AND substring(pg_catalog.quote_ident(c.relname),1,3)='peo' AND pg_catalog.pg_table_is_visible(c.oid) AND c.relnamespace <> (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'pg_catalog')
UNION SELECT pg_catalog.quote_ident(n.nspname) || '.' FROM pg_catalog.pg_namespace n WHERE substring(pg_catalog.quote_ident(n.nspname) || '.',1,3)='peo' AND (SELECT pg_catalog.count(*) FROM pg_catalog.pg_namespace WHERE substring(pg_catalog.quote_ident(nspname) || '.',1,3) = substring('peo',1,pg_catalog.length(pg_catalog.quote_ident(nspname))+1)) > 1
LIMIT 1000`,
  `SELECT pg_catalog.quote_ident(attname) FROM pg_catalog.pg_attribute a, pg_catalog.pg_class c WHERE c.oid = a.attrelid AND a.attnum > 0 AND NOT a.attisdropped AND substring(pg_catalog.quote_ident(attname),1,2)='na' AND (pg_catalog.quote_ident(relname)='people' OR '"' || relname || '"'='people') AND pg_catalog.pg_table_is_visible(c.oid) LIMIT 1000`,
  `SELECT name FROM (SELECT pg_catalog.lower(name) AS name FROM pg_catalog.pg_settings WHERE context IN ('user', 'superuser') UNION ALL SELECT 'constraints' UNION ALL SELECT 'session') ss WHERE substring(name,1,2)='se' LIMIT 1000`,
  `SELECT pg_catalog.quote_ident(rolname) FROM pg_catalog.pg_roles WHERE substring(pg_catalog.quote_ident(rolname),1,2)='re' LIMIT 1000`,
  `SELECT pg_catalog.format_type(t.oid, NULL) FROM pg_catalog.pg_type t WHERE (t.typrelid = 0 OR (SELECT c.relkind IN ('c', 'p') FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid)) AND t.typname !~ '^_' AND substring(pg_catalog.format_type(t.oid, NULL),1,3)='int' AND pg_catalog.pg_type_is_visible(t.oid) LIMIT 1000`,
];

describe.skipIf(!canServe || !hasPsql())('psql', () => {
  let live: LiveServer;
  let recorder: Recorder;
  let url = '';
  beforeAll(async () => {
    live = await startLiveServer();
    recorder = await live.record();
    url = `postgres://materialize@127.0.0.1:${recorder.port}/materialize`;
  });
  afterAll(async () => {
    const version = spawnSync('psql', ['--version'], { encoding: 'utf8' }).stdout.replace(
      /^\D*([\d.]+).*\s*$/s,
      '$1',
    );
    keepFigures(
      'psql',
      version,
      [`${LISTING.length} listing commands with patterns`, 'tab completion'],
      recorder,
    );
    await live.stop();
  });

  it('lists and describes with every backslash command', async () => {
    const { output, messages } = await psql(url, script(), ['-v', 'ON_ERROR_STOP=0']);
    const odd = messages.split('\n').filter((line) => /error/i.test(line) && !NEWER.test(line));
    expect(odd).toEqual([]);
    expect(recorder.failures()).toEqual([]);
    expect(recorder.statements.length).toBeGreaterThan(400);
    expect(output).toContain('Full name');
    expect(output).toMatch(/adults +\| view/);
  });

  it('describes a table with its columns, default and index', async () => {
    const { output } = await psql(url, '\\d people');
    expect(output).toContain('Table "public.people"');
    expect(output).toMatch(/ id +\| integer +\| +\| not null \| *\n/);
    expect(output).toMatch(/ score +\| numeric\(10,2\) +\|/);
    expect(output).toMatch(/ born +\| date +\| +\| +\| '2000-01-01'/);
    expect(output).toMatch(/Indexes:\n +"people_id"/);
  });

  it('shows privileges with the names of roles', async () => {
    const { output } = await psql(url, '\\dp people');
    expect(output).toMatch(/materialize=arwd\/materialize/);
    expect(output).toMatch(/reader=r\/materialize/);
  });

  it('shows the query of a view as SQL that can be run again', async () => {
    const { output } = await psql(url, '\\sv adults\n\\d+ names', ['-q']);
    expect(output).toContain('CREATE OR REPLACE VIEW public.adults AS');
    expect(output).not.toContain('[u');
    const [, again = ''] = /(CREATE OR REPLACE VIEW[^]*?)\n +Materialized view/.exec(output) ?? [];
    expect((await psql(url, `${again};`)).messages).not.toMatch(/ERROR/);
  });

  it('describes, turns, generates, repeats, copies and remembers results', async () => {
    const script = [
      `SELECT 1 AS a, 'x'::text AS b \\gdesc`,
      `SELECT v, h, c FROM (VALUES ('a', 'left', 1), ('b', 'right', 2)) t (v, h, c) \\crosstabview`,
      `SELECT 'SELECT 41 + 1 AS answer' \\gexec`,
      `SELECT id AS kept FROM people ORDER BY id LIMIT 1 \\gset`,
      '\\echo kept is :kept',
      `\\copy shop.items FROM PROGRAM 'printf "copied,1.5\\\\nagain,2\\\\n"' WITH (FORMAT csv)`,
      `\\copy (SELECT sku, price FROM shop.items ORDER BY sku) TO STDOUT WITH (FORMAT csv)`,
      '\\timing on',
      `DELETE FROM shop.items;`,
      `SELECT * FROM missing ${FAILS};`,
      '\\errverbose',
      '\\echo last :LAST_ERROR_SQLSTATE :SQLSTATE :ROW_COUNT',
    ].join('\n');
    const { output, messages } = await psql(url, script, ['-v', 'ON_ERROR_STOP=0']);
    expect(output).toMatch(/a +\| integer\n +b +\| text/);
    expect(output).toMatch(/v +\| left +\| right[^]*a +\| +1 +\|[^]*b +\| +\| +2/);
    expect(output).toMatch(/answer[^]*42/);
    expect(output).toContain('kept is 1\n');
    expect(output).toContain('COPY 2\nagain,2\ncopied,1.5\n');
    expect(output).toMatch(/DELETE 2\nTime: [\d.]+ ms/);
    expect(messages).toMatch(/ERROR: +(\w{5}): .*missing/);
    expect(output).toMatch(/last (\w{5}) \1 0/);
    expect(recorder.failures()).toEqual([]);
  });

  it('opens views in an editor and runs what comes back', async () => {
    const editor = join(mkdtempSync(join(tmpdir(), 'tumbler-editor-')), 'editor');
    writeFileSync(editor, `#!/bin/sh\nsed -i 's/id, name/id, name, born/' "$1"\n`, { mode: 0o700 });
    const { output, messages } = await psql(url, '\\ev adults\n;\n\\d adults', [], { PSQL_EDITOR: editor });
    rmSync(dirname(editor), { recursive: true });
    expect(messages).not.toMatch(/ERROR/);
    expect(output).toMatch(/ born +\| date/);
  });

  it('repeats with \\watch until it is interrupted', async () => {
    const child = spawn('psql', ['-X', '-q', url], { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stdin.write(`SELECT 'again' AS w \\watch 0.05\n`);
    while ((output.match(/again/g) ?? []).length < 3) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill('SIGINT');
    child.stdin.end(`SELECT 'after';\n`);
    await new Promise((resolve) => child.once('close', resolve));
    expect(output).toContain('after');
  });

  it('completes names', async () => {
    const { output, messages } = await psql(url, COMPLETION.map((query) => `${query};`).join('\n'), ['-At']);
    expect(messages).not.toMatch(/ERROR/);
    expect(output.split('\n')).toEqual(
      expect.arrayContaining(['people', 'name', 'session', 'reader', 'integer']),
    );
    expect(recorder.failures()).toEqual([]);
  });
});
