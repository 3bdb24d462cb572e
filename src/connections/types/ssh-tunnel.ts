/** SSH TUNNEL connections (reference: secrets-connections 2.13). */
import { planError } from '../../errors.ts';
import { requireOption } from '../option-set.ts';
import type { ConnectionDefinition } from './definition.ts';

export const SSH_TUNNEL: ConnectionDefinition = {
  label: 'SSH TUNNEL',
  allowed: ['HOST', 'PORT', 'PUBLIC KEY 1', 'PUBLIC KEY 2', 'USER'],
  validatesByDefault: false,
  check: (options) => {
    requireOption(options, 'HOST');
    requireOption(options, 'USER');
    if (options.get('USER')?.kind === 'secret') {
      throw planError('SSH connections do not support supplying USER value as SECRET');
    }
  },
  mayChange: () => true,
};

/** Users must not give the keys. The reference raises this after it has drawn the new connection's id. */
export function rejectPublicKeys(names: readonly string[]): void {
  for (const name of ['PUBLIC KEY 1', 'PUBLIC KEY 2']) {
    if (names.includes(name)) throw planError(`the ${name} option cannot be explicitly specified`);
  }
}
