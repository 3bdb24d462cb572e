/** MYSQL connections (reference: secrets-connections 2.11). */
import { checkTunnels, invalidConnection, requireOption, requireType, sameTunnel } from '../option-set.ts';
import type { ConnectionDefinition } from './definition.ts';

const TLS_MODES: readonly string[] = [
  'DISABLED',
  'REQUIRED',
  'REQUIRE',
  'VERIFY_CA',
  'VERIFY-CA',
  'VERIFY_IDENTITY',
  'VERIFY-IDENTITY',
];

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
    const mode = (options.text('SSL MODE') ?? 'DISABLED').toUpperCase();
    if (aws !== undefined && mode === 'DISABLED') {
      throw invalidConnection('AWS IAM authentication requires SSL to be enabled');
    }
    if (!TLS_MODES.includes(mode)) throw invalidConnection(`unknown SSL MODE "${mode}"`);
    checkTunnels(options, lookup, 'MYSQL');
    for (const name of ['HOST', 'USER']) requireOption(options, name);
  },
  mayChange: sameTunnel,
};
