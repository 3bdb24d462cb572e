/** What a policy says about one principal doing one thing. A deny wins over an allow. */
import { holds, type Context, type Substitute } from './conditions.ts';
import { parsePolicy, PolicyError, type PolicyDocument, type Principal, type Statement } from './document.ts';
import { literally, matchesPattern } from './patterns.ts';

export interface Question {
  readonly principalArn: string;
  /** `secretsmanager:GetSecretValue` */
  readonly action: string;
  /** ARN of what the policy is attached to. */
  readonly resource: string;
  readonly context: Context;
}

/** `account`: the account is let in, which leaves it to the account whom it lets do that. */
export type Decision = 'allow' | 'account' | 'deny' | undefined;

const parsed = new Map<string, PolicyDocument | null>();
const KEPT = 1000;

/** `undefined`: the policy does not speak of it. */
export function decide(policy: string, question: Question): Decision {
  const document = documentOf(policy, question.action.slice(0, question.action.indexOf(':')));
  if (document === null) return undefined;
  const substitute = document.variables ? substituteFrom(question.context) : (text: string) => text;
  let decision: Decision;
  for (const statement of document.statements) {
    const who = appliesTo(statement, question);
    if (who === undefined || !isAbout(statement, question, substitute)) continue;
    if (!statement.conditions.every((one) => holds(one, question.context, substitute))) continue;
    if (statement.effect === 'Deny') return 'deny';
    if (decision !== 'allow') decision = who === 'account' ? 'account' : 'allow';
  }
  return decision;
}

function documentOf(text: string, prefix: string): PolicyDocument | null {
  const key = `${prefix}\n${text}`;
  let document = parsed.get(key);
  if (document === undefined) {
    document = parseOrNull(text, prefix);
    if (parsed.size >= KEPT) parsed.clear();
    parsed.set(key, document);
  }
  return document;
}

function parseOrNull(text: string, prefix: string): PolicyDocument | null {
  try {
    return parsePolicy(text, prefix);
  } catch (error) {
    if (error instanceof PolicyError) return null;
    throw error;
  }
}

const VARIABLE = /\$\{([^}]*)\}/g;

/** `${aws:username}`, `${aws:username, 'somebody'}`; `${*}`, `${?}` and `${$}` are the characters. */
function substituteFrom(context: Context): Substitute {
  return (text) => {
    if (!text.includes('${')) return text;
    let known = true;
    const replaced = text.replace(VARIABLE, (_all, inside: string) => {
      if (inside === '*' || inside === '?' || inside === '$') return literally(inside);
      const parts = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inside);
      const values = parts === null ? undefined : context(parts[1]!.toLowerCase());
      const value = values?.length === 1 ? values[0] : parts?.[2];
      if (value === undefined) known = false;
      return literally(value ?? '');
    });
    return known ? replaced : undefined;
  };
}

/** Whether a statement speaks of the principal, and as whom. */
function appliesTo(statement: Statement, { principalArn }: Question): 'principal' | 'account' | undefined {
  const meant = statement.principals.map((principal) => isMeant(principal, principalArn));
  const named = meant.includes('principal') ? 'principal' : meant.find((one) => one !== undefined);
  if (statement.exceptPrincipals) return named === undefined ? 'principal' : undefined;
  return named;
}

function isAbout(statement: Statement, { action, resource }: Question, substitute: Substitute): boolean {
  const listed = statement.actions.some((one) => matchesPattern(one.toLowerCase(), action.toLowerCase()));
  if (listed === statement.exceptActions) return false;
  const named = statement.resources.some((one) => {
    const pattern = substitute(one);
    return pattern !== undefined && matchesPattern(pattern, resource);
  });
  return named !== statement.exceptResources;
}

function isMeant({ type, value }: Principal, principalArn: string): 'principal' | 'account' | undefined {
  if (type !== 'AWS') return undefined;
  if (value === '*' || value === principalArn) return 'principal';
  const account = principalArn.split(':')[4] ?? '';
  if (value === account || value === `arn:aws:iam::${account}:root`) return 'account';
  // A key stands for a role of the catalog: a policy may call it user or role.
  const own = /^arn:aws[a-z-]*:iam::(\d+):(?:user|role)\/(.+)$/;
  const [mine, theirs] = [own.exec(principalArn), own.exec(value)];
  const same = mine !== null && theirs !== null && mine[1] === theirs[1] && mine[2] === theirs[2];
  return same ? 'principal' : undefined;
}
