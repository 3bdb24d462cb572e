/** SHOW: listings, columns, CREATE statements, variables. */
import type { ObjectName, ShowCreate, ShowFilter, ShowListing, Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseExpressionUpTo } from './expression.ts';
import { parsePluralWord } from './privileges.ts';
import { parseShowVariable } from './variables.ts';

/** Words of each listing, longest first where one starts another. */
const LISTINGS: readonly (readonly [string, ShowListing])[] = [
  ['DATABASES', 'databases'],
  ['SCHEMAS', 'schemas'],
  ['OBJECTS', 'objects'],
  ['TABLES', 'tables'],
  ['VIEWS', 'views'],
  ['MATERIALIZED VIEWS', 'materialized views'],
  ['SOURCES', 'sources'],
  ['SUBSOURCES', 'subsources'],
  ['SINKS', 'sinks'],
  ['INDEXES', 'indexes'],
  ['KEYS', 'indexes'],
  ['TYPES', 'types'],
  ['SECRETS', 'secrets'],
  ['CONNECTIONS', 'connections'],
  ['CLUSTERS', 'clusters'],
  ['CLUSTER REPLICAS', 'cluster replicas'],
  ['ROLES', 'roles'],
  ['USERS', 'roles'],
  ['NETWORK POLICIES', 'network policies'],
  ['CONTINUAL TASKS', 'continual tasks'],
  ['DEFAULT PRIVILEGES', 'default privileges'],
  ['PRIVILEGES', 'privileges'],
  ['ROLE MEMBERSHIP', 'role membership'],
];

const CREATE_KINDS: readonly (readonly [string, ShowCreate['objectKind']])[] = [
  ['VIEW', 'view'],
  ['MATERIALIZED VIEW', 'materialized view'],
  ['SOURCE', 'source'],
  ['TABLE', 'table'],
  ['SINK', 'sink'],
  ['INDEX', 'index'],
  ['CONNECTION', 'connection'],
  ['TYPE', 'type'],
  ['CLUSTER', 'cluster'],
];

/** show = "SHOW" (["REDACTED"] "CREATE" kind name | "COLUMNS" ... | listing | variable) */
export function parseShow(stream: TokenStream): Statement {
  const redactedAt = stream.peek();
  // REDACTED alone is the name of a variable.
  const redacted =
    stream.isKeyword('REDACTED') && stream.peek(1).kind === 'keyword' && stream.takeKeyword('REDACTED');
  const create = takeShowCreate(stream, redacted);
  if (create !== null) return create;
  if (redacted) stream.fail('SHOW REDACTED is only supported for SHOW REDACTED CREATE ...', redactedAt);
  if (isColumns(stream)) return parseShowColumns(stream);
  const found = LISTINGS.find(([words]) => stream.isKeywords(words));
  if (found === undefined) return parseShowVariable(stream);
  stream.takeKeywords(found[0]);
  return parseListing(stream, found[1]);
}

/** "CREATE" kind name; anything else after CREATE is left for SHOW of a variable to complain about. */
function takeShowCreate(stream: TokenStream, redacted: boolean): ShowCreate | null {
  if (!stream.isKeyword('CREATE')) return null;
  const found = CREATE_KINDS.find(([words]) => stream.isKeywords(`CREATE ${words}`));
  if (found === undefined) return null;
  stream.takeKeywords(`CREATE ${found[0]}`);
  const name = found[1] === 'cluster' ? stream.singleName() : stream.itemName();
  return { kind: 'show create', objectKind: found[1], redacted, name };
}

function isColumns(stream: TokenStream): boolean {
  return stream.isKeyword('COLUMNS') || stream.isKeyword('FIELDS');
}

/** "COLUMNS" ("FROM" | "IN") relation [filter] */
function parseShowColumns(stream: TokenStream): Statement {
  stream.advance();
  stream.expectOneOf(['FROM', 'IN']);
  const relation = stream.itemName();
  return { kind: 'show columns', relation, filter: parseOptionalFilter(stream) };
}

/** listing = plural ["FROM" x] ["ON" y] ["IN" "CLUSTER" c] ["FOR" role] [filter] */
function parseListing(stream: TokenStream, listing: ShowListing): Statement {
  const isPrivileges = listing === 'privileges' || listing === 'default privileges';
  let from: ObjectName | null = null;
  let on: ObjectName | null = null;
  let cluster: string | null = null;
  let privilegeKind: string | null = null;
  let role: string | null = null;
  if (isPrivileges) {
    if (stream.takeKeyword('ON')) privilegeKind = parsePluralWord(stream);
  } else {
    if (takesSchema(listing) && takeFrom(stream)) from = stream.objectName();
    if (takesOn(listing) && stream.isKeyword('ON')) {
      if (from !== null && listing !== 'tables') stream.fail('Cannot specify both FROM and ON');
      stream.advance();
      on = stream.itemName();
      if (listing !== 'tables' && takeFrom(stream)) {
        stream.fail('Cannot specify both FROM and ON', stream.tokens[stream.at - 1]);
      }
    }
    if (takesCluster(listing) && stream.takeKeywords('IN CLUSTER')) cluster = stream.identifier();
  }
  if ((isPrivileges || listing === 'role membership') && stream.takeKeyword('FOR'))
    role = stream.identifier();
  return {
    kind: 'show objects',
    listing,
    from,
    on,
    cluster,
    privilegeKind,
    role,
    filter: parseOptionalFilter(stream),
  };
}

/** FROM, or IN when it is not IN CLUSTER. */
function takeFrom(stream: TokenStream): boolean {
  if (stream.takeKeyword('FROM')) return true;
  return stream.isKeyword('IN') && !stream.isKeyword('CLUSTER', 1) && stream.takeKeyword('IN');
}

const WITHOUT_SCHEMA: ReadonlySet<ShowListing> = new Set<ShowListing>([
  'databases',
  'clusters',
  'cluster replicas',
  'roles',
  'network policies',
  'role membership',
]);

function takesSchema(listing: ShowListing): boolean {
  return !WITHOUT_SCHEMA.has(listing);
}

function takesOn(listing: ShowListing): boolean {
  return listing === 'indexes' || listing === 'subsources' || listing === 'tables';
}

function takesCluster(listing: ShowListing): boolean {
  return (
    listing === 'materialized views' ||
    listing === 'sources' ||
    listing === 'sinks' ||
    listing === 'indexes' ||
    listing === 'continual tasks'
  );
}

/** filter = "LIKE" string | "WHERE" expr */
function parseOptionalFilter(stream: TokenStream): ShowFilter | null {
  if (stream.takeKeyword('LIKE')) return { kind: 'like', pattern: stream.literalString() };
  if (!stream.takeKeyword('WHERE')) return null;
  return { kind: 'where', condition: parseExpressionUpTo(stream, stream.end, 'end of statement') };
}
