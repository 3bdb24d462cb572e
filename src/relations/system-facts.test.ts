import { beforeAll, describe, expect, it } from 'vitest';
import { sqlPrinter, systemCatalog } from '../functions/system-catalog.ts';
import { loadParser } from '../sql/parser.ts';
import './registry.ts';
import { indexDefinitionById, viewDefinitionById } from './system-facts.ts';
import { sampleSnapshot } from './testing/sample-catalog.ts';

const snapshot = sampleSnapshot();

describe('what functions learn of built-in objects', () => {
  it('is found by name, OID and id', () => {
    const fact = systemCatalog().relationByName('s1', 'mz_secrets');
    expect(fact).toMatchObject({ oid: 16727, kind: 'materialized-view', schemaId: 's1' });
    expect(fact?.columns).toContain('schema_id');
    expect(systemCatalog().objectByOid(16727)).toBe(fact);
    expect(systemCatalog().objectById(fact?.id ?? '')).toBe(fact);
    expect(systemCatalog().relationByName('s2', 'mz_secrets')).toBeUndefined();
    expect(systemCatalog().columnComment(16727, 1)).toBe('id of the secret');
  });

  it('includes the text of built-in indexes', () => {
    expect(systemCatalog().relationByName('s1', 'mz_secrets_ind')).toMatchObject({
      definition: 'CREATE INDEX mz_secrets_ind ON mz_catalog.mz_secrets USING arrangement (name)',
      keys: ['name'],
    });
  });
});

describe('what functions learn of the text of items', () => {
  beforeAll(loadParser);

  it('has the names of today', () => {
    expect(viewDefinitionById(snapshot, 'u11')).toBe('SELECT a FROM materialize.public.v;');
    expect(viewDefinitionById(snapshot, 'u9')).toBeNull();
    expect(indexDefinitionById(snapshot, 'u12')).toBe(
      'CREATE INDEX t_idx ON materialize.public.t USING arrangement (a, upper(b))',
    );
    expect(indexDefinitionById(snapshot, 'u9')).toBeNull();
  });

  it('lays statements out and masks them', () => {
    const sql = "create connection c to kafka (broker 'b:9092', security protocol plaintext)";
    expect(sqlPrinter()?.pretty(sql, 40)).toBe(
      "CREATE CONNECTION c\nTO KAFKA\n    (\n        BROKER = 'b:9092',\n        SECURITY PROTOCOL = plaintext\n    );",
    );
    expect(sqlPrinter()?.redact("ALTER SECRET s AS 'hush'")).not.toContain('hush');
  });
});
