/** TLS settings of a connection as Node's options. Opens the secrets in them: call it where the client is made. */
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import { SecretBytes } from '../secrets/secret-bytes.ts';
import type { TextOrSecret, TlsSettings } from './resolved.ts';

/**
 * Options for `tls.connect`, or undefined when TLS is off. `require` encrypts and believes any certificate,
 * `verify-ca` checks the chain, `verify-full` also the host name. Without an authority the system's are used.
 */
export function tlsOptions(settings: TlsSettings, host: string): ConnectionOptions | undefined {
  if (settings.mode === 'disable') return undefined;
  return {
    rejectUnauthorized: settings.mode !== 'require',
    // Node would compare with `localhost` when the socket is given and SNI is not allowed (IP addresses).
    checkServerIdentity: (_name, certificate) =>
      settings.mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
    ...(settings.certificateAuthority === undefined ? {} : { ca: openText(settings.certificateAuthority) }),
    ...(settings.certificate === undefined ? {} : { cert: openText(settings.certificate) }),
    ...(settings.key === undefined ? {} : { key: settings.key.openText() }),
  };
}

/** The text, whichever way it was given. */
export function openText(value: TextOrSecret): string {
  return value instanceof SecretBytes ? value.openText() : value;
}

/** The secrets among the values, for striking them out of error texts. */
export function secretsAmong(values: readonly (TextOrSecret | undefined)[]): readonly SecretBytes[] {
  return values.filter((value) => value instanceof SecretBytes);
}

/** The secrets in TLS settings. */
export function tlsSecrets(settings: TlsSettings | undefined): readonly SecretBytes[] {
  if (settings === undefined) return [];
  return secretsAmong([settings.certificate, settings.key, settings.certificateAuthority]);
}
