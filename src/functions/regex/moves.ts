/**
 * Moves of automata that have been made before: a set of states and a character lead to one set of states, so that a
 * pattern used on many texts soon runs as a table. All tables together are bounded; past that they start again.
 */
import type { Program } from './program.ts';

/** The states that are followed at one place, and where characters lead from there. */
export interface Stand {
  readonly live: readonly number[];
  readonly accepted: boolean;
  /** By the character and what stands behind it; `restarted`: with a new start behind the character. */
  readonly over: Map<number, Stand>;
  readonly restarted: Map<number, Stand>;
}

/** Numbers kept in all tables: some 16 MB. */
const MAX_KEPT = 1_000_000;
/** What a stand and a move cost beside their states. */
const STAND_COST = 32;
const MOVE_COST = 6;

let kept = 0;
let tables = new WeakMap<Program, Moves>();

/** The table of one automaton. */
export class Moves {
  readonly starts = new Map<number, Stand>();
  readonly #stands = new Map<string, Stand>();
  readonly #kept = tables;

  /** All tables have started again. */
  get isStale(): boolean {
    return this.#kept !== tables;
  }

  /** The one stand of these states, in whatever order they were reached. */
  stand(live: number[], accepted: boolean): Stand {
    live.sort((a, b) => a - b);
    const key = `${accepted ? '+' : '-'}${live.join()}`;
    let stand = this.#stands.get(key);
    if (stand === undefined) {
      stand = { live, accepted, over: new Map(), restarted: new Map() };
      this.#stands.set(key, stand);
      keep(live.length * 2 + STAND_COST);
    }
    return stand;
  }

  addMove(from: Map<number, Stand>, key: number, to: Stand): void {
    from.set(key, to);
    keep(MOVE_COST);
  }
}

function keep(cost: number): void {
  kept += cost;
  if (kept <= MAX_KEPT) return;
  kept = 0;
  tables = new WeakMap();
}

/** The table of a program; undefined where a move depends on more than the characters beside it (lookaround). */
export function movesOf(program: Program): Moves | undefined {
  if (program.looksAround) return undefined;
  let moves = tables.get(program);
  if (moves === undefined) tables.set(program, (moves = new Moves()));
  return moves;
}
