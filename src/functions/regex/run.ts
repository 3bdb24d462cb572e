/**
 * Running automata. Every state is followed at once, so that time is bounded by states times characters whatever the
 * pattern; nothing backtracks. Which states follow which over a character is remembered from text to text.
 */
import { isWord } from './char-set.ts';
import type { Program, State } from './program.ts';
import { movesOf, type Moves, type Stand } from './moves.ts';
import { invalidRegex, type Assertion } from './syntax.ts';

/** States visited for one subject before its pattern is given up: some hundred milliseconds. */
const MAX_VISITS = 30_000_000;
/** Moves that a run makes afresh before it asks whether remembering them is of any use. */
const MISSES_ON_TRIAL = 1000;

/** Text as code points, with the automata's answers about it remembered where they are asked again. */
export class Subject {
  readonly codes: ArrayLike<number>;
  readonly length: number;
  readonly #looks = new Map<Program, Map<number, boolean>>();
  #visits = 0;

  constructor(codes: ArrayLike<number>) {
    this.codes = codes;
    this.length = codes.length;
  }

  /** Counts work, so that a hostile pattern cannot hold the event loop. */
  visit(states: number): void {
    this.#visits += states;
    if (this.#visits > MAX_VISITS) throw invalidRegex('regular expression is too complex');
  }

  at(position: number): number {
    return this.codes[position] ?? -1;
  }

  holds(test: Assertion, position: number): boolean {
    switch (test) {
      case 'text-start':
        return position === 0;
      case 'text-end':
        return position === this.length;
      case 'line-start':
        return position === 0 || this.at(position - 1) === 10;
      case 'line-end':
        return position === this.length || this.at(position) === 10;
      default:
    }
    const before = position > 0 && isWord(this.at(position - 1));
    const after = position < this.length && isWord(this.at(position));
    switch (test) {
      case 'word-start':
        return !before && after;
      case 'word-end':
        return before && !after;
      case 'word-edge':
        return before !== after;
      case 'word-inside':
        return before === after;
    }
  }

  /** Whether a lookahead holds from a position on, or a lookbehind up to it. */
  look(program: Program, ahead: boolean, position: number): boolean {
    let known = this.#looks.get(program);
    if (known === undefined) this.#looks.set(program, (known = new Map()));
    let answer = known.get(position);
    if (answer === undefined) {
      answer = ahead ? new Run(program, this).anyEnd(position) : new Run(program, this).endsAt(position);
      known.set(position, answer);
    }
    return answer;
  }
}

/** What an assertion can ask of a position besides the character before it. */
function contextAt(subject: Subject, position: number): number {
  const next = subject.at(position);
  return (next < 0 ? 1 : 0) | (isWord(next) ? 2 : 0) | (next === 10 ? 4 : 0);
}

/** One automaton on one subject. */
export class Run {
  readonly #program: Program;
  readonly #states: readonly State[];
  readonly #subject: Subject;
  #moves: Moves | undefined;
  #stand: Stand;
  #hits = 0;
  #misses = 0;
  /** The round in which a state was last entered: a set that clears itself. */
  #entered: Int32Array | undefined;
  #round = 0;

  constructor(program: Program, subject: Subject) {
    this.#program = program;
    this.#states = program.states;
    this.#subject = subject;
    this.#moves = movesOf(program);
    this.#stand = { live: [], accepted: false, over: new Map(), restarted: new Map() };
  }

  /** Follows what needs no character from a state on; whether the end is reached. */
  #enter(state: number, position: number, into: number[]): boolean {
    const entered = (this.#entered ??= new Int32Array(this.#states.length));
    const pending = [state];
    let accepted = false;
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (entered[at] === this.#round) continue;
      entered[at] = this.#round;
      const found = this.#states[at];
      switch (found?.kind) {
        case 'take':
          into.push(at);
          break;
        case 'accept':
          accepted = true;
          break;
        case 'split':
          pending.push(found.other, found.next);
          break;
        case 'assert':
          if (this.#subject.holds(found.test, position)) pending.push(found.next);
          break;
        case 'look':
          if (this.#subject.look(found.program, found.ahead, position) !== found.negative)
            pending.push(found.next);
          break;
        default:
      }
    }
    return accepted;
  }

  /** The table of moves, unless it has turned out to be of no use for this text. */
  #table(): Moves | undefined {
    if (this.#misses > MISSES_ON_TRIAL && this.#misses > this.#hits) return undefined;
    if (this.#moves?.isStale === true) this.#moves = movesOf(this.#program);
    return this.#moves;
  }

  #begin(position: number): void {
    const before = position === 0 ? -1 : this.#subject.at(position - 1);
    const key = (before + 1) * 8 + contextAt(this.#subject, position);
    const table = this.#table();
    const known = table?.starts.get(key);
    if (known !== undefined) {
      this.#stand = known;
      return;
    }
    this.#round++;
    const live: number[] = [];
    const accepted = this.#enter(this.#program.start, position, live);
    this.#stand = table?.stand(live, accepted) ?? unknown(live, accepted);
    table?.addMove(table.starts, key, this.#stand);
  }

  /** Moves over the character at a position; `restart` also begins anew behind it. */
  #step(position: number, restart: boolean): void {
    const stand = this.#stand;
    const code = this.#subject.at(position);
    const key = code * 8 + contextAt(this.#subject, position + 1);
    const known = (restart ? stand.restarted : stand.over).get(key);
    if (known !== undefined) {
      this.#hits++;
      this.#subject.visit(1);
      this.#stand = known;
      return;
    }
    this.#misses++;
    this.#subject.visit(stand.live.length + 1);
    this.#round++;
    const live: number[] = [];
    let accepted = false;
    for (const at of stand.live) {
      const state = this.#states[at];
      if (state?.kind === 'take' && state.set.has(code)) {
        accepted = this.#enter(state.next, position + 1, live) || accepted;
      }
    }
    if (restart) accepted = this.#enter(this.#program.start, position + 1, live) || accepted;
    const table = this.#table();
    this.#stand = table?.stand(live, accepted) ?? unknown(live, accepted);
    table?.addMove(restart ? stand.restarted : stand.over, key, this.#stand);
  }

  /** Every end of a match that begins at `from`, ascending, up to `limit`. */
  ends(from: number, limit: number): number[] {
    const found: number[] = [];
    this.#begin(from);
    for (let position = from; ; position++) {
      if (this.#stand.accepted) found.push(position);
      if (position >= limit || this.#stand.live.length === 0) return found;
      this.#step(position, false);
    }
  }

  /** The longest or shortest end of a match that begins at `from`; -1 for none. */
  end(from: number, longest: boolean): number {
    let found = -1;
    this.#begin(from);
    for (let position = from; ; position++) {
      if (this.#stand.accepted) {
        found = position;
        if (!longest) return found;
      }
      if (position >= this.#subject.length || this.#stand.live.length === 0) return found;
      this.#step(position, false);
    }
  }

  anyEnd(from: number): boolean {
    return this.end(from, false) >= 0;
  }

  /** Whether a match ends exactly at a position, wherever it begins. */
  endsAt(end: number): boolean {
    return this.#scan(0, end, (position) => position === end);
  }

  /** Whether there is a match that begins at `from` or later. */
  found(from: number): boolean {
    return this.#scan(from, this.#subject.length, () => true);
  }

  /** Starts at every position; true at the first accepted end that will do. */
  #scan(from: number, last: number, willDo: (position: number) => boolean): boolean {
    this.#begin(from);
    for (let position = from; ; position++) {
      if (this.#stand.accepted && willDo(position)) return true;
      if (position >= last) return false;
      this.#step(position, true);
    }
  }
}

/** A stand that nothing is remembered of. */
function unknown(live: readonly number[], accepted: boolean): Stand {
  return { live, accepted, over: NO_MOVES, restarted: NO_MOVES };
}

const NO_MOVES: Map<number, Stand> = new Map();
