/**
 * Load generators: which relations they have, and the rows of those at a moment. A generator has no state: its rows follow
 * from the time since it was created, so they are the same after a restart and on every replica.
 *
 * COUNTER, CLOCK and AUCTION are generated. The people, items and bids of AUCTION are our own invention; shapes and growth
 * follow the reference (clusters-sources-sinks 2.4). The other generators are refused at creation.
 */
import type { ColumnRecord, SourceDetail } from '../catalog/records.ts';
import type { Row } from '../types/datum.ts';

export type GeneratorName = Extract<SourceDetail, { type: 'load-generator' }>['generator'];

/** One relation of a generator. `name` is null for generators with a single output, which is the source itself. */
export interface GeneratorTable {
  readonly name: string | null;
  readonly columns: readonly ColumnRecord[];
}

/** What the rows depend on. Times in milliseconds; ticks count from 0 at creation. */
export interface GeneratorMoment {
  readonly createdAt: number;
  readonly now: number;
  /** TICK INTERVAL; 1000. */
  readonly tickMs?: number | undefined;
  /** AS OF: the tick that is current at creation; 0. */
  readonly asOf?: number | undefined;
  /** UP TO: the first tick that does not happen any more. */
  readonly upTo?: number | undefined;
  /** MAX CARDINALITY of COUNTER: only the newest rows stay. */
  readonly maxCardinality?: number | undefined;
}

const INT8 = 20;
const INT4 = 23;
const TEXT = 25;
const TIMESTAMPTZ = 1184;

const TICK_MS = 1000;
/** Microseconds from the Unix epoch to PostgreSQL's. */
const POSTGRES_EPOCH_MICROS = 946_684_800_000_000n;

function columns(...list: readonly (readonly [string, number])[]): readonly ColumnRecord[] {
  return list.map(([name, typeOid]) => ({ name, typeOid, typmod: -1, nullable: false }));
}

const TABLES: Partial<Record<GeneratorName, readonly GeneratorTable[]>> = {
  COUNTER: [{ name: null, columns: columns(['counter', INT8]) }],
  CLOCK: [{ name: null, columns: columns(['time', TIMESTAMPTZ]) }],
  AUCTION: [
    { name: 'accounts', columns: columns(['id', INT8], ['org_id', INT8], ['balance', INT8]) },
    {
      name: 'auctions',
      columns: columns(['id', INT8], ['seller', INT8], ['item', TEXT], ['end_time', TIMESTAMPTZ]),
    },
    {
      name: 'bids',
      columns: columns(
        ['id', INT8],
        ['buyer', INT8],
        ['auction_id', INT8],
        ['amount', INT4],
        ['bid_time', TIMESTAMPTZ],
      ),
    },
    { name: 'organizations', columns: columns(['id', INT8], ['name', TEXT]) },
    { name: 'users', columns: columns(['id', INT8], ['org_id', INT8], ['name', TEXT]) },
  ],
};

/** Relations of a generator, by name; null for a generator that is not supported. */
export function generatorTables(generator: GeneratorName): readonly GeneratorTable[] | null {
  return TABLES[generator] ?? null;
}

/**
 * Rows of one relation of a generator (`table` null for a single output), oldest first, made as they are asked for.
 * Ticks that have happened are `asOf .. min(asOf + elapsed, upTo - 1)` and, as of the first, all before.
 */
export function generatorRows(
  generator: GeneratorName,
  table: string | null,
  moment: GeneratorMoment,
): Iterable<Row> {
  const ticks = ticksSoFar(moment);
  switch (generator) {
    case 'COUNTER':
      return counterRows(ticks, moment.maxCardinality);
    case 'CLOCK':
      return ticks === 0 ? [] : [[timestamp(tickTime(moment, ticks - 1))]];
    case 'AUCTION':
      return auctionRows(table ?? '', ticks, moment);
    default:
      return [];
  }
}

/** How many ticks have happened. Nothing comes of a generator that starts at or after its end. */
export function ticksSoFar(moment: GeneratorMoment): number {
  const asOf = moment.asOf ?? 0;
  const upTo = moment.upTo ?? Number.POSITIVE_INFINITY;
  if (asOf >= upTo) return 0;
  const elapsed = Math.max(0, Math.floor((moment.now - moment.createdAt) / tickLength(moment)));
  return Math.min(asOf + elapsed + 1, upTo);
}

function tickLength(moment: GeneratorMoment): number {
  return Math.max(1, moment.tickMs ?? TICK_MS);
}

/** When a tick happened: those up to AS OF count as having happened before creation. */
function tickTime(moment: GeneratorMoment, tick: number): number {
  return moment.createdAt + (tick - (moment.asOf ?? 0)) * tickLength(moment);
}

function timestamp(milliseconds: number): bigint {
  return BigInt(Math.trunc(milliseconds)) * 1000n - POSTGRES_EPOCH_MICROS;
}

/** The counter says 1, 2, 3, ... */
function* counterRows(ticks: number, maxCardinality: number | undefined): Iterable<Row> {
  const first = maxCardinality === undefined ? 1 : Math.max(1, ticks - maxCardinality + 1);
  for (let value = first; value <= ticks; value++) yield [BigInt(value)];
}

const ORGANIZATIONS = 10;
const USERS = 100;
/** A new auction comes with every tenth tick and ends with the next; its bids come one a tick. */
const TICKS_PER_AUCTION = 10;
const ITEMS = ['Signed Memorabilia', 'City Bar Crawl', 'Best Pizza in Town', 'Gift Basket', 'Custom Art'];

function auctionRows(table: string, ticks: number, moment: GeneratorMoment): Iterable<Row> {
  if (ticks === 0) return [];
  switch (table) {
    case 'organizations':
      return many(ORGANIZATIONS, (i) => [BigInt(i + 1), `Organization ${String(i + 1)}`]);
    case 'users':
      return many(USERS, (i) => [BigInt(i + 1), BigInt((i % ORGANIZATIONS) + 1), `User ${String(i + 1)}`]);
    case 'accounts':
      return many(ORGANIZATIONS, (i) => [BigInt(i + 1), BigInt(i + 1), BigInt(1000 + draw(i, 9000))]);
    case 'auctions':
      return many(Math.ceil(ticks / TICKS_PER_AUCTION), (i) => auctionRow(i, moment));
    case 'bids':
      return many(ticks, (i) => bidRow(i, moment));
    default:
      return [];
  }
}

function auctionRow(i: number, moment: GeneratorMoment): Row {
  const end = tickTime(moment, (i + 1) * TICKS_PER_AUCTION);
  const item = ITEMS[draw(i, ITEMS.length)] ?? '';
  return [BigInt(i + 1), BigInt(draw(i + 7, USERS) + 1), item, timestamp(end)];
}

function bidRow(i: number, moment: GeneratorMoment): Row {
  const auction = Math.floor(i / TICKS_PER_AUCTION);
  const amount = (i % TICKS_PER_AUCTION) * 10 + draw(i, 10) + 1;
  const buyer = BigInt(draw(i + 13, USERS) + 1);
  return [BigInt(i + 1), buyer, BigInt(auction + 1), amount, timestamp(tickTime(moment, i))];
}

function* many(count: number, row: (i: number) => Row): Iterable<Row> {
  for (let i = 0; i < count; i++) yield row(i);
}

/** A number in [0, n) that depends on `i` only and looks like chance (the finaliser of MurmurHash3). */
function draw(i: number, n: number): number {
  let h = (i + 0x9e37) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) % n;
}
