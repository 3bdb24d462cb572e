/** TagResource. Source: reference aws-secrets-manager 2.17. */
import { put } from '../../catalog/changes.ts';
import { commitAnswer } from '../commit-answer.ts';
import { findSecret } from '../find-secret.ts';
import type { Operation } from '../protocol/operation.ts';
import { awsOf, withAws } from '../secret-facts.ts';
import { checkTags, withTags } from '../tags.ts';

export const tagResource: Operation<'TagResource'> = {
  readOnly: false,
  async run(call, input) {
    const given = checkTags(input.Tags);
    await commitAnswer(
      call,
      (tip) => {
        const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
        const tags = withTags(awsOf(item).tags, given);
        return { changes: [put('item', withAws(item, { tags, tagged: true }, call.now))], result: undefined };
      },
      () => undefined,
    );
    return undefined;
  },
};
