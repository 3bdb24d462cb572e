/**
 * The one error class of the server and the constructors used by every room.
 *
 * A {@link SqlError} carries exactly what PostgreSQL's ErrorResponse carries: SQLSTATE, message, detail, hint and
 * position. Materialize answers XX000 for almost every planning, catalog and evaluation error; constructors whose
 * code is not XX000 say so in their name or their comment.
 */

/** Severity of an error that ends a statement (`ERROR`) or the connection (`FATAL`, `PANIC`). */
export type ErrorSeverity = 'ERROR' | 'FATAL' | 'PANIC';

/** Severity of a notice; ordered by `client_min_messages`, except INFO, which is always sent. */
export type NoticeSeverity = 'WARNING' | 'NOTICE' | 'INFO' | 'LOG' | 'DEBUG';

/** Fields of an error or a notice beside severity, code and message. */
export interface ErrorFields {
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  /** 1-based character (not byte) offset into the query text. */
  readonly position?: number | undefined;
  /** UTF-16 offset into the text of the statement alone; becomes `position` where the whole text is known. */
  readonly offset?: number | undefined;
}

/** An error a client is meant to see. Anything else that is thrown is a defect and is reported as XX000. */
export class SqlError extends Error {
  readonly severity: ErrorSeverity;
  /** SQLSTATE, five characters. */
  readonly code: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly position: number | undefined;
  readonly offset: number | undefined;

  constructor(code: string, message: string, fields: ErrorFields & { severity?: ErrorSeverity } = {}) {
    super(message);
    this.name = 'SqlError';
    this.code = code;
    this.severity = fields.severity ?? 'ERROR';
    this.detail = fields.detail;
    this.hint = fields.hint;
    this.position = fields.position;
    this.offset = fields.offset;
  }

  /** The same error at another severity or with more fields. */
  with(fields: ErrorFields & { severity?: ErrorSeverity; code?: string; message?: string }): SqlError {
    return new SqlError(fields.code ?? this.code, fields.message ?? this.message, {
      severity: fields.severity ?? this.severity,
      detail: fields.detail ?? this.detail,
      hint: fields.hint ?? this.hint,
      position: fields.position ?? this.position,
      offset: fields.offset ?? this.offset,
    });
  }
}

/** A message that does not end the statement: NoticeResponse on the wire. */
export interface Notice extends ErrorFields {
  readonly severity: NoticeSeverity;
  readonly code: string;
  readonly message: string;
}

/** A NOTICE with SQLSTATE 00000 unless another code is given. */
export function notice(message: string, fields: ErrorFields & { code?: string } = {}): Notice {
  return { severity: 'NOTICE', code: fields.code ?? '00000', message, ...withoutCode(fields) };
}

/** A WARNING with SQLSTATE 01000 unless another code is given. */
export function warning(message: string, fields: ErrorFields & { code?: string } = {}): Notice {
  return { severity: 'WARNING', code: fields.code ?? '01000', message, ...withoutCode(fields) };
}

function withoutCode(fields: ErrorFields & { code?: string }): ErrorFields {
  return { detail: fields.detail, hint: fields.hint, position: fields.position };
}

/** XX000: the code of every planning, catalog and evaluation error that has no code of its own. */
export function planError(message: string, fields: ErrorFields = {}): SqlError {
  return new SqlError('XX000', message, fields);
}

/** 42601 with the position (1-based characters) of the offending token. */
export function syntaxError(message: string, position?: number): SqlError {
  return new SqlError('42601', message, { position });
}

/** 0A000: something that Tumbler does not do. `feature` is a plural or singular noun phrase. */
export function unsupported(feature: string, fields: ErrorFields = {}): SqlError {
  return new SqlError('0A000', `${feature} not supported`, fields);
}

/** 42501 in the shape of a missing privilege. */
export function permissionDenied(object: string, detail?: string): SqlError {
  return new SqlError('42501', `permission denied for ${object}`, { detail });
}

/** 08P01: the client broke the protocol. */
export function protocolViolation(message: string, severity: ErrorSeverity = 'ERROR'): SqlError {
  return new SqlError('08P01', message, { severity });
}

/** 57014: cancel request, statement_timeout, and their kin. */
export function queryCanceled(message: string, hint?: string): SqlError {
  return new SqlError('57014', message, { hint });
}

/** 53000: an object-count limit. Fields follow Materialize's resource-limit text. */
export function limitExceeded(
  what: string,
  limitName: string,
  desired: number,
  limit: number,
  current: number,
): SqlError {
  return new SqlError(
    '53000',
    `creating ${what} would violate ${limitName} limit (desired: ${desired}, limit: ${limit}, current: ${current})`,
    { hint: `Drop an existing ${what} or contact support to request a limit increase.` },
  );
}

/** Turns anything thrown into a SqlError; a defect becomes XX000 with a text that cannot carry user data. */
export function toSqlError(cause: unknown): SqlError {
  if (cause instanceof SqlError) return cause;
  if (cause instanceof RangeError && cause.message.includes('call stack')) {
    return new SqlError('54001', 'stack depth limit exceeded');
  }
  return new SqlError('XX000', 'internal error');
}
