/** What a policy says about one principal doing one thing. A deny wins over an allow. */
import { parsePolicy, PolicyError, type PolicyDocument, type Principal, type Statement } from './document.ts';

export interface Question {
  readonly principalArn: string;
  /** `secretsmanager:GetSecretValue` */
  readonly action: string;
}

const parsed = new Map<string, PolicyDocument | null>();
const KEPT = 1000;

/** `undefined`: the policy does not speak of it. */
export function decide(policy: string, question: Question): 'allow' | 'deny' | undefined {
  const document = documentOf(policy, question.action.slice(0, question.action.indexOf(':')));
  if (document === null) return undefined;
  let decision: 'allow' | undefined;
  for (const statement of document.statements) {
    if (!applies(statement, question)) continue;
    const conditional = Object.keys(statement.conditions).length > 0;
    // The context that conditions ask about is not known here: only what holds without it counts.
    if (conditional) continue;
    if (statement.effect === 'Deny') return 'deny';
    decision = 'allow';
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

function applies(statement: Statement, { principalArn, action }: Question): boolean {
  const named = statement.principals.some((principal) => isMeant(principal, principalArn, statement.effect));
  if (named === statement.exceptPrincipals) return false;
  const listed = statement.actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
  return listed !== statement.exceptActions;
}

/** An allow for the account leaves it to the account whom it lets in; a deny for the account means everybody in it. */
function isMeant({ type, value }: Principal, principalArn: string, effect: Statement['effect']): boolean {
  if (type !== 'AWS') return false;
  if (value === '*' || value === principalArn) return true;
  const account = principalArn.split(':')[4] ?? '';
  if (value === account || value === `arn:aws:iam::${account}:root`) return effect === 'Deny';
  // A key stands for a role of the catalog: a policy may call it user or role.
  const own = /^arn:aws[a-z-]*:iam::(\d+):(?:user|role)\/(.+)$/;
  const [mine, theirs] = [own.exec(principalArn), own.exec(value)];
  return mine !== null && theirs !== null && mine[1] === theirs[1] && mine[2] === theirs[2];
}

/** `*` and `?` as IAM has them. */
function matches(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const source = pattern
    .split(/([*?])/)
    .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, 's').test(text);
}
