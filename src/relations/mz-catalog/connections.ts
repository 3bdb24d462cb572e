/** mz_connections and the details of each type of connection. */
import type { ConnectionItem, ConnectionOptionValue } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Datum, Row } from '../../types/datum.ts';
import { objectRelation, type RelationRows, type RelationTable } from '../define.ts';
import { createSql } from '../item-sql/create-sql.ts';
import { isSystem } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import { aclArray, textArray } from '../values.ts';

/** The value of an option, or undefined when the connection doesn't have it. */
function option(item: ConnectionItem, name: string): ConnectionOptionValue | undefined {
  return item.options.find((candidate) => candidate.name === name)?.value;
}

/** Text of an option that is a string or a bare word, else null. */
function textOption(item: ConnectionItem, name: string): string | null {
  const value = option(item, name);
  return value?.kind === 'string' || value?.kind === 'ident' ? value.value : null;
}

/** Id of the secret that an option refers to, else null. */
function secretOption(item: ConnectionItem, name: string): string | null {
  const value = option(item, name);
  return value?.kind === 'secret' ? value.id : null;
}

/** Rows about connections of one type. */
function detailRelation(
  type: ConnectionItem['connectionType'],
  row: (context: RelationContext, item: ConnectionItem) => Row,
): RelationRows {
  return objectRelation(['connection'], { id: 'id' }, (context, item) =>
    isSystem(item) || item.connectionType !== type ? [] : [row(context, item)],
  );
}

/** Bootstrap addresses as written, without tunnels. */
function brokerAddresses(item: ConnectionItem): readonly string[] {
  const several = option(item, 'BROKERS');
  if (several?.kind === 'brokers') return several.brokers.map(({ address }) => address);
  const one = option(item, 'BROKER');
  return one?.kind === 'broker' ? [one.broker.address] : [];
}

function environmentId(snapshot: Snapshot): string {
  return snapshot.small.environment.first()?.environmentId ?? '';
}

/** Topic where sinks on a Kafka connection keep their progress (reference: secrets-connections 2.8). */
export function progressTopic(snapshot: Snapshot, item: ConnectionItem): string {
  return textOption(item, 'PROGRESS TOPIC') ?? `_materialize-progress-${environmentId(snapshot)}-${item.id}`;
}

/**
 * A role that is assumed would be assumed by an identity of the environment. Tumbler has none: `principal` and the
 * policy that names it are NULL, the external id is shown.
 */
function awsRow({ snapshot }: RelationContext, item: ConnectionItem): Row {
  const role = textOption(item, 'ASSUME ROLE ARN');
  const organization = snapshot.small.environment.first()?.organizationId;
  const externalId = role === null || organization === undefined ? null : `mz_${organization}_${item.id}`;
  return [
    item.id,
    textOption(item, 'ENDPOINT'),
    textOption(item, 'REGION'),
    textOption(item, 'ACCESS KEY ID'),
    secretOption(item, 'ACCESS KEY ID'),
    secretOption(item, 'SECRET ACCESS KEY'),
    textOption(item, 'SESSION TOKEN'),
    secretOption(item, 'SESSION TOKEN'),
    role,
    textOption(item, 'ASSUME ROLE SESSION NAME'),
    null,
    externalId,
    null,
  ];
}

export const CONNECTION_RELATIONS: RelationTable = {
  'mz_catalog.mz_connections': objectRelation(
    ['connection'],
    { id: 'id', oid: 'oid', name: 'name', schemaId: 'schema_id' },
    ({ snapshot }, item) => {
      const head: readonly Datum[] = [item.id, item.oid, item.schemaId, item.name, item.connectionType];
      const [create, redacted] = isSystem(item)
        ? [item.createSql, item.redactedSql]
        : [createSql(item, snapshot, 'stable'), createSql(item, snapshot, 'redacted')];
      return [[...head, item.ownerId, aclArray(item.privileges), create, redacted]];
    },
  ),
  'mz_catalog.mz_kafka_connections': detailRelation('kafka', ({ snapshot }, item) => [
    item.id,
    textArray(brokerAddresses(item)),
    progressTopic(snapshot, item),
  ]),
  'mz_catalog.mz_ssh_tunnel_connections': detailRelation('ssh-tunnel', (_, item) => [
    item.id,
    textOption(item, 'PUBLIC KEY 1') ?? '',
    textOption(item, 'PUBLIC KEY 2') ?? '',
  ]),
  'mz_internal.mz_aws_connections': detailRelation('aws', awsRow),
  // No endpoint service is ever asked: there is nothing to report of a PrivateLink connection but that it exists.
  'mz_internal.mz_aws_privatelink_connection_statuses': detailRelation(
    'aws-privatelink',
    (_, { id, name }) => [id, name, null, null],
  ),
};
