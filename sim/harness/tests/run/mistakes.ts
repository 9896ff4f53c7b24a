/**
 * Mistakes of a test in its use of `sim`: no finding about the code under test. Invariant: the first one is remembered, even
 * if the test catches it.
 */
import { describeValue } from '../../../input/describe-value.js';
import { InputError } from '../../../input/parsed.js';

export class Mistakes {
  first: InputError | undefined;

  /** @throws InputError */
  refuse(error: InputError): never {
    this.first ??= error;
    throw error;
  }

  /** What it returns. @throws InputError, as a mistake of the test */
  accept<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof InputError) this.refuse(error);
      throw error;
    }
  }

  /** @throws InputError unless the name is among these */
  expectName(what: string, name: string, names: readonly string[]): void {
    if (names.includes(name)) return;
    this.refuse(new InputError(`expected a ${what} of this test (${names.join(', ')}), got ${name}`));
  }

  /** @throws InputError unless it is a whole number in this range */
  expectNumber(what: string, value: unknown, min: number, max: number): void {
    if (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max) return;
    const range = `a whole number from ${min} to ${max}`;
    this.refuse(new InputError(`${what}: expected ${range}, got ${describeValue(value)}`));
  }

  /** @throws InputError unless it is a function */
  expectFunction(what: string, value: unknown): void {
    if (typeof value === 'function') return;
    this.refuse(new InputError(`${what}: expected a function, got ${describeValue(value)}`));
  }

  /** @throws InputError unless it is a text that a message can name */
  expectText(what: string, value: unknown): void {
    if (typeof value === 'string' && value !== '' && !/\p{Cs}/u.test(value)) return;
    this.refuse(new InputError(`${what}: expected a name, got ${describeValue(value)}`));
  }
}
