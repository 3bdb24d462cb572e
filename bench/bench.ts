/** What is measured, and beside what. */
import { spawnSync } from 'node:child_process';
import { firstAnswer } from './first-answer.ts';
import {
  afterDdl,
  catalogQueries,
  MAKE_TABLES,
  PSQL_COMMANDS,
  psqlMs,
  RAISE_LIMITS,
} from './introspection.ts';
import { runLoad, type Load, type Measured, type Target } from './load.ts';
import { createPeer, type Peer } from './peer.ts';
import { median, Report } from './report.ts';
import { createSubject, type Subject } from './subject.ts';

const FEW = 100;
const MANY = 100_000;
const MEGABYTE = 1024 * 1024;

interface Bench {
  readonly subject: Subject;
  readonly peer: Peer | undefined;
  readonly report: Report;
  /** Measuring time of one load in milliseconds. */
  readonly measureMs: number;
  readonly rounds: number;
}

const GROUPS = { start, reads, writes, introspection, large } satisfies Record<
  string,
  (bench: Bench) => Promise<void>
>;

/** Measures and prints. */
export async function bench(argv: readonly string[]): Promise<void> {
  const quick = argv.includes('--quick');
  const only = argv.find((each) => each.startsWith('--only='))?.slice('--only='.length);
  const peer = await createPeer();
  const subject = await createSubject();
  const report = new Report(peer?.version ?? 'no PostgreSQL, which is not installed here');
  const run: Bench = { subject, peer, report, measureMs: quick ? 600 : 3000, rounds: quick ? 1 : 3 };
  try {
    for (const [name, group] of Object.entries(GROUPS)) {
      if (only === undefined || only === name) await group(run);
    }
  } finally {
    await subject.stop();
    await peer?.stop();
    subject.remove();
    peer?.remove();
  }
  process.stdout.write(`\n${report.markdown()}`);
}

const peerTarget = (peer: Peer): Target => ({ port: peer.port, user: 'postgres', database: 'postgres' });

async function bothUp({ subject, peer }: Bench): Promise<void> {
  await firstAnswer(() => subject.start(), subject.target);
  if (peer !== undefined) await firstAnswer(() => peer.start(), peerTarget(peer));
}

async function bothDown({ subject, peer }: Bench): Promise<void> {
  await subject.stop();
  await peer?.stop();
}

/** Runs statements one after the other over one connection. */
async function script(target: Target, statements: readonly string[]): Promise<void> {
  for (const sql of statements) await runLoad(target, { connections: 1, sql, rows: 0, operations: 1 });
}

async function start(run: Bench): Promise<void> {
  const { subject, peer, report, rounds } = run;
  const fresh: number[] = [];
  const again: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < rounds * 3; i++) {
    const first = await createSubject();
    fresh.push(await firstAnswer(() => first.start(), first.target));
    await first.stop();
    again.push(await firstAnswer(() => first.start(), first.target));
    await first.stop();
    first.remove();
    if (peer === undefined) continue;
    theirs.push(await firstAnswer(() => peer.start(), peerTarget(peer)));
    await peer.stop();
  }
  const others = theirs.length === 0 ? {} : { peer: median(theirs) };
  const node = median(Array.from({ length: 5 }, bareNode));
  const note = `a bare Node process takes ${node.toFixed(0)} ms`;
  report.add({
    what: 'start to first answer',
    unit: 'ms',
    ours: median(again),
    better: 'less',
    note,
    ...others,
  });
  report.add({
    what: 'start to first answer, empty folder',
    unit: 'ms',
    ours: median(fresh),
    better: 'less',
  });
  await bothUp(run);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  report.add({
    what: 'memory, idle',
    unit: 'MB',
    ours: subject.residentBytes() / MEGABYTE,
    ...(peer === undefined ? {} : { peer: peer.residentBytes() / MEGABYTE }),
    better: 'less',
    note: 'resident; PostgreSQL: all processes, shared pages counted once',
  });
  const before = subject.cpuSeconds();
  await new Promise((resolve) => setTimeout(resolve, 5000));
  report.add({
    what: 'processor, idle',
    unit: 'ms/s',
    ours: ((subject.cpuSeconds() - before) / 5) * 1000,
    better: 'less',
  });
  await bothDown(run);
}

/** What clients ask of the catalog when they connect and when people look around. */
async function introspection(run: Bench): Promise<void> {
  const { subject, peer, report } = run;
  await bothUp(run);
  await script(subject.system, RAISE_LIMITS);
  await runLoad(subject.target, MAKE_TABLES);
  if (peer !== undefined) await runLoad(peerTarget(peer), MAKE_TABLES);
  const queries = catalogQueries();
  for (const { what, load, peerSetup } of [...queries, ...queries.map(afterDdl)]) {
    const [ours, theirs] = await compare(run, load, peerSetup ? { ...load, setup: peerSetup } : load);
    const others = theirs === undefined ? {} : { peer: theirs.p50 };
    report.add({ what: `${what}, p50`, unit: 'ms', ours: ours.p50, better: 'less', ...others });
  }
  for (const command of PSQL_COMMANDS) {
    const ours = psqlMs(subject.target, command);
    const theirs = peer === undefined ? undefined : psqlMs(peerTarget(peer), command);
    if (ours === undefined) continue;
    const others = theirs === undefined ? {} : { peer: theirs };
    report.add({ what: `psql ${command} table`, unit: 'ms', ours, better: 'less', ...others });
  }
  await bothDown(run);
}

function bareNode(): number {
  const begun = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - begun;
}

/** Alternates between the two servers, so that a noisy moment meets both; the round of median throughput counts. */
async function compare(
  run: Bench,
  ours: Load,
  theirs: Load | undefined,
): Promise<[Measured, Measured | undefined]> {
  const mine: Measured[] = [];
  const other: Measured[] = [];
  for (let i = 0; i < run.rounds; i++) {
    mine.push(await runLoad(run.subject.target, { measureMs: run.measureMs, ...ours }));
    if (run.peer !== undefined && theirs !== undefined)
      other.push(await runLoad(peerTarget(run.peer), { measureMs: run.measureMs, ...theirs }));
  }
  return [middle(mine)!, middle(other)];
}

function middle(measured: readonly Measured[]): Measured | undefined {
  return measured.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(measured.length / 2)];
}

function addReads(
  run: Bench,
  what: string,
  [ours, peer]: [Measured, Measured | undefined],
  note?: string,
): void {
  const add = (unit: string, better: 'more' | 'less', pick: (m: Measured) => number, label: string): void =>
    run.report.add({
      what: `${what}: ${label}`,
      unit,
      better,
      ours: pick(ours),
      ...(peer === undefined ? {} : { peer: pick(peer) }),
      ...(note === undefined ? {} : { note }),
    });
  add('/s', 'more', (m) => m.perSecond, 'throughput');
  add('ms', 'less', (m) => m.p50, 'p50');
  add('ms', 'less', (m) => m.p99, 'p99');
}

const LOOKUP = 'SELECT id, oid, schema_id, name, owner_id FROM mz_catalog.mz_secrets WHERE name = $1';
const PEER_LOOKUP = 'SELECT id, oid, schema_id, name, owner_id FROM secrets WHERE name = $1';
const PEER_TABLE = [
  'DROP TABLE IF EXISTS secrets',
  `CREATE TABLE secrets (id text PRIMARY KEY, oid oid NOT NULL, schema_id text NOT NULL, name text NOT NULL UNIQUE,
     owner_id text NOT NULL, value bytea NOT NULL)`,
];

function lookup(count: number, connections: number, prefix = 'few'): [Load, Load] {
  const shared = { connections, rows: 1, parameters: [`${prefix}_%m`], modulo: Math.min(count, 5000) };
  return [
    { ...shared, sql: LOOKUP },
    { ...shared, sql: PEER_LOOKUP },
  ];
}

/** Secrets named `<prefix>_0` to `<prefix>_<count - 1>` on both sides. */
async function fill({ subject, peer }: Bench, prefix: string, count: number): Promise<void> {
  await runLoad(subject.target, {
    connections: Math.min(count, 64),
    sql: `CREATE SECRET ${prefix}_%n AS 'value number %n'`,
    rows: 0,
    operations: count,
  });
  if (peer === undefined) return;
  await script(peerTarget(peer), [
    ...PEER_TABLE,
    `INSERT INTO secrets SELECT 'u' || n, n + 20000, 'u3', '${prefix}_' || n, 'u1', convert_to('value number ' || n, 'UTF8')
       FROM generate_series(0, ${count - 1}) n`,
    'VACUUM ANALYZE secrets',
  ]);
}

/** The defaults are those of a small environment; a bench goes past them. */
async function raiseLimits({ subject }: Bench): Promise<void> {
  await script(subject.system, [
    'ALTER SYSTEM SET max_secrets = 10000000',
    'ALTER SYSTEM SET max_objects_per_schema = 10000000',
  ]);
}

async function reads(run: Bench): Promise<void> {
  await bothUp(run);
  await raiseLimits(run);
  await fill(run, 'few', FEW);
  for (const connections of [1, 16]) {
    const select = { connections, sql: 'SELECT 1', rows: 1 };
    addReads(run, `\`SELECT 1\`, ${connections} conn.`, await compare(run, select, select));
  }
  for (const connections of [1, 16]) {
    const loads = lookup(FEW, connections);
    addReads(run, `prepared lookup by name, ${connections} conn.`, await compare(run, ...loads));
  }
  await bothDown(run);
}

async function writes(run: Bench): Promise<void> {
  const { subject, peer, report } = run;
  await bothUp(run);
  await raiseLimits(run);
  if (peer !== undefined)
    await script(peerTarget(peer), ['CREATE TABLE plain (id bigint PRIMARY KEY, value text NOT NULL)']);
  let next = 0;
  for (const connections of [1, 16]) {
    const rounds: Record<'secret' | 'role' | 'insert', Measured[]> = { secret: [], role: [], insert: [] };
    for (let i = 0; i < run.rounds; i++) {
      next += 1_000_000;
      const load = { connections, rows: 0, first: next, measureMs: run.measureMs };
      rounds.secret.push(
        await runLoad(subject.target, { ...load, sql: `CREATE SECRET bench_%n AS 'value number %n'` }),
      );
      if (peer === undefined) continue;
      const target = peerTarget(peer);
      rounds.role.push(await runLoad(target, { ...load, sql: 'CREATE ROLE bench_%n' }));
      rounds.insert.push(
        await runLoad(target, { ...load, sql: `INSERT INTO plain VALUES (%n, 'value number %n')` }),
      );
    }
    const [secret, role, insert] = [middle(rounds.secret)!, middle(rounds.role), middle(rounds.insert)];
    const line = { unit: '/s', ours: secret.perSecond, better: 'more' } as const;
    const note = `p50 ${secret.p50.toFixed(2)} ms, p99 ${secret.p99.toFixed(2)} ms`;
    const what = `durable CREATE SECRET, ${connections} conn.`;
    report.add({ what: `${what} : CREATE ROLE`, ...line, note, ...(role && { peer: role.perSecond }) });
    report.add({ what: `${what} : INSERT`, ...line, ...(insert && { peer: insert.perSecond }) });
  }
  await bothDown(run);
}

interface AtSize {
  readonly lookup: [Measured, Measured | undefined];
  readonly alter: [Measured, Measured | undefined];
}

/** Lookup and ALTER SECRET with so many secrets, by one connection. */
async function atSize(run: Bench, prefix: string, count: number): Promise<AtSize> {
  const shared = { connections: 1, rows: 0, modulo: Math.min(count, 5000) };
  const alter = { ...shared, sql: `ALTER SECRET ${prefix}_%m AS 'another value'` };
  const update = { ...shared, sql: `UPDATE secrets SET value = 'another value' WHERE name = '${prefix}_%m'` };
  return {
    lookup: await compare(run, ...lookup(count, 1, prefix)),
    alter: await compare(run, alter, update),
  };
}

async function large(run: Bench): Promise<void> {
  const { subject, peer, report } = run;
  await bothUp(run);
  await raiseLimits(run);
  await fill(run, 'small', FEW);
  const few = await atSize(run, 'small', FEW);
  await fill(run, 'many', MANY);
  const many = await atSize(run, 'many', MANY);
  addReads(run, 'prepared lookup among 100,000, 1 conn.', many.lookup);
  const ours = (pick: (size: AtSize) => Measured): string =>
    `${(pick(many).p50 / pick(few).p50).toFixed(2)} times its p50 at 100`;
  addReads(run, 'ALTER SECRET (UPDATE) at 100, 1 conn.', few.alter);
  addReads(
    run,
    'ALTER SECRET (UPDATE) at 100,000, 1 conn.',
    many.alter,
    ours((size) => size.alter[0]),
  );
  report.add({
    what: 'lookup at 100,000 : at 100, p50',
    unit: 'ms',
    ours: many.lookup[0].p50,
    peer: few.lookup[0].p50,
    better: 'less',
    note: 'Tumbler beside itself',
  });
  await bothDown(run);
  const opened = await firstAnswer(() => subject.start(), subject.target);
  const theirs = peer && (await firstAnswer(() => peer.start(), peerTarget(peer)));
  report.add({
    what: 'start to first answer with 100,000 secrets',
    unit: 'ms',
    ours: opened,
    ...(theirs === undefined ? {} : { peer: theirs }),
    better: 'less',
  });
  report.add({
    what: 'memory with 100,000 secrets, after start',
    unit: 'MB',
    ours: subject.residentBytes() / MEGABYTE,
    ...(peer === undefined ? {} : { peer: peer.residentBytes() / MEGABYTE }),
    better: 'less',
  });
  await bothDown(run);
}
