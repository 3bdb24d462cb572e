/** pg_settings: what SHOW ALL lists, and what clients read as settings although nobody can SET or SHOW it. */
import { PRESET_SETTINGS } from '../../functions/session-functions.ts';
import type { RelationTable } from '../define.ts';

export const PG_SETTINGS_RELATIONS: RelationTable = {
  'pg_catalog.pg_settings': {
    *rows(context) {
      yield* PRESET_SETTINGS;
      for (const { name, initial } of context.facts.settings()) {
        yield [name, context.setting?.(name) ?? initial];
      }
    },
  },
};
