/** Resource policies as data. Source: reference aws-secrets-manager 2.13; grammar of IAM policy documents. */
import { hasFixedValues, isValidValue, readOperator, type Condition } from './conditions.ts';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly principals: readonly Principal[];
  /** NotPrincipal: everybody but these. */
  readonly exceptPrincipals: boolean;
  readonly actions: readonly string[];
  readonly exceptActions: boolean;
  readonly resources: readonly string[];
  readonly exceptResources: boolean;
  /** All must hold. */
  readonly conditions: readonly Condition[];
}

export interface Principal {
  readonly type: string;
  readonly value: string;
}

export interface PolicyDocument {
  /** Values may hold policy variables: only in the newer version of the language. */
  readonly variables: boolean;
  readonly statements: readonly Statement[];
}

/** Why a text is no policy, by the kind of the mistake. */
export type PolicyMistake = 'syntax' | 'unsupported principal' | 'invalid service principal';

export class PolicyError extends Error {
  readonly mistake: PolicyMistake;
  constructor(mistake: PolicyMistake) {
    super(mistake);
    this.name = 'PolicyError';
    this.mistake = mistake;
  }
}

type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

const NEWER_VERSION = '2012-10-17';
const VERSIONS = new Set([NEWER_VERSION, '2008-10-17']);
const DOCUMENT_KEYS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_KEYS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);
const MAX_DEPTH = 10;

function syntax(): PolicyError {
  return new PolicyError('syntax');
}

function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** A text or a list of texts; never empty. */
function texts(json: Json): readonly string[] {
  const values: readonly Json[] = Array.isArray(json) ? json : [json];
  if (values.length === 0 || values.some((value) => typeof value !== 'string')) throw syntax();
  return values as readonly string[];
}

/** Exactly one of a pair of members. */
function oneOf(statement: JsonObject, name: string): { values: Json; except: boolean } {
  const plain = statement[name];
  const not = statement[`Not${name}`];
  if ((plain === undefined) === (not === undefined)) throw syntax();
  return plain === undefined ? { values: not, except: true } : { values: plain, except: false };
}

/** Reads a policy. `actionPrefix`: the service whose actions it may name. Throws {@link PolicyError}. */
export function parsePolicy(text: string, actionPrefix: string): PolicyDocument {
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    throw syntax();
  }
  if (!isObject(json) || tooDeep(json, 0)) throw syntax();
  if (Object.keys(json).some((key) => !DOCUMENT_KEYS.has(key))) throw syntax();
  const version = json['Version'];
  if (version !== undefined && (typeof version !== 'string' || !VERSIONS.has(version))) throw syntax();
  const given = json['Statement'];
  const statements: readonly Json[] = Array.isArray(given) ? given : [given];
  if (statements.length === 0) throw syntax();
  return {
    variables: version === NEWER_VERSION,
    statements: statements.map((statement) => parseStatement(statement, actionPrefix)),
  };
}

function tooDeep(json: Json, depth: number): boolean {
  if (typeof json !== 'object' || json === null) return false;
  return depth > MAX_DEPTH || Object.values(json).some((value) => tooDeep(value, depth + 1));
}

function parseStatement(json: Json, actionPrefix: string): Statement {
  if (!isObject(json) || Object.keys(json).some((key) => !STATEMENT_KEYS.has(key))) throw syntax();
  const effect = json['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw syntax();
  const actions = oneOf(json, 'Action');
  const names = texts(actions.values);
  if (names.some((name) => name !== '*' && !name.toLowerCase().startsWith(`${actionPrefix}:`)))
    throw syntax();
  const resources = oneOf(json, 'Resource');
  const arns = texts(resources.values);
  if (arns.some((resource) => resource !== '*' && !resource.startsWith('arn:'))) throw syntax();
  const principal = oneOf(json, 'Principal');
  return {
    effect,
    principals: parsePrincipals(principal.values),
    exceptPrincipals: principal.except,
    actions: names,
    exceptActions: actions.except,
    resources: arns,
    exceptResources: resources.except,
    conditions: parseConditions(json['Condition']),
  };
}

function parsePrincipals(json: Json): readonly Principal[] {
  if (json === '*') return [{ type: 'AWS', value: '*' }];
  if (!isObject(json) || Object.keys(json).length === 0) throw syntax();
  return Object.entries(json).flatMap(([type, values]) =>
    texts(values).map((value) => {
      checkPrincipal(type, value);
      return { type, value };
    }),
  );
}

const PRINCIPAL_ARN =
  /^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(?:root|(?:user|role|assumed-role|federated-user|group)\/.+)$/;
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;

function checkPrincipal(type: string, value: string): void {
  switch (type) {
    case 'AWS':
      if (value === '*' || /^\d{12}$/.test(value) || PRINCIPAL_ARN.test(value)) return;
      throw new PolicyError('unsupported principal');
    case 'Service':
      if (SERVICE.test(value)) return;
      throw new PolicyError('invalid service principal');
    case 'Federated':
      if (value !== '') return;
      throw new PolicyError('unsupported principal');
    case 'CanonicalUser':
      throw new PolicyError('unsupported principal');
    default:
      throw syntax();
  }
}

function parseConditions(json: Json): readonly Condition[] {
  if (json === undefined) return [];
  if (!isObject(json)) throw syntax();
  return Object.entries(json).flatMap(([written, block]) => {
    const operator = readOperator(written);
    if (operator === undefined || !isObject(block)) throw syntax();
    return Object.entries(block).map(([key, given]) => {
      const values = conditionValues(given);
      if (values.some((value) => !isValidValue(operator.operator, value))) throw syntax();
      return { ...operator, key: key.toLowerCase(), values };
    });
  });
}

function conditionValues(json: Json): readonly string[] {
  const values: readonly Json[] = Array.isArray(json) ? json : [json];
  if (values.some((v) => !['string', 'number', 'boolean'].includes(typeof v))) throw syntax();
  return values.map(String);
}

/** Condition keys that, fixed to plain values, keep a policy for everybody from being public. */
const NARROWING = new Set(['aws:sourcearn', 'aws:sourcevpc', 'aws:sourcevpce', 'aws:sourceaccount']);

/** Whether a policy lets anybody at all in. */
export function isPublic(policy: PolicyDocument): boolean {
  return policy.statements.some(
    (statement) =>
      statement.effect === 'Allow' &&
      (statement.exceptPrincipals || statement.principals.some((p) => p.type === 'AWS' && p.value === '*')) &&
      !isNarrowed(statement),
  );
}

function isNarrowed({ conditions }: Statement): boolean {
  return conditions.some(
    (condition) =>
      /^(?:String|Arn)(?:Equals|Like)/.test(condition.operator) &&
      !condition.ifExists &&
      condition.set !== 'all' &&
      NARROWING.has(condition.key) &&
      hasFixedValues(condition),
  );
}
