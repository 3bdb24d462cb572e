/** KAFKA connections (reference: secrets-connections 2.8). */
import { planError } from '../../errors.ts';
import { invalidConnection, requireType, type ConnectionLookup, type OptionSet } from '../option-set.ts';
import type { ConnectionDefinition } from './definition.ts';

export type SecurityProtocol = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';

const PROTOCOLS: readonly string[] = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];
const TLS_OPTIONS = ['SSL CERTIFICATE', 'SSL CERTIFICATE AUTHORITY', 'SSL KEY'];
const SASL_OPTIONS = ['AWS CONNECTION', 'SASL MECHANISMS', 'SASL PASSWORD', 'SASL USERNAME'];

export const KAFKA: ConnectionDefinition = {
  label: 'KAFKA',
  allowed: [
    'AWS CONNECTION',
    'AWS PRIVATELINK',
    'BROKER',
    'BROKERS',
    'PROGRESS TOPIC',
    'PROGRESS TOPIC REPLICATION FACTOR',
    'SASL MECHANISMS',
    'SASL PASSWORD',
    'SASL USERNAME',
    'SECURITY PROTOCOL',
    'SSH TUNNEL',
    'SSL CERTIFICATE',
    'SSL CERTIFICATE AUTHORITY',
    'SSL KEY',
  ],
  validatesByDefault: true,
  check: (options, lookup) => {
    checkSecurity(options, lookup);
    checkBrokers(options, lookup);
    checkDefaultTunnel(options, lookup);
    const factor = options.number('PROGRESS TOPIC REPLICATION FACTOR');
    if (factor !== undefined && factor <= 0) {
      throw invalidConnection('PROGRESS TOPIC REPLICATION FACTOR must be greater than 0');
    }
  },
  mayChange: () => true,
};

/** The protocol given, else SASL_SSL when any SASL option is, else SSL. Throws for an unknown one. */
export function securityProtocol(options: OptionSet): SecurityProtocol {
  const given = options.text('SECURITY PROTOCOL')?.toUpperCase();
  if (given === undefined) return SASL_OPTIONS.some((name) => options.has(name)) ? 'SASL_SSL' : 'SSL';
  if (!PROTOCOLS.includes(given)) throw planError(`unknown security protocol: ${given}`);
  return given as SecurityProtocol;
}

function checkSecurity(options: OptionSet, lookup: ConnectionLookup): void {
  const protocol = securityProtocol(options);
  const used = new Set<string>();
  if (protocol.endsWith('SSL')) {
    if (options.has('SSL CERTIFICATE') && !options.has('SSL KEY')) {
      throw planError('SSL KEY must be specified with SSL CERTIFICATE');
    }
    used.add('SSL CERTIFICATE AUTHORITY');
    if (options.has('SSL CERTIFICATE')) used.add('SSL CERTIFICATE').add('SSL KEY');
  }
  if (protocol.startsWith('SASL')) for (const name of saslOptionsUsed(options, lookup)) used.add(name);
  const leftover = [...SASL_OPTIONS, ...TLS_OPTIONS].find((name) => options.has(name) && !used.has(name));
  if (leftover !== undefined) throw planError(`option ${leftover} not supported with this configuration`);
}

function saslOptionsUsed(options: OptionSet, lookup: ConnectionLookup): readonly string[] {
  const aws = options.item('AWS CONNECTION');
  if (aws !== undefined) {
    requireType(lookup, aws, 'aws');
    return ['AWS CONNECTION'];
  }
  const needed = ['SASL MECHANISMS', 'SASL USERNAME', 'SASL PASSWORD'];
  const missing = needed.find((name) => !options.has(name));
  if (missing !== undefined) throw planError(`${missing} must be specified`);
  return needed;
}

function checkBrokers(options: OptionSet, lookup: ConnectionLookup): void {
  const given = ['BROKER', 'BROKERS', 'AWS PRIVATELINK'].filter((name) => options.has(name));
  if (given.length === 0) throw invalidConnection('must set one of BROKER, BROKERS, or AWS PRIVATELINK');
  if (given.length > 1) {
    throw invalidConnection('can only set one of BROKER, BROKERS, or AWS PRIVATELINK');
  }
  for (const broker of options.brokers()) {
    if (broker.address.includes(',')) {
      throw invalidConnection(
        "cannot specify multiple Kafka broker addresses in one string.\n\nInstead, specify BROKERS using multiple strings, e.g. BROKERS ('kafka:9092', 'kafka:9093')",
      );
    }
    const tunnel = broker.tunnel;
    if (tunnel?.kind === 'ssh') requireType(lookup, tunnel.id, 'ssh-tunnel');
    if (tunnel?.kind === 'privatelink') checkZone(lookup, tunnel.id, tunnel.availabilityZone);
  }
}

function checkZone(lookup: ConnectionLookup, id: string, zone: string | undefined): void {
  const link = requireType(lookup, id, 'aws-privatelink');
  if (zone === undefined) return;
  const zones = link.options.find((option) => option.name === 'AVAILABILITY ZONES')?.value;
  const known = zones?.kind === 'list' && zones.values.some((v) => 'value' in v && v.value === zone);
  if (!known) {
    throw planError(
      `AWS PrivateLink availability zone "${zone}" does not match any of the availability zones on the AWS PrivateLink connection "${lookup.fullName(link)}"`,
    );
  }
}

function checkDefaultTunnel(options: OptionSet, lookup: ConnectionLookup): void {
  const ssh = options.item('SSH TUNNEL');
  const privatelink = options.item('AWS PRIVATELINK');
  if (ssh !== undefined && privatelink !== undefined) {
    throw planError('cannot specify both SSH TUNNEL and AWS PRIVATELINK');
  }
  if (ssh !== undefined) requireType(lookup, ssh, 'ssh-tunnel');
  if (privatelink !== undefined) requireType(lookup, privatelink, 'aws-privatelink');
}
