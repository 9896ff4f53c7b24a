/**
 * Splits a request's body into JSON values as they arrive. Invariant: each value is returned once, in order,
 * followed by the error if there is one.
 */
import { StringDecoder } from 'node:string_decoder';
import { JsonEndError, readJson, type JsonNode } from './json-text.js';

/** One value with the text that its positions point into. */
export interface JsonValue {
  readonly node: JsonNode;
  readonly text: string;
  readonly start: number;
}

/** A longer text is not parsed again with each piece while its value clearly continues. */
const READ_ANEW_MAX = 65_536;

export class JsonStream {
  readonly #decoder = new StringDecoder('utf8');
  readonly #brackets = new Brackets();
  #text = '';
  #position = 0;
  #ended = false;

  push(chunk: Buffer): void {
    const piece = this.#decoder.write(chunk);
    this.#text = this.#text.slice(this.#position) + piece;
    this.#position = 0;
    this.#brackets.push(piece);
  }

  /** The body is complete. */
  end(): void {
    this.#text += this.#decoder.end();
    this.#ended = true;
  }

  /**
   * The next value, `more` if it is incomplete, or `end` if there is none.
   *
   * @throws JsonError
   */
  next(): JsonValue | 'more' | 'end' {
    const text = this.#text;
    const isLong = text.length - this.#position > READ_ANEW_MAX;
    if (isLong && !this.#ended && this.#brackets.isOpen) return 'more';
    try {
      const read = readJson(text, this.#position);
      if (read === undefined) return this.#ended ? 'end' : 'more';
      // A number or a word could continue.
      const isOpen = read.end === text.length && read.node.kind === 'number';
      if (isOpen && !this.#ended) return 'more';
      this.#position = read.end;
      return { node: read.node, text, start: read.start };
    } catch (error) {
      if (error instanceof JsonEndError && !this.#ended) return 'more';
      throw error;
    }
  }
}

/** Which brackets and strings are open. */
class Brackets {
  #depth = 0;
  #inString = false;
  #isEscaped = false;

  push(piece: string): void {
    for (const [mark] of piece.matchAll(/["\\{}[\]]|[^"\\{}[\]]+/g)) {
      if (this.#isEscaped) {
        this.#isEscaped = false;
        // A mark may be a run of plain characters: only its first is escaped, and the rest opens nothing.
        continue;
      }
      if (this.#inString) {
        if (mark === '"') this.#inString = false;
        else if (mark === '\\') this.#isEscaped = true;
      } else if (mark === '"') this.#inString = true;
      else if (mark === '{' || mark === '[') this.#depth += 1;
      else if (mark === '}' || mark === ']') this.#depth -= 1;
    }
  }

  get isOpen(): boolean {
    return this.#inString || this.#depth > 0;
  }
}
