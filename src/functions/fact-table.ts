/** A generated catalog table, and definitions over one: both read or make a row when it is first asked for. */

/** The result of `make`, made at the first call. */
export function once<T>(make: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: make() }).value;
}

/** Values by key, in their order. */
export function groupBy<K, T>(values: Iterable<T>, keyOf: (value: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [value]);
    else known.push(value);
  }
  return groups;
}

/** Rows of a catalog by name and OID. Their lines start with the OID, a tab and the name; few of them are ever read. */
export class FactTable<Fact> {
  readonly #lines: readonly string[];
  readonly #read: (line: string) => Fact;
  readonly #facts = new Map<string, Fact>();
  readonly #linesOfName: () => ReadonlyMap<string, readonly string[]>;
  readonly #lineOfOid: () => ReadonlyMap<number, string>;

  constructor(lines: readonly string[], read: (line: string) => Fact) {
    this.#lines = lines;
    this.#read = read;
    this.#linesOfName = once(() => groupBy(lines, nameOf));
    this.#lineOfOid = once(() => new Map(lines.map((line) => [Number.parseInt(line, 10), line])));
  }

  named(name: string): readonly Fact[] {
    return (this.#linesOfName().get(name) ?? []).map((line) => this.#factOf(line));
  }

  ofOid(oid: number): Fact | undefined {
    const line = this.#lineOfOid().get(oid);
    return line === undefined ? undefined : this.#factOf(line);
  }

  /** Every row, in order of OID. */
  all(): readonly Fact[] {
    return this.#lines.map((line) => this.#factOf(line));
  }

  #factOf(line: string): Fact {
    const known = this.#facts.get(line);
    if (known !== undefined) return known;
    const fact = this.#read(line);
    this.#facts.set(line, fact);
    return fact;
  }
}

function nameOf(line: string): string {
  const start = line.indexOf('\t') + 1;
  return line.slice(start, line.indexOf('\t', start));
}

/** What the server has under each name and OID: some of the rows of a catalog, and definitions of its own. */
export class Definitions<Fact extends object, Def extends { readonly oid: number; readonly name: string }> {
  readonly #facts: FactTable<Fact>;
  readonly #define: (fact: Fact) => Def | undefined;
  readonly #own: () => readonly Def[];
  readonly #ownByName: () => ReadonlyMap<string, readonly Def[]>;
  readonly #ownByOid: () => ReadonlyMap<number, Def>;
  readonly #defined = new Map<Fact, Def | undefined>();
  readonly #byName = new Map<string, readonly Def[]>();

  /** `define` gives undefined for a row that the server does not have. */
  constructor(facts: FactTable<Fact>, define: (fact: Fact) => Def | undefined, own: () => readonly Def[]) {
    this.#facts = facts;
    this.#define = define;
    this.#own = once(own);
    this.#ownByName = once(() => groupBy(this.#own(), (def) => def.name));
    this.#ownByOid = once(() => new Map(this.#own().map((def) => [def.oid, def])));
  }

  byName(name: string): readonly Def[] {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const found = [...this.#ofFacts(this.#facts.named(name)), ...(this.#ownByName().get(name) ?? [])];
    // Names come from statements: only those that exist are kept.
    if (found.length > 0) this.#byName.set(name, found);
    return found;
  }

  byOid(oid: number): Def | undefined {
    const own = this.#ownByOid().get(oid);
    if (own !== undefined) return own;
    const fact = this.#facts.ofOid(oid);
    return fact && this.#ofFact(fact);
  }

  readonly all: () => readonly Def[] = once(() => [...this.#ofFacts(this.#facts.all()), ...this.#own()]);

  #ofFacts(facts: readonly Fact[]): readonly Def[] {
    return facts.map((fact) => this.#ofFact(fact)).filter((def) => def !== undefined);
  }

  #ofFact(fact: Fact): Def | undefined {
    if (this.#defined.has(fact)) return this.#defined.get(fact);
    const def = this.#define(fact);
    this.#defined.set(fact, def);
    return def;
  }
}
