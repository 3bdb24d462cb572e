/**
 * PostgreSQL's own parser, compiled to WebAssembly (`libpg-query`): queries, data changes, expressions and type names.
 *
 * The module lives in this process. A trap or a stack overflow inside it leaves its memory in doubt, so that instance is
 * thrown away and a standby takes its place; statements that do not overflow never notice.
 */
import { createRequire } from 'node:module';
import type { ParseResult, RawStmt } from '@pgsql/types';
import { SqlError } from '../errors.ts';
import { parseJsonInSteps } from './json-in-steps.ts';
import { errorAt } from './lexer.ts';
import { MAX_NESTING } from './nesting.ts';

/** What this file uses of the Emscripten module. */
interface WasmModule {
  readonly HEAPU8: Uint8Array;
  readonly HEAPU32: Uint32Array;
  _malloc(size: number): number;
  _free(pointer: number): void;
  _wasm_parse_query_raw(query: number): number;
  _wasm_free_parse_result(result: number): void;
}

type ModuleFactory = (options: object) => Promise<WasmModule>;

const createModule = createRequire(import.meta.url)('libpg-query/wasm/libpg-query.js') as ModuleFactory;

let current: WasmModule | null = null;
let standby: WasmModule | null = null;
let loading: Promise<void> | null = null;

/** Loads the parser once; every later call answers at once. Must be awaited before the first parse. */
export function loadParser(): Promise<void> {
  loading ??= instantiate().then((instance) => {
    current = instance;
    prepareStandby();
  });
  return loading;
}

function instantiate(): Promise<WasmModule> {
  // Its messages about its own end go nowhere: they could hold statement text.
  return createModule({ print: () => undefined, printErr: () => undefined });
}

/** Loads the next instance in the background: it costs some 15 ms and 6 MB. */
function prepareStandby(): void {
  void instantiate()
    .then((instance) => {
      if (current === null) {
        current = instance;
        prepareStandby();
      } else standby = instance;
    })
    .catch(() => undefined);
}

/** Throws the instance away and takes the standby. */
function replaceInstance(): void {
  current = standby;
  standby = null;
  prepareStandby();
}

/** Parse results larger than this many bytes of JSON are refused rather than held in memory. */
const MAX_TREE_BYTES = 256 * 1024 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What PostgreSQL's parser says: statements, or a message with the 0-based character it points at. */
type RawOutcome =
  | { readonly kind: 'tree'; readonly json: string }
  | { readonly kind: 'error'; readonly message: string; readonly character: number };

function rawParse(module: WasmModule, sql: string): RawOutcome {
  const capacity = sql.length * 3 + 1;
  const query = module._malloc(capacity);
  if (query === 0) throw new SqlError('53200', 'out of memory');
  const heap = module.HEAPU8;
  const { written } = encoder.encodeInto(sql, heap.subarray(query, query + capacity - 1));
  heap[query + written] = 0;
  const result = module._wasm_parse_query_raw(query);
  if (result === 0) throw new SqlError('53200', 'out of memory');
  try {
    const error = wordAt(module, result + 8);
    if (error !== 0) {
      const cursor = wordAt(module, error + 16);
      return {
        kind: 'error',
        message: textAt(module, wordAt(module, error)),
        character: cursor > 0 ? cursor - 1 : 0,
      };
    }
    return { kind: 'tree', json: textAt(module, wordAt(module, result)) };
  } finally {
    module._free(query);
    module._wasm_free_parse_result(result);
  }
}

function wordAt(module: WasmModule, pointer: number): number {
  return module.HEAPU32[pointer >>> 2] ?? 0;
}

function textAt(module: WasmModule, pointer: number): string {
  if (pointer === 0) return '';
  const heap = module.HEAPU8;
  const end = heap.indexOf(0, pointer);
  if (end - pointer > MAX_TREE_BYTES) throw new SqlError('54001', 'statement too complex');
  return decoder.decode(heap.subarray(pointer, end));
}

/** A failure of PostgreSQL's parser, before its offset is turned into a position. */
export interface PostgresSyntaxError {
  readonly message: string;
  /** UTF-16 offset into the text that was parsed. */
  readonly offset: number;
}

/** Statements of a text, or the syntax error in it. Throws SqlError only for what is no syntax error. */
export function parsePostgres(sql: string): readonly RawStmt[] | PostgresSyntaxError {
  if (ahead !== null && ahead.text === sql) return ahead.parsed;
  const outcome = treeText(sql);
  return typeof outcome === 'string' ? statementsOf(JSON.parse(outcome)) : outcome;
}

/** What {@link parseAhead} has at hand while its answer is used. */
let ahead: { readonly text: string; readonly parsed: readonly RawStmt[] | PostgresSyntaxError } | null = null;

/**
 * Parses a long text ahead of its use; the caller may do something else at each `yield`. The answer calls a function, to
 * which {@link parsePostgres} then answers at once for that text. Throws what parsePostgres throws.
 */
export function* parseAhead(sql: string): Generator<void, <T>(use: () => T) => T> {
  const outcome = treeText(sql);
  yield;
  const parsed = typeof outcome === 'string' ? statementsOf(yield* parseJsonInSteps(outcome)) : outcome;
  return (use) => {
    ahead = { text: sql, parsed };
    try {
      return use();
    } finally {
      ahead = null;
    }
  };
}

function statementsOf(tree: unknown): readonly RawStmt[] {
  return (tree as ParseResult).stmts ?? [];
}

/** The tree of a text as JSON, or the syntax error in it. */
function treeText(sql: string): string | PostgresSyntaxError {
  // The C parser would stop at it and take the text before for the whole.
  const nul = sql.indexOf('\0');
  if (nul >= 0) return { message: 'invalid byte sequence for encoding "UTF8": 0x00', offset: nul };
  const module = current;
  if (module === null) {
    throw new SqlError('57P03', 'the SQL parser is starting up');
  }
  let outcome: RawOutcome;
  try {
    outcome = rawParse(module, sql);
  } catch (cause) {
    if (cause instanceof SqlError) throw cause;
    replaceInstance();
    throw new SqlError('54001', 'stack depth limit exceeded', {
      hint: 'Split the expression: it nests too deeply for the parser.',
    });
  }
  if (outcome.kind === 'tree') return outcome.json;
  if (outcome.message.startsWith('memory exhausted')) {
    throw new SqlError('54001', `statement exceeds nested expression limit of ${MAX_NESTING}`);
  }
  return { message: outcome.message, offset: offsetOfCharacter(sql, outcome.character) };
}

/** UTF-16 offset of a character: errors count characters, where locations in trees count bytes. */
function offsetOfCharacter(text: string, character: number): number {
  let offset = 0;
  for (let i = 0; i < character && offset < text.length; i++) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** A byte offset in a text's UTF-8 form, and the UTF-16 offset of the same place. */
interface Place {
  readonly byte: number;
  readonly offset: number;
}

/** UTF-16 offset of a byte offset in the text's UTF-8 form, counted from a place at or before it. */
export function utf16Offset(text: string, byte: number, from: Place = { byte: 0, offset: 0 }): number {
  let bytes = from.byte;
  for (let i = from.offset; i < text.length; i++) {
    if (bytes >= byte) return i;
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit <= 0xdbff && i + 1 < text.length) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return text.length;
}

/**
 * A text handed to PostgreSQL's parser, and how its offsets lead back to the statement. `edits` are ordered; text between
 * them was copied.
 */
export interface PgSource {
  /** The text PostgreSQL's parser saw. */
  readonly text: string;
  readonly edits: readonly SourceEdit[];
}

/** Where a stretch of the parsed text begins, and the UTF-16 offset in the statement it was copied from. */
export interface SourceEdit {
  readonly at: number;
  readonly original: number;
  /** False for inserted text, all of which leads to `original`. */
  readonly copied: boolean;
}

/** UTF-16 offset in the statement of a `location` (byte offset) in a tree that came from `source`. */
export function offsetOf(source: PgSource, location: number): number {
  return originalOffset(source, utf16Offset(source.text, location));
}

/** {@link offsetOf} of many locations, in their order; takes no longer than one pass over the text and their sorting. */
export function offsetsOf(source: PgSource, locations: readonly number[]): readonly number[] {
  const found = new Map<number, number>();
  let place: Place = { byte: 0, offset: 0 };
  for (const byte of [...locations].sort((a, b) => a - b)) {
    place = { byte: Math.max(0, byte), offset: utf16Offset(source.text, byte, place) };
    found.set(byte, originalOffset(source, place.offset));
  }
  return locations.map((location) => found.get(location) ?? 0);
}

/** UTF-16 offset in the statement of a UTF-16 offset into `source.text`. */
export function originalOffset(source: PgSource, offset: number): number {
  const edit = source.edits[editsUpTo(source.edits, offset) - 1];
  if (edit === undefined) return offset;
  return edit.copied ? edit.original + (offset - edit.at) : edit.original;
}

/** How many of the edits begin at or before an offset. */
function editsUpTo(edits: readonly SourceEdit[], offset: number): number {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edits[middle]?.at ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Parses `source`, whose offsets lead into `whole` after `base` is added; a syntax error becomes 42601 with PostgreSQL's
 * text at the place in `whole`.
 */
export function parseSource(source: PgSource, whole: string, base: number): readonly RawStmt[] {
  const parsed = parsePostgres(source.text);
  if (!('message' in parsed)) return parsed;
  const error = errorAt(whole, base + originalOffset(source, parsed.offset), parsed.message);
  throw WINDOW_FRAME.test(parsed.message) ? error.with({ code: '42P20' }) : error;
}

/** What the grammar says of frames that make no sense: a windowing error, where everything else is one of syntax. */
const WINDOW_FRAME = /^frame (start|end)/;
