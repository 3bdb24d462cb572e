/** CREATE CONNECTION (reference: secrets-connections 6.2 and 6.3). */
import type {
  BrokerRecord,
  ConnectionItem,
  ConnectionOptionValue,
  ConnectionType,
} from '../../catalog/records.ts';
import { bracketed, clauses, group, indent, line, type Doc } from '../../sql/doc.ts';
import type { ItemPrinter } from './printer.ts';

const TYPE_WORDS = {
  kafka: 'KAFKA',
  'confluent-schema-registry': 'CONFLUENT SCHEMA REGISTRY',
  postgres: 'POSTGRES',
  mysql: 'MYSQL',
  'sql-server': 'SQL SERVER',
  aws: 'AWS',
  'aws-privatelink': 'AWS PRIVATELINK',
  'ssh-tunnel': 'SSH TUNNEL',
  'iceberg-catalog': 'ICEBERG CATALOG',
} as const satisfies Record<ConnectionType, string>;

/** Options are kept in the order in which they are printed. Their values are harmless: secrets are references. */
export function createConnection(p: ItemPrinter, item: ConnectionItem): Doc {
  const options = item.options.map(({ name, value }) => `${name} = ${optionText(p, value)}`);
  const to = group([`TO ${TYPE_WORDS[item.connectionType]}`, indent([line, bracketed('(', options, ')')])]);
  return clauses([`CREATE CONNECTION ${p.fullName(item)}`, to]);
}

function optionText(p: ItemPrinter, value: ConnectionOptionValue): string {
  switch (value.kind) {
    case 'string':
      return p.literal(value.value);
    case 'ident':
      return p.ident(value.value);
    case 'number':
      return value.value;
    case 'bool':
      return String(value.value);
    case 'secret':
      return `SECRET ${p.reference(value.id)}`;
    case 'item':
      return value.port === undefined
        ? p.reference(value.id)
        : `${p.reference(value.id)} (PORT ${value.port})`;
    case 'list':
      return `(${value.values.map((element) => optionText(p, element)).join(', ')})`;
    case 'broker':
      return brokerText(p, value.broker);
    case 'brokers':
      return `(${value.brokers.map((broker) => brokerText(p, broker)).join(', ')})`;
  }
}

/** No blank before USING: the text is compared byte for byte with the system it stands in for. */
function brokerText(p: ItemPrinter, { address, tunnel }: BrokerRecord): string {
  const text = p.literal(address);
  if (tunnel === undefined) return text;
  if (tunnel.kind === 'ssh') return `${text}USING SSH TUNNEL ${p.reference(tunnel.id)}`;
  const options = [
    ...(tunnel.availabilityZone === undefined
      ? []
      : [`AVAILABILITY ZONE = ${p.literal(tunnel.availabilityZone)}`]),
    ...(tunnel.port === undefined ? [] : [`PORT = ${tunnel.port}`]),
  ];
  const using = `${text}USING AWS PRIVATELINK ${p.reference(tunnel.id)}`;
  return options.length === 0 ? using : `${using} (${options.join(', ')})`;
}
