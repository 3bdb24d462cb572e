/** Every connection type. To add one is to add a file and a line here. */
import type { ConnectionType } from '../../catalog/records.ts';
import { AWS } from './aws.ts';
import { AWS_PRIVATELINK } from './aws-privatelink.ts';
import { CONFLUENT_SCHEMA_REGISTRY } from './confluent-schema-registry.ts';
import type { ConnectionDefinition } from './definition.ts';
import { ICEBERG_CATALOG } from './iceberg-catalog.ts';
import { KAFKA } from './kafka.ts';
import { MYSQL } from './mysql.ts';
import { POSTGRES } from './postgres.ts';
import { SQL_SERVER } from './sql-server.ts';
import { SSH_TUNNEL } from './ssh-tunnel.ts';

export const CONNECTION_TYPES = {
  aws: AWS,
  'aws-privatelink': AWS_PRIVATELINK,
  'confluent-schema-registry': CONFLUENT_SCHEMA_REGISTRY,
  'iceberg-catalog': ICEBERG_CATALOG,
  kafka: KAFKA,
  mysql: MYSQL,
  postgres: POSTGRES,
  'sql-server': SQL_SERVER,
  'ssh-tunnel': SSH_TUNNEL,
} as const satisfies Record<ConnectionType, ConnectionDefinition>;
