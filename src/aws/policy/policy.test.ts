import { describe, expect, it } from 'vitest';
import { isPublic, parsePolicy, PolicyError } from './document.ts';
import { decide } from './evaluate.ts';

const USER = 'arn:aws:iam::123456789012:user/app';

function policy(statement: Record<string, unknown>): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'secretsmanager:*', Resource: '*', ...statement }],
  });
}

function ask(statement: Record<string, unknown>, action = 'secretsmanager:GetSecretValue'): unknown {
  return decide(policy(statement), { principalArn: USER, action });
}

describe('decisions', () => {
  it.each([
    [{ Principal: { AWS: USER } }, 'allow'],
    [{ Principal: { AWS: USER.replace('user/', 'role/') } }, 'allow'],
    [{ Principal: { AWS: 'arn:aws:iam::123456789012:user/other' } }, undefined],
    [{ Principal: { AWS: 'arn:aws:iam::123456789012:root' } }, undefined],
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
    expect(decide(both, { principalArn: USER, action: 'secretsmanager:GetSecretValue' })).toBe('deny');
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
  ])('%j', (statement, expected) => {
    expect(isPublic(parsePolicy(policy(statement), 'secretsmanager'))).toBe(expected);
  });
});
