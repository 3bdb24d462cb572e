/** MYSQL connections (reference: secrets-connections 2.11). */
import { checkTunnels, invalidConnection, requireOption, requireType, sameTunnel } from '../option-set.ts';
import type { TlsSettings } from '../resolved.ts';
import type { ConnectionDefinition } from './definition.ts';

const TLS_MODES: Readonly<Record<string, TlsSettings['mode']>> = {
  DISABLED: 'disable',
  REQUIRED: 'require',
  REQUIRE: 'require',
  VERIFY_CA: 'verify-ca',
  'VERIFY-CA': 'verify-ca',
  VERIFY_IDENTITY: 'verify-full',
  'VERIFY-IDENTITY': 'verify-full',
};

/** The mode of an SSL MODE text in any case, `disable` when there is none; undefined for an unknown one. */
export function mysqlTlsMode(text = 'DISABLED'): TlsSettings['mode'] | undefined {
  const mode = text.toUpperCase();
  return Object.hasOwn(TLS_MODES, mode) ? TLS_MODES[mode] : undefined;
}

export const MYSQL: ConnectionDefinition = {
  label: 'MYSQL',
  allowed: [
    'AWS CONNECTION',
    'AWS PRIVATELINK',
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
    const aws = options.item('AWS CONNECTION');
    if (aws !== undefined) {
      requireType(lookup, aws, 'aws');
      if (options.has('PASSWORD')) {
        throw invalidConnection('AWS IAM authentication is not supported with password');
      }
    }
    if (options.has('SSL KEY') !== options.has('SSL CERTIFICATE')) {
      throw invalidConnection('both SSL KEY and SSL CERTIFICATE are required');
    }
    const given = options.text('SSL MODE');
    const mode = mysqlTlsMode(given);
    if (aws !== undefined && mode === 'disable') {
      throw invalidConnection('AWS IAM authentication requires SSL to be enabled');
    }
    if (mode === undefined) throw invalidConnection(`unknown SSL MODE "${given?.toUpperCase() ?? ''}"`);
    checkTunnels(options, lookup, 'MYSQL');
    for (const name of ['HOST', 'USER']) requireOption(options, name);
  },
  mayChange: sameTunnel,
};
