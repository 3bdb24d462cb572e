import { describe, expect, it } from 'vitest';
import { isWithin, parseRange } from './ip-range.ts';

describe('parseRange', () => {
  it.each([
    ['10.0.0.0/8', 'ipv4'],
    ['0.0.0.0/0', 'ipv4'],
    ['fd00::/8', 'ipv6'],
  ])('reads %s', (text, family) => expect(parseRange(text)?.family).toBe(family));

  it.each(['10.0.0.1', '10.0.0.0/33', 'fd00::/129', 'x/8', '10.0.0.0/', '10.0.0.0/8/8', ''])(
    'refuses %j',
    (text) => expect(parseRange(text)).toBeNull(),
  );
});

describe('isWithin', () => {
  it.each([
    ['10.1.2.3', ['10.0.0.0/8'], true],
    ['11.1.2.3', ['10.0.0.0/8'], false],
    ['11.1.2.3', ['10.0.0.0/8', '11.1.0.0/16'], true],
    ['::ffff:10.1.2.3', ['10.0.0.0/8'], true],
    ['::1', ['0.0.0.0/0'], true],
    ['::1', ['10.0.0.0/8'], false],
    ['fd00::1', ['fd00::/8'], true],
    ['fd00::1', ['0.0.0.0/0'], false],
    ['10.1.2.3', [], false],
    ['nonsense', ['0.0.0.0/0'], false],
  ])('%s in %j: %s', (ip, ranges, expected) => expect(isWithin(ip, ranges)).toBe(expected));
});
