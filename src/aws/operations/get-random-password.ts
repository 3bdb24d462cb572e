/** GetRandomPassword. Source: reference aws-secrets-manager 2.15. */
import { checkCaller } from '../access.ts';
import { randomPassword } from '../random-password.ts';
import type { Operation } from '../protocol/operation.ts';

export const getRandomPassword: Operation<'GetRandomPassword'> = {
  readOnly: true,
  run(call, input) {
    checkCaller(call, call.room.committer.current(), '*');
    return {
      RandomPassword: randomPassword({
        length: input.PasswordLength ?? 32,
        exclude: input.ExcludeCharacters ?? '',
        numbers: input.ExcludeNumbers !== true,
        punctuation: input.ExcludePunctuation !== true,
        uppercase: input.ExcludeUppercase !== true,
        lowercase: input.ExcludeLowercase !== true,
        space: input.IncludeSpace === true,
        requireEach: input.RequireEachIncludedType !== false,
      }),
    };
  },
};
