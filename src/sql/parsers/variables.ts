/** SET, RESET, ALTER SYSTEM, SHOW of a variable, DISCARD, RAISE. */
import type { Statement, VariableLiteral, VariableValue } from '../nodes.ts';
import { identifierText, type TokenStream } from '../token-stream.ts';
import { parseTransactionModes } from './transaction.ts';

/**
 * set = "SET" ["SESSION" | "LOCAL"] (assignment | "TIME" "ZONE" values ["HOUR" "TO" "MINUTE"] | "SCHEMA" ["TO" | "="] value)
 *     | "SET" "NAMES" values | "SET" "TRANSACTION" modes
 *     | "SET" "SESSION" "CHARACTERISTICS" "AS" "TRANSACTION" modes
 */
export function parseSet(stream: TokenStream): Statement {
  // SESSION and LOCAL are also names of nothing: they only ever modify what follows.
  const scope = stream.takeOneOf(['SESSION', 'LOCAL']);
  if (scope === 'SESSION' && stream.takeKeyword('CHARACTERISTICS')) {
    stream.expectKeywords('AS TRANSACTION');
    return { kind: 'set transaction', session: true, modes: parseTransactionModes(stream, true) };
  }
  if (scope === null && stream.takeKeyword('TRANSACTION')) {
    return { kind: 'set transaction', session: false, modes: parseTransactionModes(stream, true) };
  }
  const local = scope === 'LOCAL';
  if (stream.takeKeywords('TIME ZONE')) {
    const value = parseVariableValue(stream);
    // PostgreSQL's INTERVAL '+00:00' HOUR TO MINUTE: the fields that an offset has anyway.
    stream.takeKeywords('HOUR TO MINUTE');
    return { kind: 'set variable', local, name: 'timezone', value };
  }
  if (stream.isKeyword('NAMES') && !stream.is('equals sign', 1) && !stream.isKeyword('TO', 1)) {
    stream.advance();
    return { kind: 'set variable', local, name: 'client_encoding', value: parseVariableValue(stream) };
  }
  if (stream.takeKeyword('SCHEMA')) {
    if (!stream.takeKeyword('TO')) stream.take('equals sign');
    const value: VariableValue = stream.takeKeyword('DEFAULT')
      ? { kind: 'default' }
      : { kind: 'values', values: [parseVariableLiteral(stream)] };
    return { kind: 'set variable', local, name: 'search_path', value };
  }
  const { name, value } = parseVariableAssignment(stream);
  return { kind: 'set variable', local, name, value };
}

/** assignment = name ("TO" | "=") value */
export function parseVariableAssignment(stream: TokenStream): { name: string; value: VariableValue } {
  const name = stream.identifier();
  if (!stream.take('equals sign') && !stream.takeKeyword('TO')) stream.expected('equals sign or TO');
  return { name, value: parseVariableValue(stream) };
}

/** value = "DEFAULT" | literal {"," literal} */
function parseVariableValue(stream: TokenStream): VariableValue {
  if (stream.takeKeyword('DEFAULT')) return { kind: 'default' };
  return { kind: 'values', values: stream.commaSeparated(() => parseVariableLiteral(stream)) };
}

/** literal = ident | string | ["-"] number | "TRUE" | "FALSE" | "ON" | "NULL" | "INTERVAL" string */
function parseVariableLiteral(stream: TokenStream): VariableLiteral {
  const token = stream.peek();
  switch (token.kind) {
    case 'string':
      stream.advance();
      return { kind: 'string', text: token.value };
    case 'number':
      stream.advance();
      return { kind: 'number', text: token.value };
    case 'operator':
      if ((token.value === '-' || token.value === '+') && stream.is('number', 1)) {
        stream.advance();
        const digits = stream.advance().value;
        return { kind: 'number', text: token.value === '-' ? `-${digits}` : digits };
      }
      return stream.expected('variable value');
    case 'keyword':
      return parseKeywordLiteral(stream);
    case 'identifier':
      return { kind: 'ident', text: stream.identifier() };
    default:
      return stream.expected('variable value');
  }
}

function parseKeywordLiteral(stream: TokenStream): VariableLiteral {
  if (stream.takeKeyword('NULL')) return { kind: 'null', text: 'null' };
  if (stream.takeKeyword('ON')) return { kind: 'boolean', text: 'on' };
  if (stream.isKeyword('TRUE') || stream.isKeyword('FALSE')) {
    return { kind: 'boolean', text: identifierText(stream.advance()) };
  }
  if (stream.isKeyword('INTERVAL') && stream.is('string', 1)) {
    stream.advance();
    return { kind: 'interval', text: stream.literalString() };
  }
  if (!stream.isIdentifier()) stream.expected('variable value');
  return { kind: 'ident', text: stream.identifier() };
}

/** reset = "RESET" ("ALL" | "SCHEMA" | name) */
export function parseReset(stream: TokenStream): Statement {
  if (stream.takeKeyword('SCHEMA')) return { kind: 'reset variable', name: 'search_path' };
  return { kind: 'reset variable', name: stream.takeKeyword('ALL') ? null : stream.identifier() };
}

/** alt_sys = "ALTER" "SYSTEM" ("SET" assignment | "RESET" name | "RESET" "ALL") */
export function parseAlterSystem(stream: TokenStream): Statement {
  if (stream.expectOneOf(['SET', 'RESET']) === 'SET') {
    const { name, value } = parseVariableAssignment(stream);
    return { kind: 'alter system set', name, value };
  }
  if (stream.takeKeyword('ALL')) return { kind: 'alter system reset all' };
  return { kind: 'alter system reset', name: stream.identifier() };
}

/** show_variable = "ALL" | "SCHEMA" | "TIME" "ZONE" | "TRANSACTION" "ISOLATION" "LEVEL" | name */
export function parseShowVariable(stream: TokenStream): Statement {
  if (stream.takeKeyword('ALL')) return { kind: 'show variable', name: null };
  if (stream.takeKeywords('TIME ZONE')) return { kind: 'show variable', name: 'timezone' };
  if (stream.takeKeywords('TRANSACTION ISOLATION LEVEL'))
    return { kind: 'show variable', name: 'transaction_isolation' };
  const token = stream.peek();
  // CREATE is reserved, yet here it is the name of a variable that does not exist.
  if (token.kind === 'keyword' && token.value === 'CREATE')
    return { kind: 'show variable', name: identifierText(stream.advance()) };
  return { kind: 'show variable', name: stream.identifier() };
}

/** unlisten = "UNLISTEN" ("*" | name); the first word is no keyword of the language, which has no LISTEN. */
export function parseUnlisten(stream: TokenStream): Statement {
  stream.advance();
  if (stream.take('star')) return { kind: 'unlisten', channel: null };
  return { kind: 'unlisten', channel: stream.identifier() };
}

/** discard = "DISCARD" ("ALL" | "PLANS" | "SEQUENCES" | "TEMP" | "TEMPORARY") */
export function parseDiscard(stream: TokenStream): Statement {
  switch (stream.expectOneOf(['ALL', 'PLANS', 'SEQUENCES', 'TEMP', 'TEMPORARY'])) {
    case 'ALL':
      return { kind: 'discard', target: 'all' };
    case 'PLANS':
      return { kind: 'discard', target: 'plans' };
    case 'SEQUENCES':
      return { kind: 'discard', target: 'sequences' };
    default:
      return { kind: 'discard', target: 'temp' };
  }
}

/** raise = "RAISE" ("DEBUG" | "INFO" | "LOG" | "NOTICE" | "WARNING") */
export function parseRaise(stream: TokenStream): Statement {
  return { kind: 'raise', severity: stream.expectOneOf(['DEBUG', 'INFO', 'LOG', 'NOTICE', 'WARNING']) };
}
