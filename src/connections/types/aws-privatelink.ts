/** AWS PRIVATELINK connections (reference: secrets-connections 2.7). */
import { planError } from '../../errors.ts';
import { requireOption } from '../option-set.ts';
import type { ConnectionDefinition } from './definition.ts';

export const AWS_PRIVATELINK: ConnectionDefinition = {
  label: 'AWS PRIVATELINK',
  allowed: ['AVAILABILITY ZONES', 'PORT', 'SERVICE NAME'],
  validatesByDefault: false,
  check: (options) => {
    requireOption(options, 'SERVICE NAME');
    requireOption(options, 'AVAILABILITY ZONES');
    const value = options.get('AVAILABILITY ZONES');
    const zones =
      value?.kind === 'list' ? value.values.map((v) => ('value' in v ? String(v.value) : '')) : [];
    const duplicates = [...new Set(zones.filter((zone, i) => zones.indexOf(zone) !== i))];
    if (duplicates.length > 0) {
      throw planError('connection cannot contain duplicate availability zones', {
        hint: `Duplicated availability zones:\n  ${duplicates.join('\n  ')}`,
      });
    }
  },
  mayChange: () => true,
};
