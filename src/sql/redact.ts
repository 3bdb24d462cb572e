/** SQL text that is safe for logs and the activity history. */
import { SqlError } from '../errors.ts';
import { parseScript } from './parser.ts';
import type { Statement } from './nodes.ts';
import { statementDoc } from './printer.ts';
import { render } from './doc.ts';
import type { PrintStyle } from './printers/context.ts';
import { quoteIdent } from './quote.ts';
import { tokenize, type Token } from './lexer.ts';

/**
 * A text or a statement with every value that could be a secret replaced by `'<REDACTED>'`: values of secrets, passwords,
 * literals of queries and data changes, literals given for options that take a secret. A text that does not parse loses
 * every literal, and everything after SECRET, AS or PASSWORD; one that does not even lex is not repeated at all.
 */
export function redact(sql: string | Statement): string {
  if (typeof sql !== 'string') return print(sql);
  try {
    return parseScript(sql)
      .map(({ node }) => print(node))
      .join('; ');
  } catch (cause) {
    if (!(cause instanceof SqlError)) throw cause;
    return redactTokens(sql);
  }
}

const STYLE: PrintStyle = { redacted: true, quoteAll: false, hideCredentials: true };

function print(node: Statement): string {
  return render(statementDoc(STYLE, node), Infinity);
}

const REDACTED = `'<REDACTED>'`;

/** Words after which a misspelt statement may hold a secret in any token. */
const GUARDED: ReadonlySet<string> = new Set(['AS', 'PASSWORD', 'SECRET']);
const VALUE_KINDS: ReadonlySet<Token['kind']> = new Set(['string', 'hex string', 'number']);

function redactTokens(sql: string): string {
  let tokens: readonly Token[];
  try {
    tokens = tokenize(sql);
  } catch {
    return '<unreadable statement>';
  }
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'end') break;
    if (VALUE_KINDS.has(token.kind)) {
      words.push(REDACTED);
      continue;
    }
    words.push(token.kind === 'identifier' ? quoteIdent(token.value) : sql.slice(token.start, token.end));
    if (token.kind === 'keyword' && GUARDED.has(token.value)) {
      words.push(REDACTED);
      break;
    }
  }
  return words.join(' ');
}
