/** ListSecrets. Source: reference aws-secrets-manager 2.7. */
import { listPage } from '../listing.ts';
import { present, type Operation } from '../protocol/operation.ts';
import { labelsOf } from '../secret-facts.ts';
import type { SortBy } from '../secret-orders.ts';
import { sharedFacts } from './describe-secret.ts';

const PAGE = 100;

export const listSecrets: Operation<'ListSecrets'> = {
  readOnly: true,
  async run(call, input) {
    const { secrets, nextToken, snapshot } = await listPage(call, {
      filters: input.Filters ?? [],
      sortBy: (input.SortBy as SortBy | undefined) ?? 'created-date',
      descending: input.SortOrder === 'desc',
      includeDeleted: input.IncludePlannedDeletion === true,
      pageSize: input.MaxResults ?? PAGE,
      nextToken: input.NextToken,
    });
    return present({
      SecretList: secrets.map((item) =>
        present({
          ...sharedFacts(call, snapshot, item),
          SecretVersionsToStages: labelsOf(snapshot, item),
        }),
      ),
      NextToken: nextToken,
    });
  },
};
