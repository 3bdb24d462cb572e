/** pg_settings: one row, the only setting that clients need of it (reference: catalog relations). */
import { constantRows, type RelationTable } from '../define.ts';

export const PG_SETTINGS_RELATIONS: RelationTable = {
  'pg_catalog.pg_settings': constantRows(() => [['max_index_keys', '1000']]),
};
