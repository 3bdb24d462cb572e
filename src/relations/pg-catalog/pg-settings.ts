/** pg_settings: one row, the only setting that clients need of it (reference: catalog relations). */
import { PRESET_SETTINGS } from '../../functions/session-functions.ts';
import { constantRows, type RelationTable } from '../define.ts';

export const PG_SETTINGS_RELATIONS: RelationTable = {
  'pg_catalog.pg_settings': constantRows(() => [...PRESET_SETTINGS]),
};
