import { pino, type Logger, type DestinationStream } from 'pino';
import { SecretBytes } from './secrets/secret-bytes.ts';

export type { Logger } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Keys whose values never reach a log line, at any of the first three levels of an object. */
const SECRET_KEYS = [
  'password',
  'secret',
  'value',
  'SecretString',
  'SecretBinary',
  'privateKey',
  'masterKey',
  'authorization',
  'sql',
];

/**
 * Structured logs, one JSON object a line. Redaction is by construction: SecretBytes prints as `[redacted]` wherever it
 * stands, and keys that hold values or statement text are masked as a second line of defence.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const paths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths, censor: '[redacted]' },
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: serializeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/**
 * Type, place and, where it cannot quote what a client sent, message of an error. The engine's own errors do quote:
 * JSON.parse its text, a wrong argument its value. Other properties stay out for the same reason.
 */
function serializeError(error: unknown): unknown {
  if (error instanceof SecretBytes) return error.toString();
  if (!(error instanceof Error)) return { message: 'not an error object' };
  const code = (error as { code?: unknown }).code;
  const quotes = QUOTING.has(error.name) || (typeof code === 'string' && code.startsWith('ERR_'));
  return {
    type: error.name,
    ...(quotes ? {} : { message: error.message }),
    ...(typeof code === 'string' ? { code } : {}),
    stack: framesOf(error),
  };
}

/** Errors of the language itself. */
const QUOTING = new Set(['SyntaxError', 'TypeError', 'RangeError', 'ReferenceError', 'URIError']);

/** The lines of the stack below the message. */
function framesOf(error: Error): string {
  const stack = error.stack ?? '';
  const at = stack.indexOf(error.message);
  return at < 0 ? '' : stack.slice(at + error.message.length).trimStart();
}

/** What may be told of an error that nobody expected, wherever it comes from: no message. */
export function describeDefect(error: unknown): Readonly<Record<string, string>> {
  return error instanceof Error ? { type: error.name, stack: framesOf(error) } : { type: typeof error };
}
