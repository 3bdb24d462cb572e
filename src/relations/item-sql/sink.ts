/** CREATE SINK. */
import type { SinkItem } from '../../catalog/records.ts';
import { clause, clauses, type Doc } from '../../sql/doc.ts';
import { keptOptions, type ItemPrinter } from './printer.ts';

export function createSink(p: ItemPrinter, item: SinkItem): Doc {
  const { detail } = item;
  return clauses([
    `CREATE SINK ${p.fullName(item)}`,
    `IN CLUSTER ${p.cluster(item.clusterId)}`,
    `FROM ${p.reference(item.fromId)}`,
    clause('INTO', `KAFKA CONNECTION ${p.reference(detail.connectionId)} (${keptOptions(detail.options)})`),
    keyClause(p, item),
    formatClause(p, item),
    detail.envelope === null ? null : `ENVELOPE ${detail.envelope.toUpperCase()}`,
    detail.withOptions.length === 0 ? null : `WITH (${keptOptions(detail.withOptions)})`,
  ]);
}

function keyClause(p: ItemPrinter, { detail }: SinkItem): Doc | null {
  if (detail.key === null) return null;
  const columns = detail.key.map((column) => p.ident(column)).join(', ');
  return `KEY (${columns})${detail.keyNotEnforced ? ' NOT ENFORCED' : ''}`;
}

function formatClause(p: ItemPrinter, { detail }: SinkItem): Doc | null {
  const { format, keyFormat, csrConnectionId } = detail;
  if (format === null) return null;
  const print = (text: string): string => {
    const registry = csrConnectionId !== undefined && /^avro\b/i.test(text);
    return registry
      ? `AVRO USING CONFLUENT SCHEMA REGISTRY CONNECTION ${p.reference(csrConnectionId)}`
      : text;
  };
  return keyFormat === null
    ? clause('FORMAT', print(format))
    : clause('KEY FORMAT', `${print(keyFormat)} VALUE FORMAT ${print(format)}`);
}
