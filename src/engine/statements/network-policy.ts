/** CREATE NETWORK POLICY and ALTER NETWORK POLICY. Source: documentation of those statements. */
import { put } from '../../catalog/changes.ts';
import { grant } from '../../catalog/privileges.ts';
import type { NetworkPolicyRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { limitExceeded, planError } from '../../errors.ts';
import type { AlterNetworkPolicy, CreateNetworkPolicy, NetworkRule, Option } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import { admits, policyNamed } from '../network-access.ts';
import { requireOwner, requireSystemPrivilege } from '../support/access.ts';
import { requireFlag } from '../support/flags.ts';
import { parseRange } from '../support/ip-range.ts';
import { OptionList } from '../support/options.ts';
import { done, type Handler, type Scope } from './handler.ts';

type Rule = NetworkPolicyRecord['rules'][number];

function readRules(scope: Scope, given: readonly Option[]): readonly Rule[] {
  const value = new OptionList(given).value('RULES');
  if (value?.kind !== 'rules') throw planError('RULES must be specified when creating network policies.');
  const limit = Number(scope.services.systemVariable(scope.snapshot, 'max_rules_per_network_policy'));
  if (value.rules.length > limit) throw planError('RULES count exceeds max_rules_per_network_policy.');
  return value.rules.map(readRule);
}

function readRule(rule: NetworkRule): Rule {
  const options = new OptionList(rule.options);
  const action = options.text('ACTION');
  const direction = options.text('DIRECTION');
  const address = options.text('ADDRESS');
  if (action === undefined || direction === undefined || address === undefined) {
    throw planError('Direction, Address, and Action must specified when creating a rule');
  }
  if (action.toLowerCase() !== 'allow') throw planError('Allow is the only valid option');
  if (direction.toLowerCase() !== 'ingress') throw planError('Ingress is the only valid option');
  if (parseRange(address) === null) throw planError('invalid IP address syntax');
  return { name: rule.name, action: 'allow', direction: 'ingress', address };
}

function checkName(name: string): void {
  if (!/^(mz_|pg_|external_)/.test(name)) return;
  throw planError(`network policy name "${name}" is reserved`, {
    detail: 'The prefixes "mz_" and "pg_" are reserved for system network policies.',
  });
}

/** The tag is spelled as upstream spells it, in one word. */
export const createNetworkPolicy: Handler<CreateNetworkPolicy> = {
  transaction: 'single',
  tag: 'CREATE NETWORKPOLICY',
  async run(node, scope) {
    requireFlag(scope, 'enable_network_policies');
    const rules = readRules(scope, node.options);
    requireSystemPrivilege(scope, 'P');
    checkName(node.name);
    await scope.commit((tip, ids) => {
      if (policyNamed(tip, node.name) !== undefined) {
        throw planError(`network policy '${node.name}' already exists`);
      }
      checkLimit(scope, tip);
      const ownerId = scope.role.id;
      const policy: NetworkPolicyRecord = {
        id: ids.next('networkPolicy'),
        oid: ids.nextNumber('oid'),
        name: node.name,
        ownerId,
        privileges: grant([], ownerId, ownerId, 'U'),
        rules,
      };
      const details = { id: policy.id, name: policy.name };
      return {
        changes: [put('networkPolicy', policy), auditChange(ids, scope, 'create', 'network-policy', details)],
        result: undefined,
      };
    });
    return done('CREATE NETWORKPOLICY');
  },
};

function checkLimit(scope: Scope, tip: Snapshot): void {
  const limit = Number(scope.services.systemVariable(tip, 'max_network_policies'));
  const current = tip.small.networkPolicy.size;
  if (current < limit) return;
  throw limitExceeded('network policy', 'max_network_policies', current + 1, limit, current);
}

export const alterNetworkPolicy: Handler<AlterNetworkPolicy> = {
  transaction: 'prohibited',
  tag: 'ALTER NETWORK POLICY',
  async run(node, scope) {
    requireFlag(scope, 'enable_network_policies');
    const policy = known(scope.snapshot, node.name);
    const rules = readRules(scope, node.options);
    const { id, name, ownerId } = policy;
    requireOwner(scope, [{ id, kind: 'NETWORK POLICY', name, ownerId }]);
    checkLockout(scope, name, rules);
    await scope.commit((tip, ids) => ({
      changes: [
        put('networkPolicy', { ...known(tip, name), rules }),
        auditChange(ids, scope, 'alter', 'network-policy', { id, name }),
      ],
      result: undefined,
    }));
    return done('ALTER NETWORK POLICY');
  },
};

function known(snapshot: Snapshot, name: string): NetworkPolicyRecord {
  const policy = policyNamed(snapshot, name);
  if (policy === undefined) throw planError(`unknown network policy '${name}'`);
  return policy;
}

/** Nobody may shut themselves out: the policy in force must go on to admit the caller. */
export function checkLockout(scope: Scope, name: string, rules: readonly Rule[]): void {
  if (scope.services.systemVariable(scope.snapshot, 'network_policy') !== name) return;
  refuseLockout(scope, rules);
}

/** Throws when rules do not admit the caller's own address. */
export function refuseLockout(scope: Scope, rules: readonly Rule[]): void {
  const { clientIp } = scope.session.principal;
  if (clientIp === null || admits(rules, clientIp)) return;
  throw planError('policy would block current session IP');
}
