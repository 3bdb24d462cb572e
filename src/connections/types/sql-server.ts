/** SQL SERVER connections (reference: secrets-connections 2.12). */
import { checkTunnels, invalidConnection, requireOption } from '../option-set.ts';
import type { ConnectionDefinition } from './definition.ts';

const TLS_MODES: readonly string[] = ['DISABLED', 'REQUIRED', 'VERIFY', 'VERIFY_CA'];

export const SQL_SERVER: ConnectionDefinition = {
  label: 'SQL SERVER',
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
    const mode = (options.text('SSL MODE') ?? 'DISABLED').toUpperCase();
    if (mode === 'VERIFY_CA' && !options.has('SSL CERTIFICATE AUTHORITY')) {
      throw invalidConnection("SSL MODE 'verify_ca' requires SSL CERTIFICATE AUTHORITY");
    }
    if (!TLS_MODES.includes(mode)) throw invalidConnection(`unknown SSL MODE "${mode}"`);
    checkTunnels(options, lookup, 'SQL SERVER');
    for (const name of ['HOST', 'DATABASE', 'USER', 'PASSWORD']) requireOption(options, name);
  },
  // The version examined has no rule for these, so every change of an option is refused (3.3).
  mayChange: () => false,
};
