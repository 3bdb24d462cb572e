/**
 * What goes wrong on the way to an upstream system, with the hop that failed. Validation turns it into SQLSTATE 58000,
 * a health check into the error of a status row.
 */
import { SqlError } from '../errors.ts';
import type { SecretBytes } from '../secrets/secret-bytes.ts';
import { HealthError } from './resolved.ts';

/** Where it failed: the bastion, or the system behind it. */
export type FailureNamespace = HealthError['namespace'];

/** A failure with a text fit for users: it names hosts and users, never secret values. */
export class UpstreamFailure extends Error {
  readonly namespace: FailureNamespace;
  readonly detail: string | undefined;
  readonly hint: string | undefined;

  constructor(
    namespace: FailureNamespace,
    message: string,
    fields: { detail?: string | undefined; hint?: string | undefined } = {},
  ) {
    super(message);
    this.name = 'UpstreamFailure';
    this.namespace = namespace;
    this.detail = fields.detail;
    this.hint = fields.hint;
  }
}

/** 58000: a connection that did not validate. `viaTunnel` prefixes a bastion's failure as sources report it. */
export function validationError(failure: UpstreamFailure, viaTunnel: boolean): SqlError {
  return new SqlError('58000', causeText(failure, viaTunnel), { detail: failure.detail, hint: failure.hint });
}

/** The failure as a health check reports it. */
export function healthError(failure: UpstreamFailure): HealthError {
  return new HealthError(failure.namespace, failure.message, failure.hint);
}

/** The text of a failure; says which hop it was when that is not what the user asked to reach. */
export function causeText(failure: UpstreamFailure, viaTunnel: boolean): string {
  return viaTunnel && failure.namespace === 'ssh'
    ? `error setting up ssh: ${failure.message}`
    : failure.message;
}

/** Anything thrown, as a failure in the given namespace, with the given secrets struck out of its text. */
export function asFailure(
  error: unknown,
  namespace: FailureNamespace,
  secrets: readonly SecretBytes[],
): UpstreamFailure {
  const failure =
    error instanceof UpstreamFailure
      ? error
      : new UpstreamFailure(namespace, error instanceof Error ? error.message : 'unknown error');
  return scrubFailure(failure, secrets);
}

function scrubFailure(failure: UpstreamFailure, secrets: readonly SecretBytes[]): UpstreamFailure {
  const clean = (text: string): string => scrub(text, secrets);
  return new UpstreamFailure(failure.namespace, clean(failure.message), {
    detail: failure.detail === undefined ? undefined : clean(failure.detail),
    hint: failure.hint === undefined ? undefined : clean(failure.hint),
  });
}

/** Shorter values would strike out ordinary words of a message and so give themselves away. */
const SHORTEST_SCRUBBED = 4;

/** The text with every occurrence of a secret value struck out: an upstream may echo what it was sent. */
export function scrub(text: string, secrets: readonly SecretBytes[]): string {
  let clean = text;
  for (const secret of secrets) {
    const value = secret.openText().trim();
    if (value.length >= SHORTEST_SCRUBBED) clean = clean.split(value).join('[redacted]');
  }
  return clean;
}

const SYSTEM_TEXTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  EPIPE: 'Broken pipe',
  EACCES: 'Permission denied',
};

const LOOKUP_TEXTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'Name or service not known',
  ENODATA: 'No address associated with hostname',
  EAI_AGAIN: 'Temporary failure in name resolution',
  EAI_FAIL: 'Non-recoverable failure in name resolution',
};

/** The text of a failed name look-up, or undefined when the error is something else. */
export function lookupText(error: unknown): string | undefined {
  const reason = LOOKUP_TEXTS[errorCode(error) ?? ''];
  return reason === undefined ? undefined : `failed to lookup address information: ${reason}`;
}

/** The C library's text for a socket error, else the error's own text. */
export function systemText(error: unknown): string {
  const known = SYSTEM_TEXTS[errorCode(error) ?? ''];
  return known ?? (error instanceof Error ? error.message : 'unknown error');
}

/** `code` of a Node error; for a connect that tried several addresses, of the last one. */
function errorCode(error: unknown): string | undefined {
  if (error instanceof AggregateError) return errorCode(error.errors.at(-1));
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
