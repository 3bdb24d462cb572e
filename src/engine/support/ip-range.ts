/** IP addresses against the address ranges of network policies. */
import { BlockList, isIP } from 'node:net';

/** `10.0.0.0/8` or `fd00::/8` taken apart; null when it is neither. A bare address is no range. */
export function parseRange(
  text: string,
): { readonly address: string; readonly prefix: number; readonly family: 'ipv4' | 'ipv6' } | null {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const address = match?.[1] ?? '';
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return null;
  const prefix = Number(match?.[2]);
  if (prefix > (version === 4 ? 32 : 128)) return null;
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/**
 * Whether an address is within one of the ranges. IPv4 addresses that a socket reports in IPv6 form are taken as IPv4,
 * and so is `::1`: the same machine is the same client whichever loopback it comes by.
 */
export function isWithin(ip: string, ranges: readonly string[]): boolean {
  const plain = ip === '::1' ? '127.0.0.1' : ip.replace(/^::ffff:(?=\d+\.)/i, '');
  const version = isIP(plain);
  if (version === 0) return false;
  const list = new BlockList();
  for (const text of ranges) {
    const range = parseRange(text);
    if (range !== null) list.addSubnet(range.address, range.prefix, range.family);
  }
  return list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}
