/** BEGIN, START TRANSACTION, COMMIT, ROLLBACK and transaction modes. */
import type { IsolationLevel, Statement, TransactionMode } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';

/** begin = "BEGIN" ["WORK" | "TRANSACTION"] [modes] */
export function parseBegin(stream: TokenStream): Statement {
  stream.takeOneOf(['TRANSACTION', 'WORK']);
  return { kind: 'begin', modes: parseTransactionModes(stream, false) };
}

/** "START" "TRANSACTION" [modes] */
export function parseStart(stream: TokenStream): Statement {
  stream.expectKeyword('TRANSACTION');
  return { kind: 'begin', modes: parseTransactionModes(stream, false) };
}

/** commit = ("COMMIT" | "END") ["WORK" | "TRANSACTION"] ["AND" ["NO"] "CHAIN"] */
export function parseCommit(stream: TokenStream): Statement {
  return { kind: 'commit', chain: parseEnd(stream) };
}

/** rollback = ("ROLLBACK" | "ABORT") ["WORK" | "TRANSACTION"] ["AND" ["NO"] "CHAIN"] */
export function parseRollback(stream: TokenStream): Statement {
  return { kind: 'rollback', chain: parseEnd(stream) };
}

function parseEnd(stream: TokenStream): boolean {
  stream.takeOneOf(['TRANSACTION', 'WORK']);
  if (!stream.takeKeyword('AND')) return false;
  const chain = !stream.takeKeyword('NO');
  stream.expectKeyword('CHAIN');
  return chain;
}

/** modes = mode {[","] mode} */
export function parseTransactionModes(stream: TokenStream, required: boolean): TransactionMode[] {
  const modes: TransactionMode[] = [];
  let expected = required;
  for (;;) {
    const mode = takeMode(stream);
    if (mode !== null) modes.push(mode);
    else if (expected) stream.expected('transaction mode');
    else return modes;
    expected = stream.take('comma');
  }
}

/** mode = "ISOLATION" "LEVEL" level | "READ" ("ONLY" | "WRITE") */
function takeMode(stream: TokenStream): TransactionMode | null {
  if (stream.takeKeyword('ISOLATION')) {
    stream.expectKeyword('LEVEL');
    return { kind: 'isolation level', level: parseLevel(stream) };
  }
  if (!stream.takeKeyword('READ')) return null;
  return { kind: 'access mode', readOnly: stream.expectOneOf(['ONLY', 'WRITE']) === 'ONLY' };
}

function parseLevel(stream: TokenStream): IsolationLevel {
  switch (stream.takeOneOf(['READ', 'REPEATABLE', 'SERIALIZABLE', 'STRONG', 'STRICT'])) {
    case 'READ':
      return stream.expectOneOf(['UNCOMMITTED', 'COMMITTED']) === 'COMMITTED'
        ? 'read committed'
        : 'read uncommitted';
    case 'REPEATABLE':
      stream.expectKeyword('READ');
      return 'repeatable read';
    case 'SERIALIZABLE':
      return 'serializable';
    case 'STRONG':
      stream.expectKeywords('SESSION SERIALIZABLE');
      return 'strong session serializable';
    case 'STRICT':
      stream.expectKeyword('SERIALIZABLE');
      return 'strict serializable';
    case null:
      return stream.expected('isolation level');
  }
}
