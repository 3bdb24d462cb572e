/** POSTGRES connections (reference: secrets-connections 2.10). */
import { checkTunnels, invalidConnection, requireOption, sameTunnel } from '../option-set.ts';
import type { TlsSettings } from '../resolved.ts';
import type { ConnectionDefinition } from './definition.ts';

/** Case matters: an unquoted word arrives in lower case. */
const TLS_MODES: Readonly<Record<string, TlsSettings['mode']>> = {
  disable: 'disable',
  require: 'require',
  required: 'require',
  verify_ca: 'verify-ca',
  'verify-ca': 'verify-ca',
  verify_full: 'verify-full',
  'verify-full': 'verify-full',
};

/** The mode of an SSL MODE text, `disable` when there is none; undefined for an unknown one. */
export function postgresTlsMode(text: string | undefined): TlsSettings['mode'] | undefined {
  if (text === undefined) return 'disable';
  return Object.hasOwn(TLS_MODES, text) ? TLS_MODES[text] : undefined;
}

export const POSTGRES: ConnectionDefinition = {
  label: 'POSTGRES',
  allowed: [
    'AWS PRIVATELINK',
    'DATABASE',
    'HOST',
    'PASSWORD',
    'PORT',
    'SSH TUNNEL',
    'SSL CERTIFICATE',
    'SSL CERTIFICATE AUTHORITY',
    'SSL KEY',
    'SSL MODE',
    'USER',
  ],
  validatesByDefault: true,
  check: (options, lookup) => {
    if (options.has('SSL KEY') !== options.has('SSL CERTIFICATE')) {
      throw invalidConnection('both SSL KEY and SSL CERTIFICATE are required');
    }
    const mode = options.text('SSL MODE');
    if (postgresTlsMode(mode) === undefined) throw invalidConnection(`unknown SSL MODE "${mode ?? ''}"`);
    checkTunnels(options, lookup, 'POSTGRES');
    for (const name of ['DATABASE', 'HOST', 'USER']) requireOption(options, name);
  },
  mayChange: sameTunnel,
};
