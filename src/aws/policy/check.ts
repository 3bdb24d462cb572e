/** Checks of resource policies before they are kept. Source: reference aws-secrets-manager 2.13. */
import { AwsError, invalidParameter, malformedPolicy } from '../protocol/errors.ts';
import type { Call, Fields } from '../protocol/operation.ts';
import { isPublic, parsePolicy, PolicyError, type PolicyDocument, type PolicyMistake } from './document.ts';
import { contextOf } from './context.ts';
import { decide, type Decision } from './evaluate.ts';

const MISTAKES = {
  syntax: 'This resource policy contains a syntax error.',
  'unsupported principal': 'This resource policy contains an unsupported principal.',
  'invalid service principal': 'This resource policy contains an invalid service principal.',
} satisfies Record<PolicyMistake, string>;

const LOCK_OUT = 'Your requested changes will not allow you to manage this secret in the future.';
const BROAD = "You can't attach a resource-based policy that allows broad access to the secret.";

function read(text: string): PolicyDocument {
  try {
    return parsePolicy(text, 'secretsmanager');
  } catch (error) {
    if (error instanceof PolicyError) throw malformedPolicy(MISTAKES[error.mistake]);
    throw error;
  }
}

/** What a policy says of the caller changing it again. */
export type Reflexive = (text: string) => Decision;

/** For a policy without a secret: what it says of any secret. */
export function reflexiveOfAny(call: Call): Reflexive {
  const { principalArn } = call.caller;
  const context = contextOf(call, { tags: [] });
  return (text) =>
    decide(text, { principalArn, action: 'secretsmanager:PutResourcePolicy', resource: '*', context });
}

/** Throws InvalidParameter for another policy than the one that a secret can have. */
export function checkPolicyName(name: string | undefined): void {
  if ((name ?? 'default') !== 'default') throw invalidParameter('You can only change the default policy.');
}

/** Throws MalformedPolicyDocument or, when asked to keep the public out, PublicPolicy. */
export function checkPolicy(call: Call, text: string, reflexive: Reflexive, blockPublic: boolean): void {
  const policy = read(text);
  checkRoles(call, policy);
  if (blockPublic && isPublic(policy)) throw new AwsError('PublicPolicyException', BROAD);
  if (reflexive(text) === 'deny') throw malformedPolicy(LOCK_OUT);
}

/** A user or role of this account must be a role of the catalog. Where keys are not checked, nobody is known. */
function checkRoles(call: Call, policy: PolicyDocument): void {
  if (call.caller.role === undefined) return;
  const { roleByName } = call.room.committer.current();
  const own = new RegExp(`^arn:aws[a-z-]*:iam::${call.room.home.accountId}:(?:user|role)/(.+)$`);
  for (const { principals } of policy.statements) {
    for (const { type, value } of principals) {
      const name = type === 'AWS' ? own.exec(value)?.[1] : undefined;
      if (name !== undefined && !roleByName.has(name))
        throw malformedPolicy(MISTAKES['unsupported principal']);
    }
  }
}

/** Every check of ValidateResourcePolicy that a policy fails. */
export function policyFindings(call: Call, text: string, reflexive: Reflexive): readonly Fields[] {
  let policy: PolicyDocument;
  try {
    policy = read(text);
    checkRoles(call, policy);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return [{ CheckName: 'POLICY_SYNTAX_CHECK', ErrorMessage: error.message }];
  }
  return [
    ...(isPublic(policy) ? [{ CheckName: 'PUBLIC_POLICY_CHECK', ErrorMessage: BROAD }] : []),
    ...(reflexive(text) === 'deny'
      ? [{ CheckName: 'REFLEXIVE_PRINCIPAL_CHECK', ErrorMessage: LOCK_OUT }]
      : []),
  ];
}
