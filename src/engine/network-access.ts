/** Whether a network policy lets an address in. Source: documentation of network policies. */
import type { NetworkPolicyRecord } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { SqlError } from '../errors.ts';
import { isWithin } from './support/ip-range.ts';

/** The policy of this name. */
export function policyNamed(snapshot: Snapshot, name: string): NetworkPolicyRecord | undefined {
  return snapshot.small.networkPolicy.find((policy) => policy.name === name);
}

/** Every rule allows, and all are about clients coming in: an address is let in when a rule's range holds it. */
export function admits(rules: NetworkPolicyRecord['rules'], ip: string): boolean {
  return isWithin(
    ip,
    rules.map((rule) => rule.address),
  );
}

/**
 * FATAL MZ011 when the policy in force does not let the client in. A session without an address was opened inside this
 * process, not by a client.
 */
export function checkNetworkAccess(snapshot: Snapshot, policyName: string, clientIp: string | null): void {
  if (clientIp === null) return;
  const policy = policyNamed(snapshot, policyName);
  if (policy !== undefined && admits(policy.rules, clientIp)) return;
  throw new SqlError('MZ011', 'session denied', {
    severity: 'FATAL',
    detail: `Access denied for address ${clientIp}.`,
  });
}
