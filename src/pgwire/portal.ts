import { SqlError } from '../errors.ts';
import type { Prepared } from '../engine/outcome.ts';
import type { FormatCode } from '../pgproto/frontend-messages.ts';
import type { RowCursor } from '../query/result.ts';
import type { Datum } from '../types/datum.ts';
import type { Limits } from './limits.ts';
import type { RowFormat } from './row-format.ts';
import type { StatementWatch } from './statement-watch.ts';

/** How far a portal has come. */
export type PortalState =
  | { readonly kind: 'bound' }
  /** Rows are left after a PortalSuspended. */
  | {
      readonly kind: 'suspended';
      readonly cursor: RowCursor;
      readonly format: RowFormat;
      readonly tag: (rows: number) => string;
      readonly watch: StatementWatch;
    }
  /** It ran to its end. A portal with rows may be run again and has none left; another may not. */
  | { readonly kind: 'finished'; readonly tag: ((rows: number) => string) | null };

/** A statement with its parameter values. */
export interface Portal {
  readonly name: string;
  readonly prepared: Prepared;
  readonly parameters: readonly Datum[];
  readonly resultFormats: readonly FormatCode[];
  /** Bytes of the parameters as they were sent. */
  readonly bytes: number;
  state: PortalState;
}

/** The portals of one session, by name; the empty name is one like the others, but may be bound again. */
export class PortalTable {
  readonly #portals = new Map<string, Portal>();
  readonly #limits: Pick<Limits, 'portals' | 'heldBytes'>;
  #bytes = 0;

  constructor(limits: Pick<Limits, 'portals' | 'heldBytes'>) {
    this.#limits = limits;
  }

  /** Throws 34000 when there is none of this name. */
  get(name: string): Portal {
    const portal = this.#portals.get(name);
    if (portal === undefined) throw new SqlError('34000', `portal "${name}" does not exist`);
    return portal;
  }

  /** Throws 42P03 when the name is taken, 53400 when there are too many, 53200 when their values are too large. */
  checkRoom(name: string, bytes: number): void {
    if (name === '') return;
    const { portals, heldBytes } = this.#limits;
    if (this.#portals.has(name)) throw new SqlError('42P03', `cursor "${name}" already exists`);
    if (this.#portals.size >= portals)
      throw new SqlError('53400', `too many open portals (limit: ${portals})`);
    if (this.#bytes + bytes > heldBytes) {
      throw new SqlError('53200', `parameters of open portals exceed ${heldBytes} bytes`);
    }
  }

  add(portal: Portal): void {
    this.drop(portal.name);
    this.#portals.set(portal.name, portal);
    this.#bytes += portal.bytes;
  }

  /** Lets go of a portal and of what its query holds. Unknown names are no error. */
  drop(name: string): void {
    const portal = this.#portals.get(name);
    if (portal === undefined) return;
    this.#portals.delete(name);
    this.#bytes -= portal.bytes;
    release(portal);
  }

  /** The transaction ended: drops the portals that ran in it, and keeps those that are only bound. */
  dropStarted(): void {
    for (const portal of this.#portals.values()) if (portal.state.kind !== 'bound') this.drop(portal.name);
  }

  clear(): void {
    if (this.#portals.size === 0) return;
    for (const portal of this.#portals.values()) release(portal);
    this.#portals.clear();
    this.#bytes = 0;
  }
}

function release(portal: Portal): void {
  if (portal.state.kind !== 'suspended') return;
  portal.state.watch.stop();
  portal.state.cursor.close();
}
