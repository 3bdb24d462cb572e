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

/** Message and stack of an error; other properties may carry what a client sent, so they stay out. */
function serializeError(error: unknown): unknown {
  if (error instanceof SecretBytes) return error.toString();
  if (!(error instanceof Error)) return { message: 'not an error object' };
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
  };
}
