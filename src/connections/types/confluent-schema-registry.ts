/** CONFLUENT SCHEMA REGISTRY connections (reference: secrets-connections 2.9). */
import { checkTunnels, invalidConnection, sameTunnel } from '../option-set.ts';
import type { ConnectionDefinition } from './definition.ts';
import { parseUrl } from './url.ts';

export const CONFLUENT_SCHEMA_REGISTRY: ConnectionDefinition = {
  label: 'CONFLUENT SCHEMA REGISTRY',
  allowed: [
    'AWS PRIVATELINK',
    'PASSWORD',
    'PORT',
    'SSH TUNNEL',
    'SSL CERTIFICATE',
    'SSL CERTIFICATE AUTHORITY',
    'SSL KEY',
    'URL',
    'USER',
  ],
  validatesByDefault: true,
  check: (options, lookup) => {
    const text = options.text('URL');
    if (text === undefined) throw invalidConnection('must specify URL');
    const url = parseUrl(text, 'parsing schema registry url');
    if (url.hostname === '') throw invalidConnection('URL must specify domain name');
    if (url.pathname !== '' && url.pathname !== '/') throw invalidConnection('URL must have an empty path');
    if (options.has('SSL KEY') !== options.has('SSL CERTIFICATE')) {
      throw invalidConnection(
        'reading from SSL-auth Confluent Schema Registry requires both SSL KEY and SSL CERTIFICATE',
      );
    }
    checkTunnels(options, lookup, 'CONFLUENT SCHEMA REGISTRY');
  },
  mayChange: sameTunnel,
};
