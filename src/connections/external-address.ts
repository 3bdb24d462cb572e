/**
 * The system variable `storage_enforce_external_addresses`: connections reach addresses of the public internet only
 * (reference: secrets-connections 4.2).
 */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** A name that leads nowhere on the public internet. */
export class NotExternal extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotExternal';
  }
}

/** The IANA registries' special-purpose blocks that are not globally reachable, and multicast. */
const SPECIAL: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

const special = new BlockList();
for (const [network, prefix, family] of SPECIAL) special.addSubnet(network, prefix, family);

/** True for an address of the public internet. An IPv4 address inside IPv6 counts as itself. */
export function isExternal(address: string): boolean {
  return isIP(address) !== 0 && !special.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** An external address of the host. Rejects with {@link NotExternal}, or as the look-up does. */
export async function externalAddress(host: string): Promise<string> {
  const addresses = await lookup(host, { all: true });
  if (addresses.length === 0) throw new NotExternal('Address did not resolve to any IPs');
  const external = addresses.find(({ address }) => isExternal(address));
  if (external === undefined) {
    throw new NotExternal(
      'Address resolved to a private IP. The provided host is not routable on the public internet',
    );
  }
  return external.address;
}
