/**
 * Names in both doors. `materialize.public.x` is `materialize/public/x`; any other AWS name lives in database `aws`, in
 * schema `secretsmanager` for the server's own region and in a schema named for the region otherwise. Source: DESIGN,
 * "Secrets in both doors"; ARNs: reference aws-secrets-manager 3.4.
 */
import { createHash, randomInt } from 'node:crypto';
import type { Id } from '../catalog/ids.ts';
import type { SchemaRecord, SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { TEXT, validationError } from './protocol/errors.ts';

/** Database that holds secrets whose names are no SQL paths. */
export const AWS_DATABASE = 'aws';
/** Its schema for the server's own region. */
export const HOME_SCHEMA = 'secretsmanager';

const REGION = /^([a-z]+-)+\d+$/;
const NAME = /^[A-Za-z0-9/_+=.@-]+$/;
const SUFFIX_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SUFFIX_LENGTH = 6;

/** Where a secret is in AWS's terms. */
export interface Place {
  readonly region: string;
  readonly name: string;
}

/** Where a secret with an AWS name is, or would be made. */
export interface Location {
  readonly database: string;
  readonly schema: string;
  readonly item: string;
  /** Absent: the schema is not there yet. */
  readonly schemaId?: Id;
}

/** Region and account by which the server names things. */
export interface Home {
  readonly region: string;
  readonly accountId: string;
}

/** Throws ValidationException for a name with other characters than names have. */
export function checkName(name: string): void {
  if (!NAME.test(name)) throw validationError(TEXT.invalidName);
}

function databaseName(snapshot: Snapshot, schema: SchemaRecord): string | undefined {
  return schema.databaseId === null ? undefined : snapshot.databases.get(schema.databaseId)?.name;
}

function schemaId(snapshot: Snapshot, database: string, schema: string): Id | undefined {
  const databaseId = snapshot.databaseByName.get(database);
  return databaseId === undefined ? undefined : snapshot.schemaByName.get(`${databaseId}/${schema}`);
}

/** Schema of database `aws` for a region. */
function regionSchema(home: Home, region: string): string {
  return region === home.region ? HOME_SCHEMA : region;
}

/** Whether a schema of database `aws` is one that AWS names live in, so that its path is no AWS name. */
function isAwsSchema(database: string, schema: string): boolean {
  return database === AWS_DATABASE && (schema === HOME_SCHEMA || REGION.test(schema));
}

/** Region and name of a secret. */
export function placeOf(snapshot: Snapshot, home: Home, item: SecretItem): Place {
  const schema = snapshot.schemas.get(item.schemaId);
  const database = schema === undefined ? undefined : databaseName(snapshot, schema);
  if (schema === undefined || database === undefined) return { region: home.region, name: item.name };
  if (isAwsSchema(database, schema.name)) {
    return { region: schema.name === HOME_SCHEMA ? home.region : schema.name, name: item.name };
  }
  return { region: home.region, name: `${database}/${schema.name}/${item.name}` };
}

/** Every way to read a name as database, schema and item. */
function* splits(name: string): Iterable<readonly [string, string, string]> {
  for (let i = name.indexOf('/'); i > 0; i = name.indexOf('/', i + 1)) {
    for (let j = name.indexOf('/', i + 2); j > 0 && j < name.length - 1; j = name.indexOf('/', j + 1)) {
      yield [name.slice(0, i), name.slice(i + 1, j), name.slice(j + 1)];
    }
    if (i === name.length - 1) return;
  }
}

/** Where a secret of this name is made. */
export function locationFor(snapshot: Snapshot, home: Home, { region, name }: Place): Location {
  if (region === home.region) {
    for (const [database, schema, item] of splits(name)) {
      if (isAwsSchema(database, schema)) continue;
      const id = schemaId(snapshot, database, schema);
      if (id !== undefined) return { database, schema, item, schemaId: id };
    }
  }
  const schema = regionSchema(home, region);
  const id = schemaId(snapshot, AWS_DATABASE, schema);
  const location = { database: AWS_DATABASE, schema, item: name };
  return id === undefined ? location : { ...location, schemaId: id };
}

function secretAt(snapshot: Snapshot, schema: Id | undefined, name: string): SecretItem | undefined {
  const id = schema === undefined ? undefined : snapshot.itemsOfSchema.get(schema)?.get(name);
  const item = id === undefined ? undefined : snapshot.items.get(id);
  return item?.kind === 'secret' && item.temporary === undefined ? item : undefined;
}

/** The secret of an AWS name in a region, or undefined. */
export function secretNamed(snapshot: Snapshot, home: Home, { region, name }: Place): SecretItem | undefined {
  const own = secretAt(snapshot, schemaId(snapshot, AWS_DATABASE, regionSchema(home, region)), name);
  if (own !== undefined || region !== home.region) return own;
  for (const [database, schema, item] of splits(name)) {
    if (isAwsSchema(database, schema)) continue;
    const found = secretAt(snapshot, schemaId(snapshot, database, schema), item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Six random letters and digits. */
export function newSuffix(): string {
  return Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)]).join(
    '',
  );
}

const derivedSuffixes = new WeakMap<SecretItem, string>();

/** Suffix of a secret's ARN. One that the AWS door never wrote to has one all the same, derived from what never changes. */
export function suffixOf(item: SecretItem): string {
  if (item.aws !== undefined) return item.aws.arnSuffix;
  let suffix = derivedSuffixes.get(item);
  if (suffix === undefined) {
    const digest = createHash('sha256').update(`${item.id}/${item.oid}/${item.createdAt}`).digest();
    suffix = Array.from(
      digest.subarray(0, SUFFIX_LENGTH),
      (byte) => SUFFIX_LETTERS[byte % SUFFIX_LETTERS.length],
    ).join('');
    derivedSuffixes.set(item, suffix);
  }
  return suffix;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

/** `arn:aws:<service>:<region>:<account>:<resource>` */
export function arn(home: Home, service: string, region: string, resource: string): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${home.accountId}:${resource}`;
}

export function secretArn(home: Home, { region, name }: Place, suffix: string): string {
  return arn(home, 'secretsmanager', region, `secret:${name}-${suffix}`);
}

export function arnOf(snapshot: Snapshot, home: Home, item: SecretItem): string {
  return secretArn(home, placeOf(snapshot, home, item), suffixOf(item));
}

const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:([^:]*):([^:]*):secret:(.+)$/s;
const FULL = /^(.+)-([A-Za-z0-9]{6})$/s;

/** Finds the secret that an id means: name, full ARN, or ARN without its suffix. Throws for what cannot be a name. */
export function resolveSecret(
  snapshot: Snapshot,
  home: Home,
  region: string,
  secretId: string,
): SecretItem | undefined {
  if (!secretId.startsWith('arn:')) {
    checkName(secretId);
    return secretNamed(snapshot, home, { region, name: secretId });
  }
  const parts = SECRET_ARN.exec(secretId);
  if (parts === null || parts[1] !== region || parts[2] !== home.accountId) return undefined;
  const rest = parts[3]!;
  // What ends in a hyphen and six characters is a full ARN, even where it could be the start of another.
  const full = FULL.exec(rest);
  if (full === null) return secretNamed(snapshot, home, { region, name: rest });
  const found = secretNamed(snapshot, home, { region, name: full[1]! });
  return found !== undefined && suffixOf(found) === full[2] ? found : undefined;
}
