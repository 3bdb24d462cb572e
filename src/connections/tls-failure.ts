/** What went wrong with TLS, in OpenSSL's words and without the addresses that it prints. */

/** Errors of certificates that Node raises after the handshake; `certificate verify failed` to OpenSSL. */
const VERIFICATION =
  /^(ERR_TLS_CERT_ALTNAME_|CERT_|CRL_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH)/;

/** Why TLS failed; undefined when the error is of another kind. */
export function tlsFailure(error: unknown): string | undefined {
  const { code, reason, message } = (error ?? {}) as Partial<Record<string, unknown>>;
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  if (VERIFICATION.test(code)) return `certificate verify failed: ${message}`;
  if (!/^(ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO)/.test(code)) return undefined;
  // Alerts and malformed records carry OpenSSL's reason; the message around it has addresses and source lines.
  return typeof reason === 'string' ? reason : (OPENSSL_TEXT.exec(message)?.[1] ?? message);
}

/** `806C03F4457F0000:error:0A000412:SSL routines:ssl3_read_bytes:<reason>:../deps/...`. */
const OPENSSL_TEXT = /(?:^|[ :])error:[0-9A-F]+:[^:]*:[^:]*:([^:\n]+)/;
