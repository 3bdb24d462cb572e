/** ICEBERG CATALOG connections (reference: secrets-connections 2.14). */
import { planError } from '../../errors.ts';
import { invalidConnection, requireType } from '../option-set.ts';
import type { ConnectionDefinition } from './definition.ts';
import { parseUrl } from './url.ts';

export const ICEBERG_CATALOG: ConnectionDefinition = {
  label: 'ICEBERG CATALOG',
  allowed: ['AWS CONNECTION', 'CATALOG TYPE', 'CREDENTIAL', 'SCOPE', 'URL', 'WAREHOUSE'],
  validatesByDefault: true,
  check: (options, lookup) => {
    const type = options.text('CATALOG TYPE')?.toLowerCase();
    if (type === undefined) throw invalidConnection('ICEBERG connections must specify CATALOG TYPE');
    if (type !== 'rest' && type !== 's3tablesrest') {
      throw planError('invalid CATALOG TYPE: invalid iceberg catalog type');
    }
    const url = options.text('URL');
    if (url === undefined) throw invalidConnection('must specify URL');
    parseUrl(url, 'parsing Iceberg catalog url');
    if (type === 's3tablesrest') {
      if (!options.has('WAREHOUSE')) {
        throw invalidConnection('ICEBERG s3tablesrest connections must specify WAREHOUSE');
      }
      const aws = options.item('AWS CONNECTION');
      if (aws === undefined) {
        throw invalidConnection('ICEBERG s3tablesrest connections require an AWS connection');
      }
      requireType(lookup, aws, 'aws');
    } else if (!options.has('CREDENTIAL')) {
      throw invalidConnection('ICEBERG rest connections require a CREDENTIAL');
    }
  },
  // As for SQL SERVER: no rule, so no change.
  mayChange: () => false,
};
