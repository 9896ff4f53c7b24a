/**
 * Reads JSON as Go's `encoding/json` does, one value after the other, and keeps the position of each part.
 * Invariant: errors have Go's texts, because clients of etcd see them.
 */

export type JsonNode =
  | { readonly kind: 'object'; readonly at: number; readonly entries: readonly JsonEntry[] }
  | { readonly kind: 'array'; readonly at: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly at: number; readonly raw: string; readonly text: string }
  | { readonly kind: 'number'; readonly at: number; readonly raw: string }
  | { readonly kind: 'bool'; readonly at: number; readonly raw: string; readonly value: boolean }
  | { readonly kind: 'null'; readonly at: number; readonly raw: string };

export interface JsonEntry {
  readonly name: Extract<JsonNode, { kind: 'string' }>;
  readonly value: JsonNode;
}

/** Malformed JSON; the message is Go's. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** The text ends inside a value. */
export class JsonEndError extends JsonError {
  constructor() {
    super('unexpected EOF');
  }
}

/** Go reads 10,000 levels; that many use only a part of our stack. */
const DEPTH_MAX = 1000;

const SPACE = /[ \t\r\n]*/y;
/** Characters that a string may contain unescaped. */
const PLAIN = /[^"\\\0-\x1f]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PART_OF_NUMBER = /^-?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d*)?)?$/;
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' },
};

/** A value and where it ends; undefined if only space is left. @throws JsonError */
export function readJson(
  text: string,
  from: number,
): { readonly node: JsonNode; readonly start: number; readonly end: number } | undefined {
  const reader = new Reader(text, from);
  reader.skipSpace();
  if (reader.position === text.length) return undefined;
  const start = reader.position;
  return { node: reader.value(0), start, end: reader.position };
}

class Reader {
  position: number;
  readonly #text: string;

  constructor(text: string, position: number) {
    this.#text = text;
    this.position = position;
  }

  skipSpace(): void {
    SPACE.lastIndex = this.position;
    SPACE.exec(this.#text);
    this.position = SPACE.lastIndex;
  }

  value(depth: number): JsonNode {
    if (depth > DEPTH_MAX) throw new JsonError('exceeded max depth');
    this.skipSpace();
    const at = this.position;
    const first = this.#peek();
    switch (first) {
      case '{':
        return this.#object(at, depth);
      case '[':
        return this.#array(at, depth);
      case '"':
        return this.#string();
      case 't':
        return { kind: 'bool', at, raw: this.#literal('true'), value: true };
      case 'f':
        return { kind: 'bool', at, raw: this.#literal('false'), value: false };
      case 'n':
        return { kind: 'null', at, raw: this.#literal('null') };
      default:
        if (!/[-\d]/.test(first)) throw this.#invalid('looking for beginning of value');
        return { kind: 'number', at, raw: this.#number() };
    }
  }

  #object(at: number, depth: number): JsonNode {
    this.position += 1;
    const entries: JsonEntry[] = [];
    this.skipSpace();
    if (this.#peek() === '}') {
      this.position += 1;
      return { kind: 'object', at, entries };
    }
    for (;;) {
      this.skipSpace();
      if (this.#peek() !== '"') throw this.#invalid('looking for beginning of object key string');
      const name = this.#string();
      this.skipSpace();
      if (this.#peek() !== ':') throw this.#invalid('after object key');
      this.position += 1;
      entries.push({ name, value: this.value(depth + 1) });
      if (this.#isOver('}', 'after object key:value pair')) return { kind: 'object', at, entries };
    }
  }

  #array(at: number, depth: number): JsonNode {
    this.position += 1;
    const items: JsonNode[] = [];
    this.skipSpace();
    if (this.#peek() === ']') {
      this.position += 1;
      return { kind: 'array', at, items };
    }
    for (;;) {
      items.push(this.value(depth + 1));
      if (this.#isOver(']', 'after array element')) return { kind: 'array', at, items };
    }
  }

  /** Whether the closing bracket follows, rather than a comma. */
  #isOver(bracket: string, where: string): boolean {
    this.skipSpace();
    const next = this.#peek();
    if (next !== ',' && next !== bracket) throw this.#invalid(where);
    this.position += 1;
    return next === bracket;
  }

  #string(): Extract<JsonNode, { kind: 'string' }> {
    const at = this.position;
    this.position += 1;
    let text = '';
    for (;;) {
      PLAIN.lastIndex = this.position;
      const [plain = ''] = PLAIN.exec(this.#text) ?? [];
      text += plain;
      this.position += plain.length;
      const next = this.#peek();
      if (next < ' ') throw this.#invalid('in string literal');
      this.position += 1;
      if (next === '"') return { kind: 'string', at, raw: this.#text.slice(at, this.position), text };
      text += this.#escape();
    }
  }

  #escape(): string {
    const kind = this.#peek();
    const simple = ESCAPES[kind];
    if (simple !== undefined) {
      this.position += 1;
      return simple;
    }
    if (kind !== 'u') throw this.#invalid('in string escape code');
    this.position += 1;
    for (let digit = 0; digit < 4; digit++) {
      if (!/[\da-fA-F]/.test(this.#peek())) throw this.#invalid('in \\u hexadecimal character escape');
      this.position += 1;
    }
    return String.fromCharCode(parseInt(this.#text.slice(this.position - 4, this.position), 16));
  }

  #number(): string {
    NUMBER.lastIndex = this.position;
    const [raw] = NUMBER.exec(this.#text) ?? [];
    const rest = this.#text.slice(this.position);
    if (raw === undefined || PART_OF_NUMBER.test(rest)) {
      // A number may continue, so it ends only where its text ends.
      if (raw === undefined || raw.length < rest.length) {
        if (PART_OF_NUMBER.test(rest)) throw new JsonEndError();
        this.position += 1;
        throw this.#invalid('in numeric literal');
      }
    }
    this.position += raw.length;
    return raw;
  }

  #literal(word: string): string {
    for (const letter of word) {
      if (this.#peek() !== letter)
        throw this.#invalid(`in literal ${word} (expecting ${quoteCharacter(letter)})`);
      this.position += 1;
    }
    return word;
  }

  #peek(): string {
    const next = this.#text[this.position];
    if (next === undefined) throw new JsonEndError();
    return next;
  }

  #invalid(where: string): JsonError {
    return new JsonError(`invalid character ${quoteCharacter(this.#peek())} ${where}`);
  }
}

/** As Go quotes one. */
function quoteCharacter(character: string): string {
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  const escaped = JSON.stringify(character).slice(1, -1);
  return `'${escaped}'`;
}
