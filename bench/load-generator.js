/**
 * Sends one kind of statement over some connections as fast as answers come back, and prints what it measured as JSON.
 * It speaks the PostgreSQL protocol itself, with messages made in advance, so that it costs far less than a server.
 * Takes one argument: the JSON of a Load (see bench/load.ts). Answers that are errors, or have another number of rows
 * than expected, end it with exit code 1.
 */
import { connect } from 'node:net';

const load = JSON.parse(process.argv[2]);
const { port, user, database, connections, warmupMs, measureMs, operations, statement, rows, setup, before } =
  load;

const READY = 0x5a;
const ERROR = 0x45;
const DATA_ROW = 0x44;

function message(type, ...parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(type === '' ? 4 : 5, type);
  head.writeInt32BE(body.length + 4, type === '' ? 0 : 1);
  return Buffer.concat([head, body]);
}

const text = (value) => Buffer.from(`${value}\0`);
const int16 = (value) => Buffer.from([value >> 8, value & 255]);
const int32 = (value) => Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);

const startup = message(
  '',
  int32(196608),
  text('user'),
  text(user),
  text('database'),
  text(database),
  Buffer.of(0),
);
const sync = message('S');

/** `%n` in a statement or parameter is the number of the operation, `%m` that number modulo `load.modulo`. */
function fill(template, n) {
  return template.replaceAll('%n', String(n)).replaceAll('%m', String(n % load.modulo));
}

function simpleMessage(n) {
  return message('Q', text(fill(statement.sql, n)));
}

function preparedMessage(n) {
  const values = statement.parameters.map((template) => {
    const value = Buffer.from(fill(template, n));
    return Buffer.concat([int32(value.length), value]);
  });
  const bind = message('B', text(''), text('s'), int16(0), int16(values.length), ...values, int16(0));
  return Buffer.concat([bind, message('E', text(''), int32(0)), sync]);
}

const make = statement.prepared ? preparedMessage : simpleMessage;
// Where the texts repeat, they are made once; else as they are needed.
const repeated = load.modulo > 0 && !statement.sql.includes('%n');
const made = repeated ? Array.from({ length: load.modulo }, (_, n) => make(n)) : undefined;

let next = load.first;
let measuring = false;
let finished = false;
let sent = 0;
const latencies = new Float64Array(4_000_000);
let measured = 0;

function fail(reason) {
  console.error(reason);
  process.exit(1);
}

function errorText(bytes, from, to) {
  return bytes.subarray(from, to).toString().replaceAll('\0', ' ');
}

/** One connection: an operation at a time. */
function client(onIdle) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let rest;
  let dataRows = 0;
  let state = 'login';
  let current = 0;
  let begun = 0;
  const begin = () => {
    state = 'open';
    dataRows = 0;
    begun = performance.now();
    socket.write(made === undefined ? make(current) : made[current % load.modulo]);
  };
  const send = () => {
    if (finished || (operations > 0 && sent >= operations)) {
      state = 'idle';
      onIdle();
      return;
    }
    sent++;
    current = next++;
    if (before === undefined) return begin();
    state = 'before';
    socket.write(message('Q', text(fill(before, current))));
  };
  const onReady = () => {
    if (state === 'login' && setup.length > 0) {
      state = 'setup';
      socket.write(message('Q', text(setup.join('; '))));
    } else if (state === 'login' || state === 'setup') {
      if (!statement.prepared) return opened();
      state = 'preparing';
      socket.write(Buffer.concat([message('P', text('s'), text(statement.sql), int16(0)), sync]));
    } else if (state === 'preparing') {
      opened();
    } else if (state === 'before') {
      begin();
    } else {
      if (rows !== undefined && dataRows !== rows) fail(`expected ${rows} rows, got ${dataRows}`);
      if (measuring && measured < latencies.length) latencies[measured++] = performance.now() - begun;
      send();
    }
  };
  const opened = () => {
    state = 'open';
    onOpen();
  };
  socket.on('connect', () => socket.write(startup));
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => state === 'idle' || finished || fail('the server closed a connection'));
  socket.on('data', (chunk) => {
    const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (bytes.length - at >= 5) {
      const end = at + 1 + bytes.readInt32BE(at + 1);
      if (end > bytes.length) break;
      const type = bytes[at];
      if (type === DATA_ROW) dataRows++;
      else if (type === ERROR) fail(errorText(bytes, at + 5, end));
      else if (type === READY) onReady();
      at = end;
    }
    rest = at < bytes.length ? bytes.subarray(at) : undefined;
  });
  return { send, close: () => socket.destroy() };
}

let open = 0;
let idle = 0;
let begun = 0;
let startedAt = 0;

function onOpen() {
  if (++open < connections) return;
  startedAt = performance.now();
  if (operations > 0) measure();
  else setTimeout(measure, warmupMs);
  for (const each of clients) each.send();
}

function measure() {
  begun = operations > 0 ? startedAt : performance.now();
  measuring = true;
  if (operations === 0) setTimeout(finish, measureMs);
}

function finish() {
  const seconds = (performance.now() - begun) / 1000;
  measuring = false;
  finished = true;
  const sorted = latencies.subarray(0, measured).sort();
  const at = (share) => sorted[Math.min(measured - 1, Math.floor(measured * share))];
  const result = { perSecond: measured / seconds, p50: at(0.5), p99: at(0.99), operations: measured, next };
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}

const clients = Array.from({ length: connections }, () =>
  client(() => {
    if (operations > 0 && ++idle === connections) finish();
  }),
);
