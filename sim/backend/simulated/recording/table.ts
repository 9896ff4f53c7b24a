/** A table of numbers that grows by rows and is read by columns. Invariant: all columns have the same length. */

export class Table<Name extends string> {
  readonly columns: Readonly<Record<Name, number[]>>;
  readonly #names: readonly Name[];
  #length = 0;

  constructor(...names: readonly Name[]) {
    this.#names = names;
    this.columns = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  }

  get length(): number {
    return this.#length;
  }

  /** @returns the position of the row */
  add(row: Readonly<Record<Name, number>>): number {
    for (const name of this.#names) this.columns[name].push(row[name]);
    return this.#length++;
  }
}

/** Texts, each with a number: its position in the list. */
export class Names {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(names: readonly string[] = []) {
    for (const name of names) this.of(name);
  }

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.list.length);
    return this.list.push(name) - 1;
  }
}
