/** Cuts long texts, and counts how many it has cut. Invariant: a cut text says so, with its whole length. */
import type { Json } from '../../input/json.js';
import { formatCount } from '../quantities.js';

export class Scissors {
  readonly #lengthMax: number;
  #cut = 0;

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** How many texts were too long. */
  get count(): number {
    return this.#cut;
  }

  text(text: string): string {
    if (text.length <= this.#lengthMax) return text;
    this.#cut++;
    return `${text.slice(0, this.#lengthMax)}… (${formatCount(text.length)} characters)`;
  }

  /** Every text in a value, names included. */
  json(value: Json): Json {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return (value as readonly Json[]).map((one) => this.json(one));
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [this.text(name), this.json(one)]));
  }
}
