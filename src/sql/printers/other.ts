/** Everything that is not CREATE: one line of text each. */
import type {
  AlterConnectionAction,
  ClusterWait,
  Copy,
  DropBehavior,
  GrantScope,
  GrantTarget,
  PrivilegeList,
  ShowFilter,
  Statement,
  StatementOf,
  TransactionMode,
  VariableValue,
} from '../nodes.ts';
import { quoteLiteral } from '../quote.ts';
import { ident, idents, literal, name, names, REDACTED, type PrintStyle } from './context.ts';
import { attributes, clusterRef, words } from './create.ts';
import { tableReferences } from './source.ts';
import { expression, expressions, option, options, type } from './values.ts';

export function behavior(value: DropBehavior): string | null {
  return value === null ? null : value.toUpperCase();
}

export function alterSecret(style: PrintStyle, node: StatementOf<'alter secret'>): string {
  return words('ALTER SECRET', node.ifExists && 'IF EXISTS', name(style, node.name), 'AS', REDACTED);
}

export function alterConnection(style: PrintStyle, node: StatementOf<'alter connection'>): string {
  const actions = node.actions.map((action) => connectionAction(style, action)).join(', ');
  const list = node.withOptions.length > 0 && `WITH (${options(style, node.withOptions)})`;
  return words('ALTER CONNECTION', node.ifExists && 'IF EXISTS', name(style, node.name), actions, list);
}

function connectionAction(style: PrintStyle, action: AlterConnectionAction): string {
  switch (action.kind) {
    case 'set':
      return `SET (${option(style, action.option)})`;
    case 'drop':
      return `DROP (${action.option})`;
    case 'rotate keys':
      return 'ROTATE KEYS';
  }
}

export function alterCluster(style: PrintStyle, node: StatementOf<'alter cluster'>): string {
  const head = words('ALTER CLUSTER', node.ifExists && 'IF EXISTS', ident(style, node.name));
  if (node.action.kind === 'reset') return words(head, `RESET (${node.action.names.join(', ')})`);
  const { wait } = node.action;
  return words(
    head,
    `SET (${options(style, node.action.options)})`,
    wait !== null && `WITH (WAIT = ${waitText(style, wait)})`,
  );
}

function waitText(style: PrintStyle, wait: ClusterWait): string {
  if (wait.kind === 'for') return `FOR ${quoteLiteral(wait.duration)}`;
  return `UNTIL READY (${wait.options.map((item) => waitOption(style, item)).join(', ')})`;
}

/** COMMIT and ROLLBACK are keywords here, not names. */
function waitOption(style: PrintStyle, item: Parameters<typeof option>[1]): string {
  if (item.name === 'ON TIMEOUT' && item.value?.kind === 'ident')
    return `ON TIMEOUT = ${item.value.value.toUpperCase()}`;
  return option(style, item);
}

export function alterSource(style: PrintStyle, node: StatementOf<'alter source'>): string {
  const head = words('ALTER SOURCE', node.ifExists && 'IF EXISTS', name(style, node.name));
  const { action } = node;
  switch (action.kind) {
    case 'add subsources': {
      const list = action.options.length > 0 && `WITH (${options(style, action.options)})`;
      return words(head, 'ADD SUBSOURCE', tableReferences(style, action.tables), list);
    }
    case 'drop subsources':
      return words(
        head,
        'DROP SUBSOURCE',
        action.ifExists && 'IF EXISTS',
        names(style, action.names),
        behavior(action.behavior),
      );
    case 'set':
      return words(head, `SET (${options(style, action.options)})`);
    case 'reset':
      return words(head, `RESET (${action.names.join(', ')})`);
    case 'refresh references':
      return words(head, 'REFRESH REFERENCES');
  }
}

export function alterSink(style: PrintStyle, node: StatementOf<'alter sink'>): string {
  const head = words('ALTER SINK', node.ifExists && 'IF EXISTS', name(style, node.name));
  switch (node.action.kind) {
    case 'set from':
      return words(head, 'SET FROM', name(style, node.action.from));
    case 'set':
      return words(head, `SET (${options(style, node.action.options)})`);
    case 'reset':
      return words(head, `RESET (${node.action.names.join(', ')})`);
  }
}

export function alterRole(style: PrintStyle, node: StatementOf<'alter role'>): string {
  const head = `ALTER ROLE ${ident(style, node.name)}`;
  switch (node.action.kind) {
    case 'attributes':
      return words(head, ...attributes(node.action.attributes));
    case 'set':
      return `${head} SET ${ident(style, node.action.variable)} = ${variableValue(style, node.action.value)}`;
    case 'reset':
      return `${head} RESET ${ident(style, node.action.variable)}`;
  }
}

/** Value of a variable. */
export function variableValue(style: PrintStyle, value: VariableValue): string {
  if (value.kind === 'default') return 'DEFAULT';
  return value.values
    .map((item) => {
      switch (item.kind) {
        case 'string':
          return literal(style, item.text);
        case 'interval':
          return `INTERVAL ${literal(style, item.text)}`;
        case 'number':
          return style.redacted ? REDACTED : item.text;
        case 'ident':
          return ident(style, item.text);
        case 'boolean':
          return item.text === 'on' ? 'ON' : item.text;
        case 'null':
          return 'NULL';
      }
    })
    .join(', ');
}

/** `ALTER <KIND> [IF EXISTS] name` */
export function alterHead(
  style: PrintStyle,
  node: Extract<Statement, { objectKind: string; ifExists: boolean; name: unknown }>,
): string {
  return words('ALTER', node.objectKind.toUpperCase(), node.ifExists && 'IF EXISTS', name(style, node.name));
}

export function alterRetainHistory(style: PrintStyle, node: StatementOf<'alter retain history'>): string {
  const head = alterHead(style, node);
  return node.option === null
    ? `${head} RESET (RETAIN HISTORY)`
    : `${head} SET (${option(style, node.option)})`;
}

export function alterSetCluster(style: PrintStyle, node: StatementOf<'alter set cluster'>): string {
  return `${alterHead(style, node)} SET CLUSTER ${clusterRef(style, node.cluster)}`;
}

// --- privileges

export function privileges(list: PrivilegeList): string {
  return list === 'all' ? 'ALL' : list.join(', ');
}

export function plural(kind: string): string {
  return `${kind.toUpperCase()}S`;
}

export function grantTarget(style: PrintStyle, target: GrantTarget): string {
  switch (target.kind) {
    case 'system':
      return 'SYSTEM';
    case 'objects':
      return `${target.objectKind.toUpperCase()} ${names(style, target.names)}`;
    case 'all':
      return words('ALL', plural(target.objectKind), target.in !== null && scope(style, target.in));
  }
}

export function scope(style: PrintStyle, value: GrantScope): string {
  return value.kind === 'schemas'
    ? `IN SCHEMA ${names(style, value.names)}`
    : `IN DATABASE ${idents(style, value.names)}`;
}

export function alterDefaultPrivileges(
  style: PrintStyle,
  node: StatementOf<'alter default privileges'>,
): string {
  return words(
    'ALTER DEFAULT PRIVILEGES FOR',
    node.targetRoles === 'all' ? 'ALL ROLES' : `ROLE ${idents(style, node.targetRoles)}`,
    node.in !== null && scope(style, node.in),
    node.isGrant ? 'GRANT' : 'REVOKE',
    privileges(node.privileges),
    'ON',
    plural(node.objectKind),
    node.isGrant ? 'TO' : 'FROM',
    idents(style, node.grantees),
  );
}

// --- SHOW, transactions, COPY, EXPLAIN

export function showFilter(style: PrintStyle, filter: ShowFilter | null): string | null {
  if (filter === null) return null;
  return filter.kind === 'like'
    ? `LIKE ${literal(style, filter.pattern)}`
    : `WHERE ${expression(style, filter.condition)}`;
}

export function showObjects(style: PrintStyle, node: StatementOf<'show objects'>): string {
  return words(
    'SHOW',
    node.listing.toUpperCase(),
    node.privilegeKind !== null && `ON ${node.privilegeKind.toUpperCase()}`,
    node.from !== null && `FROM ${name(style, node.from)}`,
    node.on !== null && `ON ${name(style, node.on)}`,
    node.cluster !== null && `IN CLUSTER ${ident(style, node.cluster)}`,
    node.role !== null && `FOR ${ident(style, node.role)}`,
    showFilter(style, node.filter),
  );
}

export function transactionModes(modes: readonly TransactionMode[]): string {
  return modes
    .map((mode) => {
      if (mode.kind === 'isolation level') return `ISOLATION LEVEL ${mode.level.toUpperCase()}`;
      return mode.readOnly ? 'READ ONLY' : 'READ WRITE';
    })
    .join(', ');
}

/** PREPARE; `inner` prints the statement that is prepared. */
export function prepare(
  style: PrintStyle,
  node: StatementOf<'prepare'>,
  inner: (statement: Statement) => string,
): string {
  const types = node.types.map((value) => type(style, value)).join(', ');
  return words('PREPARE', ident(style, node.name), types !== '' && `(${types})`, 'AS', inner(node.statement));
}

export function execute(style: PrintStyle, node: StatementOf<'execute'>): string {
  return words(
    'EXECUTE',
    ident(style, node.name),
    node.parameters.length > 0 && `(${expressions(style, node.parameters)})`,
  );
}

export function fetch(style: PrintStyle, node: StatementOf<'fetch'>): string {
  const count = node.count === null ? null : node.count === 'all' ? 'ALL' : String(node.count);
  return words(
    'FETCH',
    count,
    ident(style, node.name),
    node.options.length > 0 && `WITH (${options(style, node.options)})`,
  );
}

/** COPY; `inner` prints the statement in parentheses. */
export function copy(
  style: PrintStyle,
  node: StatementOf<'copy'>,
  inner: (node: Statement) => string,
): string {
  const { relation } = node;
  const subject =
    relation.kind === 'statement'
      ? `(${inner(relation.statement)})`
      : words(
          name(style, relation.name),
          relation.columns.length > 0 && `(${idents(style, relation.columns)})`,
        );
  const list = node.options.length > 0 && `WITH (${options(style, node.options)})`;
  return words('COPY', subject, node.direction.toUpperCase(), copyTarget(style, node.target), list);
}

function copyTarget(style: PrintStyle, target: Copy['target']): string {
  return target.kind === 'expression' ? expression(style, target.expression) : target.kind.toUpperCase();
}

export function explain(
  style: PrintStyle,
  node: StatementOf<'explain'>,
  inner: (node: Statement) => string,
): string {
  const { explainee } = node;
  const subject =
    explainee.kind === 'item'
      ? words(explainee.replan && 'REPLAN', explainee.objectKind.toUpperCase(), name(style, explainee.name))
      : words(explainee.broken && 'BROKEN', inner(explainee.statement));
  const what =
    node.what === 'plan' ? words((node.stage ?? 'optimized').toUpperCase(), 'PLAN') : node.what.toUpperCase();
  const list = node.options.length > 0 && `WITH (${node.options.map((item) => flag(item)).join(', ')})`;
  return words(
    'EXPLAIN',
    what,
    list,
    node.format !== null && `AS ${node.format.toUpperCase()}`,
    'FOR',
    subject,
  );
}

function flag(item: Parameters<typeof option>[1]): string {
  const words_ = item.name.toLowerCase();
  return item.value?.kind === 'boolean' ? `${words_} = ${String(item.value.value)}` : words_;
}
