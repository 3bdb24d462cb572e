/** CREATE statements as documents. */
import { bracketed, clauses, group, indent, line, type Doc } from '../doc.ts';
import type {
  ClusterRef,
  ColumnConstraint,
  ColumnDefinition,
  ConnectionType,
  RoleAttribute,
  StatementOf,
  TableConstraint,
} from '../nodes.ts';
import { ident, idents, name, REDACTED, type PrintStyle } from './context.ts';
import {
  asQuery,
  expression,
  expressions,
  option,
  optionList,
  options,
  type,
  withOptions,
} from './values.ts';

/** Words joined by spaces; empty and absent ones leave nothing. */
export function words(...parts: readonly (string | null | false)[]): string {
  return parts.filter((part) => typeof part === 'string' && part !== '').join(' ');
}

const CONNECTION_TYPES: Readonly<Record<ConnectionType, string>> = {
  aws: 'AWS',
  'aws-privatelink': 'AWS PRIVATELINK',
  kafka: 'KAFKA',
  'confluent-schema-registry': 'CONFLUENT SCHEMA REGISTRY',
  postgres: 'POSTGRES',
  mysql: 'MYSQL',
  'sql-server': 'SQL SERVER',
  'ssh-tunnel': 'SSH TUNNEL',
  'iceberg-catalog': 'ICEBERG CATALOG',
};

/** The value never prints: it would be the secret. */
export function createSecret(style: PrintStyle, node: StatementOf<'create secret'>): Doc {
  return words('CREATE SECRET', node.ifNotExists && 'IF NOT EXISTS', name(style, node.name), 'AS', REDACTED);
}

export function createConnection(style: PrintStyle, node: StatementOf<'create connection'>): Doc {
  return clauses([
    words('CREATE CONNECTION', node.ifNotExists && 'IF NOT EXISTS', name(style, node.name)),
    group([`TO ${CONNECTION_TYPES[node.type]}`, indent([line, optionList(style, node.options)])]),
    withOptions(style, node.withOptions),
  ]);
}

export function createCluster(style: PrintStyle, node: StatementOf<'create cluster'>): Doc {
  const features = node.features.length > 0 && `FEATURES (${options(style, node.features)})`;
  return words('CREATE CLUSTER', ident(style, node.name), `(${options(style, node.options)})`, features);
}

export function createClusterReplica(style: PrintStyle, node: StatementOf<'create cluster replica'>): Doc {
  const path = `${ident(style, node.cluster)}.${ident(style, node.name)}`;
  return words('CREATE CLUSTER REPLICA', path, `(${options(style, node.options)})`);
}

/** `IN CLUSTER c`, or null. */
export function inCluster(style: PrintStyle, cluster: ClusterRef | null): string | null {
  return cluster === null ? null : `IN CLUSTER ${clusterRef(style, cluster)}`;
}

export function clusterRef(style: PrintStyle, cluster: ClusterRef): string {
  return cluster.isId ? `[${cluster.name}]` : ident(style, cluster.name);
}

export function createTable(style: PrintStyle, node: StatementOf<'create table'>): Doc {
  const head = words(
    'CREATE',
    node.temporary && 'TEMPORARY',
    'TABLE',
    node.ifNotExists && 'IF NOT EXISTS',
    name(style, node.name),
  );
  return clauses([
    [head, ' ', tableElements(style, node.columns, node.constraints)],
    withOptions(style, node.options),
  ]);
}

export function tableElements(
  style: PrintStyle,
  columns: readonly ColumnDefinition[],
  constraints: readonly TableConstraint[],
): Doc {
  const items = [
    ...columns.map((item) => column(style, item)),
    ...constraints.map((item) => tableConstraint(style, item)),
  ];
  return items.length === 0 ? '()' : bracketed('(', items, ')');
}

function column(style: PrintStyle, node: ColumnDefinition): string {
  const collation = node.collation !== null && `COLLATE ${name(style, node.collation)}`;
  const constraints = node.constraints.map(({ name: title, constraint }) =>
    words(title !== null && `CONSTRAINT ${ident(style, title)}`, columnConstraint(style, constraint)),
  );
  return words(ident(style, node.name), type(style, node.type), collation, ...constraints);
}

function columnConstraint(style: PrintStyle, node: ColumnConstraint): string {
  switch (node.kind) {
    case 'not null':
      return 'NOT NULL';
    case 'null':
      return 'NULL';
    case 'default':
      return `DEFAULT ${expression(style, node.value)}`;
    case 'unique':
      return 'UNIQUE';
    case 'primary key':
      return 'PRIMARY KEY';
    case 'references':
      return words(
        'REFERENCES',
        name(style, node.table),
        node.columns.length > 0 && `(${idents(style, node.columns)})`,
      );
    case 'check':
      return `CHECK (${expression(style, node.condition)})`;
  }
}

function tableConstraint(style: PrintStyle, node: TableConstraint): string {
  const title = node.name !== null && `CONSTRAINT ${ident(style, node.name)}`;
  switch (node.kind) {
    case 'unique':
      return words(
        title,
        'UNIQUE',
        node.nullsNotDistinct === true && 'NULLS NOT DISTINCT',
        `(${idents(style, node.columns)})`,
      );
    case 'primary key':
      return words(title, 'PRIMARY KEY', `(${idents(style, node.columns)})`);
    case 'foreign key': {
      const target = `${name(style, node.table)} (${idents(style, node.referenced)})`;
      return words(title, 'FOREIGN KEY', `(${idents(style, node.columns)})`, 'REFERENCES', target);
    }
    case 'check':
      return words(title, `CHECK (${expression(style, node.condition)})`);
  }
}

export function createView(style: PrintStyle, node: StatementOf<'create view'>): Doc {
  const head = words(
    'CREATE',
    node.orReplace && 'OR REPLACE',
    node.temporary && 'TEMPORARY',
    'VIEW',
    node.ifNotExists && 'IF NOT EXISTS',
    name(style, node.name),
    node.columns.length > 0 && `(${idents(style, node.columns)})`,
  );
  return clauses([head, asQuery(style, node.query)]);
}

export function createMaterializedView(
  style: PrintStyle,
  node: StatementOf<'create materialized view'>,
): Doc {
  const head = words(
    'CREATE',
    node.orReplace && 'OR REPLACE',
    node.replacementFor !== null && 'REPLACEMENT',
    'MATERIALIZED VIEW',
    node.ifNotExists && 'IF NOT EXISTS',
    name(style, node.name),
    node.replacementFor !== null && `FOR ${name(style, node.replacementFor)}`,
    node.columns.length > 0 && `(${idents(style, node.columns)})`,
  );
  return clauses([
    head,
    inCluster(style, node.cluster),
    withOptions(style, node.options),
    asQuery(style, node.query),
  ]);
}

export function createIndex(style: PrintStyle, node: StatementOf<'create index'>): Doc {
  const head = words(
    'CREATE',
    node.isDefault && 'DEFAULT',
    'INDEX',
    node.ifNotExists && 'IF NOT EXISTS',
    node.name !== null && ident(style, node.name),
  );
  const keys = node.keys === null ? '' : ` (${expressions(style, node.keys)})`;
  return clauses([
    head,
    inCluster(style, node.cluster),
    `ON ${name(style, node.on)}${keys}`,
    withOptions(style, node.options),
  ]);
}

export function createType(style: PrintStyle, node: StatementOf<'create type'>): Doc {
  const head = `CREATE TYPE ${name(style, node.name)} AS`;
  const { definition } = node;
  if (definition.kind === 'record') return [head, ' ', tableElements(style, definition.columns, [])];
  const list = definition.options.map((item) => `${item.name} = ${type(style, item.type)}`).join(', ');
  return words(head, definition.kind.toUpperCase(), `(${list})`);
}

export function createRole(style: PrintStyle, node: StatementOf<'create role'>): Doc {
  return words('CREATE ROLE', ident(style, node.name), ...attributes(node.attributes));
}

/** Attributes of a role; a password never prints. */
export function attributes(list: readonly RoleAttribute[]): readonly string[] {
  return list.map((item) => {
    if (item.kind === 'password') return item.password === null ? 'PASSWORD NULL' : `PASSWORD ${REDACTED}`;
    return `${item.value ? '' : 'NO'}${item.kind.toUpperCase()}`;
  });
}

export function createNetworkPolicy(style: PrintStyle, node: StatementOf<'create network policy'>): Doc {
  return words(
    'CREATE NETWORK POLICY',
    ident(style, node.name),
    `(${node.options.map((item) => option(style, item)).join(', ')})`,
  );
}
