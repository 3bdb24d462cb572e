/** What SQL functions ask about built-in objects and about the text of items, answered by this room. */
import type { Snapshot } from '../catalog/snapshot.ts';
import {
  setSqlPrinter,
  setSystemCatalog,
  type SqlPrinter,
  type SystemCatalog,
  type SystemObjectFact,
} from '../functions/system-catalog.ts';
import { render } from '../sql/doc.ts';
import { parseScript } from '../sql/parser.ts';
import { redact, statementDoc } from '../sql/printer.ts';
import type { PrintStyle } from '../sql/printers/context.ts';
import { quoteIdent } from '../sql/quote.ts';
import { arrangementText } from './item-sql/arrangement.ts';
import { viewQuery } from './item-sql/create-sql.ts';
import {
  isRelation,
  objectById,
  systemObjectById,
  systemObjectByOid,
  systemObjectsNamed,
  type SystemObject,
} from './objects.ts';

function relationFact(object: SystemObject): Pick<SystemObjectFact, 'columns' | 'comment'> {
  if (!isRelation(object)) return {};
  const columns = object.columns.map((column) => column.name);
  return object.comment === undefined ? { columns } : { columns, comment: object.comment };
}

function indexFact(object: SystemObject): Pick<SystemObjectFact, 'definition' | 'keys'> {
  if (object.kind !== 'index') return {};
  const keys = object.key.map(({ name }) => quoteIdent(name));
  const on = `${object.on.schema}.${object.on.name}`;
  return { keys, definition: `CREATE INDEX ${object.name} ON ${on} USING arrangement (${keys.join(', ')})` };
}

const facts = new WeakMap<SystemObject, SystemObjectFact>();

function factOf(object: SystemObject | undefined): SystemObjectFact | undefined {
  if (object === undefined) return undefined;
  let fact = facts.get(object);
  if (fact === undefined) {
    const { id, oid, schemaId, name, kind, ownerId, privileges } = object;
    const base = { id, oid, schemaId, name, kind, ownerId, privileges };
    fact = { ...base, ...relationFact(object), ...indexFact(object) };
    facts.set(object, fact);
  }
  return fact;
}

const catalog: SystemCatalog = {
  relationByName: (schemaId, name) =>
    factOf(
      systemObjectsNamed(name).find(
        (object) => object.schemaId === schemaId && (isRelation(object) || object.kind === 'index'),
      ),
    ),
  objectByOid: (oid) => factOf(systemObjectByOid(oid)),
  objectById: (id) => factOf(systemObjectById(id)),
  columnComment(oid, position) {
    const object = systemObjectByOid(oid);
    return object !== undefined && isRelation(object) ? object.columns[position - 1]?.comment : undefined;
  },
};

const printer: SqlPrinter = {
  viewDefinition: (session, id) => viewDefinitionById(session.snapshot, id),
  indexDefinition: (session, id) => indexDefinitionById(session.snapshot, id),
  redact,
  pretty: (sql, width) =>
    parseScript(sql)
      .map(({ node }) => `${render(statementDoc(PRETTY, node), width)};`)
      .join('\n'),
};

const PRETTY: PrintStyle = { redacted: false, quoteAll: false, hideCredentials: false };

/** Tells the functions room about the built-in objects. Called when the registry of relations is loaded. */
export function installSystemCatalog(): void {
  setSystemCatalog(catalog);
  setSqlPrinter(printer);
}

/** Query of a view as pg_get_viewdef prints it, or null for anything else. */
export function viewDefinitionById(snapshot: Snapshot, id: string): string | null {
  const item = snapshot.items.get(id);
  return item?.kind === 'view' || item?.kind === 'materialized-view' ? viewQuery(item, snapshot) : null;
}

/** What pg_get_indexdef prints of an index; null for anything else. */
export function indexDefinitionById(snapshot: Snapshot, id: string): string | null {
  const object = objectById(snapshot, id);
  if (object?.kind !== 'index') return null;
  return arrangementText(snapshot, object);
}
