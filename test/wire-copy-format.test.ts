/** The bytes of COPY TO STDOUT, beside PostgreSQL's for the same rows. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CopyFormat } from '../src/engine/outcome.ts';
import { MessageWriter } from '../src/pgproto/message-writer.ts';
import { copyRowWriter } from '../src/pgwire/copy-format.ts';
import type { Row } from '../src/types/datum.ts';
import { TEXT_COPY, column } from './support/fake-engine.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';
import { WireClient, query } from './support/wire-client.ts';

const TEXTS = [
  'plain',
  '',
  ' ',
  'a,b',
  'a\tb',
  'a\nb',
  'a\rb',
  'say "hi"',
  'back\\slash',
  '\\.',
  '\\N',
  'a|b',
  "it's",
  'ä€😀',
  '\b\f\v',
  'NULL',
];
const COLUMNS = [column('a "name"', 25), column('n', 23), column('b', 16)];
const ROWS: readonly Row[] = [...TEXTS.map((text, i): Row => [text, i, i % 2 === 0]), [null, null, null]];

const FORMATS: readonly (readonly [string, CopyFormat])[] = [
  ['FORMAT text', TEXT_COPY],
  ["FORMAT text, DELIMITER '|', NULL 'NULL'", { ...TEXT_COPY, delimiter: '|', nullText: 'NULL' }],
  ['FORMAT text, HEADER', { ...TEXT_COPY, header: true }],
  ['FORMAT csv', { ...TEXT_COPY, format: 'csv', delimiter: ',', nullText: '' }],
  ['FORMAT csv, HEADER', { ...TEXT_COPY, format: 'csv', delimiter: ',', nullText: '', header: true }],
  [
    "FORMAT csv, DELIMITER '|', QUOTE '''', ESCAPE '\\', NULL 'NULL'",
    { ...TEXT_COPY, format: 'csv', delimiter: '|', quote: "'", escape: '\\', nullText: 'NULL' },
  ],
  ['FORMAT binary', { ...TEXT_COPY, format: 'binary' }],
];

let postgres: TestPostgres | null;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

/** The payloads of the CopyData messages in a run of bytes. */
function payload(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 1 + bytes.readInt32BE(at + 1)) {
    parts.push(bytes.subarray(at + 5, at + 1 + bytes.readInt32BE(at + 1)));
  }
  return Buffer.concat(parts);
}

function ours(rows: readonly Row[], format: CopyFormat, columns = COLUMNS): Buffer {
  const writer = new MessageWriter();
  const lines = copyRowWriter(columns, format);
  lines.start(writer);
  for (const row of rows) lines.row(writer, row);
  lines.finish(writer);
  return payload(writer.view());
}

function literal(value: Row[number]): string {
  if (typeof value !== 'string') return String(value);
  return `E'${value.replace(/['\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}'`;
}

async function theirs(rows: readonly Row[], options: string, types: string): Promise<Buffer> {
  const client = await WireClient.login(postgres?.port ?? 0, { user: 'postgres' });
  const values = rows.map((row) => `(${row.map(literal).join()})`).join();
  client.send(query(`COPY (SELECT * FROM (VALUES ${values}) AS t (${types})) TO STDOUT (${options})`));
  const said = await client.until('readyForQuery');
  client.close();
  const failure = said.find((message) => message.kind === 'errorResponse');
  if (failure?.kind === 'errorResponse') throw new Error(failure.fields.get('M'));
  return Buffer.concat(said.flatMap((message) => (message.kind === 'copyData' ? [message.data] : [])));
}

it.for(FORMATS)('%s', async ([options, format], { skip }) => {
  if (postgres === null) return skip('PostgreSQL is not installed');
  expect(ours(ROWS, format).toString('latin1')).toBe(
    (await theirs(ROWS, options, '"a ""name""", n, b')).toString('latin1'),
  );
});

it('quotes the end marker when it is the only column', async ({ skip }) => {
  if (postgres === null) return skip('PostgreSQL is not installed');
  const csv: CopyFormat = { ...TEXT_COPY, format: 'csv', delimiter: ',', nullText: '' };
  const rows: readonly Row[] = [['\\.'], [''], [null]];
  expect(ours(rows, csv, [column('a', 25)]).toString()).toBe(
    (await theirs(rows, 'FORMAT csv', 'a')).toString(),
  );
});
