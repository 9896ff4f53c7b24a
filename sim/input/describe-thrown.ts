/**
 * A thrown value or a rejection's reason, in words. Invariant: it never throws and never runs away, even for a symbol,
 * a revoked Proxy, an error with a throwing getter or a message of a megabyte. Its result is bounded.
 */
import { attempt, describeValue } from './describe-value.js';

/** `TypeError: no such thing`, or the value where it is no error. */
export function describeThrown(thrown: unknown): string {
  if (!isError(thrown)) return describeValue(thrown);
  const text: unknown = attempt(() => textOf(thrown));
  if (typeof text === 'string' && text !== '') return cutText(text);
  const { name, message } = summarizeThrown(thrown);
  return cutText(message === '' ? name : `${name}: ${message}`);
}

/** Its kind and its words, as data: of an error its class and message, of any other value its type and the value. */
export function summarizeThrown(thrown: unknown): { readonly name: string; readonly message: string } {
  if (isError(thrown)) return { name: classOf(thrown), message: messageOf(thrown) };
  if (typeof thrown === 'object' || typeof thrown === 'function') {
    return { name: typeof thrown, message: describeValue(thrown) };
  }
  // Every primitive has a text.
  return { name: typeof thrown, message: cutText(textOf(thrown)) };
}

/** The message of an error, and of any other value what describes it. */
export function messageOf(thrown: unknown): string {
  if (!isError(thrown)) return typeof thrown === 'string' ? cutText(thrown) : describeValue(thrown);
  const message: unknown = attempt(() => thrown.message);
  return typeof message === 'string' ? cutText(message) : describeValue(message);
}

/** The stack of what was thrown; empty where it has none. */
export function stackOf(thrown: unknown): string {
  const stack: unknown = isError(thrown) ? attempt(() => thrown.stack) : undefined;
  if (typeof stack !== 'string') return '';
  if (stack.length <= STACK_LENGTH_MAX) return stack;
  // The message, which stands before the frames, is what is long.
  const lines = stack.slice(-STACK_LENGTH_MAX).split('\n');
  const frames = lines.slice(1).filter((line) => /^\s+at /.test(line));
  return [cutText(stack), ...frames].join('\n');
}

/** Of this realm or another, such as a fresh context. */
export function isError(thrown: unknown): thrown is Error {
  if (typeof thrown !== 'object' || thrown === null) return false;
  const tag = attempt(
    () => thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]',
  );
  return tag === true;
}

const TEXT_LENGTH_MAX = 1000;
const NAME_LENGTH_MAX = 100;
const STACK_LENGTH_MAX = 20_000;

/** A text of at most 1,000 characters, with how many more there were. */
export function cutText(text: string): string {
  if (text.length <= TEXT_LENGTH_MAX) return text;
  // Not in the middle of a character that takes two.
  const isHalf = /[\ud800-\udbff]$/.test(text.slice(TEXT_LENGTH_MAX - 1, TEXT_LENGTH_MAX));
  const kept = text.slice(0, isHalf ? TEXT_LENGTH_MAX - 1 : TEXT_LENGTH_MAX);
  return `${kept}… (${text.length - kept.length} more characters)`;
}

function classOf(error: Error): string {
  const name: unknown = attempt(() => error.constructor.name);
  return typeof name === 'string' && name !== '' ? name.slice(0, NAME_LENGTH_MAX) : 'Error';
}

/** Calls its `toString`, which may throw; a symbol has a text, too. */
function textOf(value: unknown): string {
  return Reflect.apply(String, undefined, [value]);
}
