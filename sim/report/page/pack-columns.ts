/** Writes columns of numbers so that they take little room as JSON. Invariant: {@link unpackColumn} gives them back. */
import type { PackedColumn } from './page-data.js';

/** Differences where they are smaller. */
export function packColumn(values: readonly number[]): PackedColumn {
  let sizeOfValues = 0;
  let sizeOfDifferences = 0;
  const differences: number[] = [1];
  let before = 0;
  for (const value of values) {
    const difference = value - before;
    sizeOfValues += Math.abs(value);
    sizeOfDifferences += Math.abs(difference);
    differences.push(difference);
    before = value;
  }
  return sizeOfDifferences < sizeOfValues ? differences : [0, ...values];
}

/** Every column of numbers of a table; other fields stay. */
export function packTable<T extends object>(table: T): { [Name in keyof T]: T[Name] } {
  return Object.fromEntries(
    Object.entries(table).map(([name, values]) => [
      name,
      isNumbers(values) ? packColumn(values) : (values as unknown),
    ]),
  ) as { [Name in keyof T]: T[Name] };
}

function isNumbers(values: unknown): values is readonly number[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'number');
}
