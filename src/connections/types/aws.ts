/** AWS connections (reference: secrets-connections 2.6). */
import { planError } from '../../errors.ts';
import type { ConnectionDefinition } from './definition.ts';

export const AWS: ConnectionDefinition = {
  label: 'AWS',
  allowed: [
    'ACCESS KEY ID',
    'ASSUME ROLE ARN',
    'ASSUME ROLE SESSION NAME',
    'ENDPOINT',
    'REGION',
    'SECRET ACCESS KEY',
    'SESSION TOKEN',
  ],
  validatesByDefault: false,
  check: (options) => {
    const has = (name: string): boolean => options.has(name);
    const anyKey = has('ACCESS KEY ID') || has('SECRET ACCESS KEY') || has('SESSION TOKEN');
    const anyRole = has('ASSUME ROLE ARN') || has('ASSUME ROLE SESSION NAME');
    if (anyKey && !(has('ACCESS KEY ID') && has('SECRET ACCESS KEY'))) {
      throw planError('must specify both ACCESS KEY ID and SECRET ACCESS KEY with optional SESSION TOKEN');
    }
    if (anyRole && !has('ASSUME ROLE ARN')) {
      throw planError('must specify ASSUME ROLE ARN with optional ASSUME ROLE SESSION NAME');
    }
    if (!anyKey && !anyRole) {
      throw planError('must specify either ASSUME ROLE ARN or ACCESS KEY ID and SECRET ACCESS KEY');
    }
    if (anyKey && anyRole) throw planError('cannot specify both ACCESS KEY ID and ASSUME ROLE ARN');
  },
  mayChange: () => true,
};
