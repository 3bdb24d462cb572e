import { describe, expect, it } from 'vitest';
import { parseStartupOptions } from './startup-options.ts';

describe('parseStartupOptions', () => {
  it.each([
    ['', {}],
    ['--cluster=prod', { cluster: 'prod' }],
    ['-ccluster=prod  -c search_path=a,b', { cluster: 'prod', search_path: 'a,b' }],
    ['-c application_name=two\\ words\\\\x', { application_name: 'two words\\x' }],
    ['--a=b=c', { a: 'b=c' }],
    ['--a=', { a: '' }],
  ])('reads %j', (text, expected) => {
    expect(Object.fromEntries(parseStartupOptions(text) ?? [['unreadable', '']])).toEqual(expected);
  });

  it.each(['cluster=prod', '-c', '--cluster', '--=x', '-x a=b', 'a\\'])('does not read %j', (text) => {
    expect(parseStartupOptions(text)).toBeNull();
  });
});
