import { describe, expect, it } from 'vitest';
import { isPublic, parsePolicy, PolicyError } from './document.ts';
import { decide, type Question } from './evaluate.ts';

const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf';
const USER = 'arn:aws:iam::123456789012:user/app';

/** A request at half past seven, from loopback, with two stages and no version. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  'aws:username': ['app'],
  'aws:currenttime': ['2026-05-01T07:30:00Z'],
  'aws:sourceip': ['::ffff:127.0.0.1'],
  'aws:securetransport': ['false'],
  'aws:principalarn': [USER],
  'aws:resourcetag/team': ['app*'],
  'aws:tagkeys': ['team', 'stage'],
  'secretsmanager:versionstage': ['AWSCURRENT'],
  'secretsmanager:recoverywindowindays': ['7'],
};

const QUESTION: Question = {
  principalArn: USER,
  action: 'secretsmanager:GetSecretValue',
  resource: SECRET,
  context: (key) => FACTS[key],
};

function policy(statement: Record<string, unknown>): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'secretsmanager:*', Resource: '*', ...statement }],
  });
}

function ask(statement: Record<string, unknown>, action = 'secretsmanager:GetSecretValue'): unknown {
  return decide(policy(statement), { ...QUESTION, action });
}

describe('decisions', () => {
  it.each([
    [{ Principal: { AWS: USER } }, 'allow'],
    [{ Principal: { AWS: USER.replace('user/', 'role/') } }, 'allow'],
    [{ Principal: { AWS: 'arn:aws:iam::123456789012:user/other' } }, undefined],
    [{ Principal: { AWS: 'arn:aws:iam::123456789012:root' } }, 'account'],
    [{ Principal: { AWS: ['123456789012', USER] } }, 'allow'],
    [{ Resource: SECRET }, 'allow'],
    [{ Resource: 'arn:aws:secretsmanager:*:*:secret:prod/*' }, 'allow'],
    [{ Resource: 'arn:aws:secretsmanager:*:*:secret:dev/*' }, undefined],
    [{ Resource: undefined, NotResource: 'arn:aws:secretsmanager:*:*:secret:prod/*' }, undefined],
    [{ Resource: 'arn:aws:secretsmanager:*:*:secret:${aws:username}/*' }, undefined],
    [{ Effect: 'Deny', Principal: { AWS: 'arn:aws:iam::123456789012:root' } }, 'deny'],
    [{ Effect: 'Deny', Principal: { AWS: '123456789012' } }, 'deny'],
    [{ Action: 'secretsmanager:Get*' }, 'allow'],
    [{ Action: 'secretsmanager:getsecretvalue' }, 'allow'],
    [{ Action: 'secretsmanager:PutSecretValue' }, undefined],
    [{ Action: undefined, NotAction: 'secretsmanager:Put*' }, 'allow'],
    [{ Principal: undefined, NotPrincipal: { AWS: USER } }, undefined],
    [{ Principal: { Service: 'lambda.amazonaws.com' } }, undefined],
  ])('%j', (statement, expected) => {
    expect(ask(statement)).toBe(expected);
  });

  it('a deny wins', () => {
    const both = JSON.stringify({
      Statement: ['Allow', 'Deny'].map((Effect) => ({
        Effect,
        Principal: '*',
        Action: 'secretsmanager:*',
        Resource: '*',
      })),
    });
    expect(decide(both, QUESTION)).toBe('deny');
  });
});

type Block = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

describe('conditions', () => {
  it.each<[Block, boolean]>([
    // One value, several values, several keys, several operators.
    [{ StringEquals: { 'aws:username': 'app' } }, true],
    [{ StringEquals: { 'AWS:UserName': ['other', 'app'] } }, true],
    [{ StringEquals: { 'aws:username': 'App' } }, false],
    [{ StringEquals: { 'aws:username': 'app', 'secretsmanager:VersionStage': 'AWSPENDING' } }, false],
    [{ StringEquals: { 'aws:username': 'app' }, Bool: { 'aws:SecureTransport': 'true' } }, false],
    [{ stringequals: { 'aws:username': 'app' } }, true],
    [{ StringNotEquals: { 'aws:username': ['app', 'other'] } }, false],
    [{ StringNotEquals: { 'aws:username': 'other' } }, true],
    [{ StringEqualsIgnoreCase: { 'aws:username': 'APP' } }, true],
    [{ StringNotEqualsIgnoreCase: { 'aws:username': 'APP' } }, false],
    [{ StringEquals: { 'aws:username': 'ap*' } }, false],
    [{ StringLike: { 'aws:username': 'a?p' } }, true],
    [{ StringLike: { 'aws:username': 'A*' } }, false],
    [{ StringNotLike: { 'aws:username': 'a*' } }, false],
    // A key without a value.
    [{ StringEquals: { 'secretsmanager:VersionId': 'x' } }, false],
    [{ StringEqualsIfExists: { 'secretsmanager:VersionId': 'x' } }, true],
    [{ StringEqualsIfExists: { 'aws:username': 'x' } }, false],
    [{ StringNotEquals: { 'secretsmanager:VersionId': 'x' } }, true],
    [{ ArnNotLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } }, true],
    [{ Null: { 'secretsmanager:VersionId': 'true' } }, true],
    [{ Null: { 'secretsmanager:VersionId': false } }, false],
    [{ Null: { 'aws:username': 'false' } }, true],
    [{ NumericLessThan: { 'aws:MultiFactorAuthAge': '10' } }, false],
    [{ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }, true],
    // Several values of a key.
    [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team', 'x'] } }, true],
    [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'x' } }, false],
    [{ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': 'team' } }, true],
    [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'stage', 'x'] } }, true],
    [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } }, false],
    [{ 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['x'] } }, true],
    [{ 'ForAllValues:StringEquals': { 'secretsmanager:AddReplicaRegions': 'x' } }, true],
    [{ 'ForAnyValue:StringNotEquals': { 'secretsmanager:AddReplicaRegions': 'x' } }, false],
    // Other kinds.
    [{ NumericEquals: { 'secretsmanager:RecoveryWindowInDays': 7 } }, true],
    [{ NumericNotEquals: { 'secretsmanager:RecoveryWindowInDays': '7.0' } }, false],
    [{ NumericLessThan: { 'secretsmanager:RecoveryWindowInDays': 7 } }, false],
    [{ NumericLessThanEquals: { 'secretsmanager:RecoveryWindowInDays': 7 } }, true],
    [{ NumericGreaterThan: { 'secretsmanager:RecoveryWindowInDays': '6.5' } }, true],
    [{ NumericGreaterThanEquals: { 'secretsmanager:RecoveryWindowInDays': 8 } }, false],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-05-01T08:00:00Z' } }, true],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-05-01T08:00:00+02:00' } }, false],
    [{ DateGreaterThanEquals: { 'aws:CurrentTime': '2026-05-01' } }, true],
    [{ DateGreaterThan: { 'aws:CurrentTime': '1777620600' } }, false],
    [{ DateEquals: { 'aws:CurrentTime': '1777620600' } }, true],
    [{ DateNotEquals: { 'aws:CurrentTime': '2026' } }, true],
    [{ Bool: { 'aws:SecureTransport': false } }, true],
    [{ Bool: { 'aws:SecureTransport': 'True' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }, true],
    [{ IpAddress: { 'aws:SourceIp': ['::1', '10.0.0.0/8'] } }, false],
    [{ IpAddress: { 'aws:SourceIp': '127.0.0.1' } }, true],
    [{ NotIpAddress: { 'aws:SourceIp': '127.0.0.1/32' } }, false],
    [{ NotIpAddress: { 'aws:SourceIp': '2001:db8::/32' } }, true],
    [{ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/a*' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam:*:app' } }, false],
    [{ ArnNotEquals: { 'aws:PrincipalArn': USER } }, false],
    [{ BinaryEquals: { 'secretsmanager:Description': 'eA==' } }, false],
    // Variables of the policy: what they stand for is no pattern.
    [{ StringEquals: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:user/${aws:username}' } }, true],
    [{ StringLike: { 'aws:username': '${aws:ResourceTag/team}' } }, false],
    [{ StringLike: { 'aws:ResourceTag/team': '${aws:ResourceTag/team}' } }, true],
    [{ StringLike: { 'aws:ResourceTag/team': 'app${*}' } }, true],
    [{ StringLike: { 'aws:username': 'ap${*}' } }, false],
    [{ StringEquals: { 'aws:ResourceTag/team': 'app${*}' } }, true],
    [{ StringEquals: { 'aws:username': "${aws:PrincipalTag/team, 'app'}" } }, true],
    [{ StringEquals: { 'aws:username': '${aws:PrincipalTag/team}' } }, false],
    [{ StringNotEquals: { 'aws:username': '${aws:PrincipalTag/team}' } }, true],
  ])('%j: %j', (Condition, expected) => {
    expect(ask({ Condition })).toBe(expected ? 'allow' : undefined);
    expect(ask({ Condition, Effect: 'Deny' })).toBe(expected ? 'deny' : undefined);
  });

  it('the older version of the language has no variables', () => {
    const Condition = { StringEquals: { 'aws:username': '${aws:username}' } };
    const older = policy({ Condition }).replace('2012-10-17', '2008-10-17');
    expect(decide(older, QUESTION)).toBeUndefined();
  });

  it.each<[Block]>([
    [{ StringSame: { 'aws:username': 'x' } }],
    [{ 'ForSome:StringEquals': { 'aws:username': 'x' } }],
    [{ NullIfExists: { 'aws:username': 'true' } }],
    [{ Bool: { 'aws:SecureTransport': 'yes' } }],
    [{ NumericLessThan: { 'secretsmanager:RecoveryWindowInDays': 'seven' } }],
    [{ DateLessThan: { 'aws:CurrentTime': 'tomorrow' } }],
    [{ IpAddress: { 'aws:SourceIp': '127.0.0.1/33' } }],
    [{ IpAddress: { 'aws:SourceIp': 'localhost' } }],
    [{ StringEquals: { 'aws:username': { a: 'b' } } }],
  ])('%j is no condition', (Condition) => {
    expect(() => parsePolicy(policy({ Condition }), 'secretsmanager')).toThrow(new PolicyError('syntax'));
  });

  it('a pattern made to be slow is not', () => {
    const Condition = { StringLike: { 'aws:username': `${'*a'.repeat(5000)}b` } };
    const context: Question['context'] = () => ['a'.repeat(5000)];
    expect(decide(policy({ Condition }), { ...QUESTION, context })).toBeUndefined();
  });
});

describe('what is no policy', () => {
  it.each([
    ['{', 'syntax'],
    ['{}', 'syntax'],
    [policy({ Effect: 'Maybe' }), 'syntax'],
    [policy({ Action: 's3:GetObject' }), 'syntax'],
    [policy({ NotAction: 'secretsmanager:*' }), 'syntax'],
    [policy({ Resource: 'bucket' }), 'syntax'],
    [policy({ Extra: 1 }), 'syntax'],
    [policy({ Principal: { AWS: 'somebody' } }), 'unsupported principal'],
    [policy({ Principal: { Service: 'lambda' } }), 'invalid service principal'],
  ])('%s', (text, mistake) => {
    expect(() => parsePolicy(text, 'secretsmanager')).toThrow(
      new PolicyError(mistake as PolicyError['mistake']),
    );
  });
});

describe('public policies', () => {
  it.each([
    [{}, true],
    [{ Principal: { AWS: ['*'] } }, true],
    [{ Effect: 'Deny' }, false],
    [{ Principal: { AWS: USER } }, false],
    [{ Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } } }, false],
    [{ Condition: { StringLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } } }, true],
    [{ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, true],
    [{ Condition: { 'ForAnyValue:StringEquals': { 'aws:SourceVpc': 'vpc-1' } } }, false],
    [{ Condition: { 'ForAllValues:StringEquals': { 'aws:SourceVpc': 'vpc-1' } } }, true],
    [{ Condition: { StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } } }, true],
    [{ Condition: { StringEquals: { 'aws:SourceVpc': '${aws:username}' } } }, true],
    [{ Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } } }, true],
  ])('%j', (statement, expected) => {
    expect(isPublic(parsePolicy(policy(statement), 'secretsmanager'))).toBe(expected);
  });
});
