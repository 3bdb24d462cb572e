/**
 * Options: `NAME [=] value` in every list of the grammar. The parser keeps them generic; which options a statement takes,
 * of which type, and what follows from repeating one is the business of whoever plans the statement.
 */
import type { Expression, ObjectName, Span } from './common.ts';

/** One option. `name` is the canonical upper-case spelling (`SSL MODE`; `USERNAME` reads as `USER`). */
export interface Option {
  readonly name: string;
  /** Null when only the name was written. */
  readonly value: OptionValue | null;
  readonly span: Span;
}

export type OptionValue =
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  /** Digits as written, with a leading `-` when negative. */
  | { readonly kind: 'number'; readonly text: string; readonly span: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'null'; readonly span: Span }
  /** One bare or quoted identifier, folded: `plaintext`. */
  | { readonly kind: 'ident'; readonly value: string; readonly span: Span }
  /** A name of several parts, or of any number where the option takes an item (`SSH TUNNEL t`). */
  | { readonly kind: 'name'; readonly name: ObjectName; readonly span: Span }
  /** `SECRET name`. */
  | { readonly kind: 'secret'; readonly name: ObjectName; readonly span: Span }
  /** `INTERVAL '1s'`; the text between the quotes. */
  | { readonly kind: 'interval'; readonly value: string; readonly span: Span }
  /** `(a, b)` or `[a, b]`. */
  | { readonly kind: 'list'; readonly items: readonly OptionValue[]; readonly span: Span }
  /** `MAP['k' => 'v']`. */
  | {
      readonly kind: 'map';
      readonly entries: readonly (readonly [string, OptionValue])[];
      readonly span: Span;
    }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly span: Span }
  /** `(a, b.c)`: TEXT COLUMNS, EXCLUDE COLUMNS. */
  | { readonly kind: 'names'; readonly names: readonly ObjectName[]; readonly span: Span }
  /** `(a, b)`: PARTITION BY. */
  | { readonly kind: 'idents'; readonly values: readonly string[]; readonly span: Span }
  /** BROKER. */
  | { readonly kind: 'broker'; readonly broker: Broker; readonly span: Span }
  /** BROKERS. */
  | { readonly kind: 'brokers'; readonly brokers: readonly Broker[]; readonly span: Span }
  /** AWS PRIVATELINK. */
  | {
      readonly kind: 'privatelink';
      readonly name: ObjectName;
      readonly port: number | null;
      readonly span: Span;
    }
  /** REPLICAS of a cluster. */
  | { readonly kind: 'replicas'; readonly replicas: readonly ReplicaDefinition[]; readonly span: Span }
  /** SCHEDULE; `estimate` is HYDRATION TIME ESTIMATE, null when absent or MANUAL. */
  | {
      readonly kind: 'schedule';
      readonly schedule: 'manual' | 'on refresh';
      readonly estimate: OptionValue | null;
      readonly span: Span;
    }
  /** RETAIN HISTORY FOR. */
  | { readonly kind: 'retain history'; readonly window: OptionValue; readonly span: Span }
  /** REFRESH of a materialized view. */
  | { readonly kind: 'refresh'; readonly refresh: Refresh; readonly span: Span }
  /** RULES of a network policy. */
  | { readonly kind: 'rules'; readonly rules: readonly NetworkRule[]; readonly span: Span };

/** One Kafka broker with the way to reach it. */
export interface Broker {
  readonly address: string;
  readonly tunnel:
    | null
    | { readonly kind: 'ssh'; readonly connection: ObjectName }
    | { readonly kind: 'privatelink'; readonly connection: ObjectName; readonly options: readonly Option[] };
}

/** One replica of `REPLICAS (...)`. */
export interface ReplicaDefinition {
  readonly name: string;
  readonly options: readonly Option[];
}

/** One rule of a network policy; options are ACTION, DIRECTION, ADDRESS. */
export interface NetworkRule {
  readonly name: string;
  readonly options: readonly Option[];
}

export type Refresh =
  | { readonly kind: 'on commit' }
  | { readonly kind: 'at creation' }
  | { readonly kind: 'at'; readonly time: Expression }
  | { readonly kind: 'every'; readonly interval: string; readonly alignedTo: Expression | null };
