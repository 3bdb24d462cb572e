/** Reading large JSON a piece at a time, so that nothing else has to wait for the whole. */

/** Characters handed to JSON.parse at once: a millisecond or two. */
const PIECE = 1 << 17;

/** An array or object that has not been closed yet. */
interface Container {
  readonly isArray: boolean;
  readonly start: number;
  /** Where the elements or members start that have not been read yet; -1 when all before the latest have been. */
  pending: number;
  /** Where the latest member's key starts; -1 before it. Arrays have no use for it. */
  key: number;
  /** What has been read of it, null while that is nothing. */
  built: unknown[] | Record<string, unknown> | null;
}

/**
 * What JSON.parse answers for well-formed JSON of a few kinds of keys (never `__proto__`); the caller may do something
 * else at each `yield`. One pass counts brackets; runs of small neighbours, about `piece` characters of them, are given to
 * JSON.parse together.
 */
export function* parseJsonInSteps(json: string, piece = PIECE): Generator<void, unknown> {
  const open: Container[] = [];
  let pause = piece;
  for (let i = 0; i < json.length; i++) {
    const unit = json.charCodeAt(i);
    if (unit === QUOTE) {
      const top = open[open.length - 1];
      if (top !== undefined && top.key < 0) top.key = i;
      i = closingQuote(json, i);
    } else if (unit === OPEN_ARRAY || unit === OPEN_OBJECT) {
      open.push({ isArray: unit === OPEN_ARRAY, start: i, pending: i + 1, key: -1, built: null });
    } else if (unit === COMMA) {
      comma(json, open, i, piece);
    } else if (unit === CLOSE_ARRAY || unit === CLOSE_OBJECT) {
      const whole = close(json, open, i);
      if (whole !== null) return whole;
    }
    if (i >= pause) {
      yield;
      pause = i + piece;
    }
  }
  return JSON.parse(json);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function closingQuote(json: string, start: number): number {
  for (let end = start; ;) {
    end = json.indexOf('"', end + 1);
    if (end < 0) throw new SyntaxError('unterminated string in JSON');
    let escapes = 0;
    while (json.charCodeAt(end - 1 - escapes) === 0x5c) escapes++;
    if (escapes % 2 === 0) return end;
  }
}

/** An element has ended at `i`: what is pending with it is read once there is enough. */
function comma(json: string, open: readonly Container[], i: number, piece: number): void {
  const top = open[open.length - 1];
  if (top === undefined) return;
  if (top.pending < 0) top.pending = i + 1;
  else if (i - top.pending >= piece) {
    readAround(json, open);
    readPending(json, top, i);
    top.pending = i + 1;
  }
  top.key = -1;
}

/** The innermost container ends at `i`; answers the whole value if it was the outermost and has been read in parts. */
function close(json: string, open: Container[], i: number): unknown {
  const top = open.pop();
  if (top === undefined || top.built === null) return null;
  readPending(json, top, i);
  const parent = open[open.length - 1];
  if (parent === undefined) return top.built;
  const whole = (parent.built ??= parent.isArray ? [] : {});
  if (Array.isArray(whole)) whole.push(top.built);
  else whole[JSON.parse(json.slice(parent.key, json.lastIndexOf(':', top.start))) as string] = top.built;
  return null;
}

/** Reads what precedes the innermost container in those around it, so that it can be added to them. */
function readAround(json: string, open: readonly Container[]): void {
  for (let k = 0; k + 1 < open.length; k++) {
    const outer = open[k] as Container;
    const end = outer.isArray ? (open[k + 1] as Container).start : outer.key;
    // Without the comma before it.
    readPending(json, outer, Math.max(outer.pending, end - 1));
  }
}

/** Reads the elements or members pending before `end`. */
function readPending(json: string, container: Container, end: number): void {
  const { pending } = container;
  container.pending = -1;
  if (pending < 0) return;
  const text = json.slice(pending, end);
  if (container.isArray) {
    const built = (container.built ??= []) as unknown[];
    if (text === '') return;
    for (const item of JSON.parse(`[${text}]`) as unknown[]) built.push(item);
  } else {
    const built = (container.built ??= {}) as Record<string, unknown>;
    Object.assign(built, JSON.parse(`{${text}}`));
  }
}
