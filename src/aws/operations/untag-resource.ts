/** UntagResource. Source: reference aws-secrets-manager 2.17. */
import { put } from '../../catalog/changes.ts';
import { commitAnswer } from '../commit-answer.ts';
import { findSecret } from '../find-secret.ts';
import type { Operation } from '../protocol/operation.ts';
import { awsOf, withAws } from '../secret-facts.ts';

export const untagResource: Operation<'UntagResource'> = {
  readOnly: false,
  async run(call, input) {
    const gone = new Set(input.TagKeys);
    await commitAnswer(
      call,
      (tip) => {
        const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
        const before = awsOf(item).tags;
        const tags = before.filter((tag) => !gone.has(tag.key));
        const changes = tags.length === before.length ? [] : [put('item', withAws(item, { tags }, call.now))];
        return { changes, result: undefined };
      },
      () => undefined,
    );
    return undefined;
  },
};
