/** A json value as its text: parts are found by scanning and cut out unchanged, as the json type promises. */
import { planError } from '../errors.ts';
import type { SqlArray } from '../types/datum.ts';

/** Text that is known to be valid JSON (json values are checked at input). */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text.trim();
  }

  typeOf(): string {
    switch (this.text[0]) {
      case '{':
        return 'object';
      case '[':
        return 'array';
      case '"':
        return 'string';
      case 't':
      case 'f':
        return 'boolean';
      case 'n':
        return 'null';
      default:
        return 'number';
    }
  }

  /** Strings without quotes and escapes, null as NULL, anything else as it is written. */
  plain(): string | null {
    const type = this.typeOf();
    if (type === 'null') return null;
    return type === 'string' ? (JSON.parse(this.text) as string) : this.text;
  }

  elements(): readonly JsonText[] {
    if (this.typeOf() !== 'array') {
      throw planError(
        this.typeOf() === 'object'
          ? 'cannot deconstruct an object as an array'
          : 'cannot call json_array_elements on a scalar',
      );
    }
    return this.#parts().map(([from, to]) => new JsonText(this.text.slice(from, to)));
  }

  /** Keys and values in the order written, repeated keys included. */
  members(caller: string): readonly (readonly [string, JsonText])[] {
    if (this.typeOf() !== 'object') {
      throw planError(
        this.typeOf() === 'array'
          ? `cannot deconstruct an array as an object`
          : `cannot deconstruct a scalar`,
        { detail: `${caller} needs an object.` },
      );
    }
    return this.#parts().map(([from, to]) => {
      const part = this.text.slice(from, to).trimStart();
      const end = stringEnd(part, 0);
      const value = part.slice(part.indexOf(':', end) + 1);
      return [JSON.parse(part.slice(0, end)) as string, new JsonText(value)] as const;
    });
  }

  /** The last member of a name. */
  field(key: string): JsonText | undefined {
    if (this.typeOf() !== 'object') return undefined;
    return this.members('json_object_field').findLast(([name]) => name === key)?.[1];
  }

  element(index: number): JsonText | undefined {
    return this.typeOf() === 'array' ? this.elements().at(index) : undefined;
  }

  path(path: SqlArray): JsonText | undefined {
    return path.elements.reduce<JsonText | undefined>(
      (value, step) => (step === null ? undefined : value?.step(step as string)),
      new JsonText(this.text),
    );
  }

  /** What one step of a path leads to: a member, or an element by its index. */
  step(name: string): JsonText | undefined {
    if (this.typeOf() === 'object') return this.field(name);
    return /^\s*[+-]?\d+$/.test(name) ? this.element(Number(name)) : undefined;
  }

  /** Spans between the commas of the outermost container. */
  #parts(): readonly (readonly [number, number])[] {
    const { text } = this;
    const spans: (readonly [number, number])[] = [];
    let depth = 0;
    let from = 1;
    for (let i = 0; i < text.length; i++) {
      const char = text[i];
      if (char === '"') i = stringEnd(text, i) - 1;
      else if (char === '{' || char === '[') depth++;
      else if (char === '}' || char === ']') depth--;
      if (char === ',' && depth === 1) {
        spans.push([from, i]);
        from = i + 1;
      }
    }
    const rest = text.slice(from, -1);
    if (spans.length > 0 || rest.trim() !== '') spans.push([from, text.length - 1]);
    return spans;
  }
}

/** Offset behind a string literal that begins at `from`. */
function stringEnd(text: string, from: number): number {
  let i = from + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}
