/**
 * Reading what people typed: either a value, or one sentence that says what was expected and what came. Invariant: such
 * a sentence is a single printable line for any input.
 */
import { closestName } from './closest-name.js';

/** What became of a typed text. */
export type Parsed<T> = { readonly kind: 'ok'; readonly value: T } | Malformed;

/** The text is not what it should be; `message` is one line without a full stop. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly message: string;
}

export function ok<T>(value: T): Parsed<T> {
  return { kind: 'ok', value };
}

export function malformed(message: string): Malformed {
  return { kind: 'malformed', message };
}

/**
 * Says what was expected and what came.
 *
 * @param what what was expected, such as `a whole number from 1 to 9`
 * @param got the text as it was typed
 * @param names valid names; the one closest to `got` is offered, if any is close
 */
export function expected(what: string, got: string, names: readonly string[] = []): Malformed {
  return malformed(`expected ${what}, got ${quote(got)}${suggestion(got, names)}`);
}

/** `; did you mean NAME?`, or nothing where no name is close. */
export function suggestion(got: string, names: readonly string[]): string {
  const closest = closestName(got, names);
  return closest === undefined ? '' : `; did you mean ${closest}?`;
}

/** Joins names as a sentence does: `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

const QUOTED_LENGTH_MAX = 60;

/** The text in double quotes on one line: cut if long, and nothing in it can steer a terminal. */
export function quote(text: string, lengthMax = QUOTED_LENGTH_MAX): string {
  const cut = text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
  return JSON.stringify(cut).replace(UNPRINTABLE, escapeCharacter);
}

/**
 * Characters that are not seen although a terminal, a browser or a reader acts on them: C1 controls, line separators,
 * direction marks, tags, and halves of characters.
 */
const UNPRINTABLE =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}]/gu;

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** As {@link singleLine}, and line breaks and indents stay. */
export function visibleLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/[\u0000-\u001f]/g, escapeCharacter)
        .replace(UNPRINTABLE, escapeCharacter)
        .trimEnd(),
    )
    .join('\n');
}

/** Makes any text, such as a foreign error message, one printable line. */
export function singleLine(text: string): string {
  return text
    .replace(/[\u0000-\u0020]+/g, ' ')
    .replace(UNPRINTABLE, escapeCharacter)
    .trim();
}

/** Reads a whole number in plain decimal digits: no sign but a minus, no exponent, no leading zeros. */
export function parseInteger(
  text: string,
  range: { readonly min: number; readonly max: number },
): Parsed<number> {
  const value = /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : NaN;
  if (value >= range.min && value <= range.max) return ok(value);
  return expected(`a whole number from ${range.min} to ${range.max}`, text);
}

/** Reads one of a few names. */
export function parseChoice<T extends string>(text: string, choices: readonly T[]): Parsed<T> {
  const choice = choices.find((name) => name === text);
  return choice === undefined ? expected(oneOf(choices), text, choices) : ok(choice);
}

/** Input that makes no sense, to any function of the library. */
export class InputError extends Error {
  override readonly name: string = 'InputError';

  /** @param message one line: where, what was expected and what came */
  constructor(message: string) {
    super(message);
  }
}
