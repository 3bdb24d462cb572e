/** mz_network_policies and their rules. */
import { entityRelation, type RelationTable } from '../define.ts';
import { aclArray } from '../values.ts';

export const NETWORK_POLICY_RELATIONS: RelationTable = {
  'mz_internal.mz_network_policies': entityRelation({
    all: (snapshot) => snapshot.small.networkPolicy.values(),
    keys: { id: (snapshot, id) => snapshot.small.networkPolicy.get(id as string) },
    row: (_, { id, name, ownerId, privileges, oid }) => [id, name, ownerId, aclArray(privileges), oid],
  }),
  'mz_internal.mz_network_policy_rules': {
    *rows({ snapshot }) {
      for (const { id, rules } of snapshot.small.networkPolicy.values()) {
        for (const { name, action, address, direction } of rules)
          yield [name, id, action, address, direction];
      }
    },
  },
};
