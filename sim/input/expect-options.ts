/** Checks options of a function of the library against their schema: JavaScript is not type-checked. */
import type * as v from 'valibot';
import { describeThrown } from './describe-thrown.js';
import { describeValue } from './describe-value.js';
import { InputError } from './parsed.js';
import { readValue } from './schema.js';

/** The options, if they are in order. @throws InputError in one line: which option, what was expected, what came */
export function expectOptions<Options extends object>(schema: v.GenericSchema, options: Options): Options {
  if (typeof options !== 'object' || options === null || isOther(options)) {
    throw new InputError(`options: expected an object, got ${describeValue(options)}`);
  }
  const read = attempt(() => readValue(schema, options));
  if (read.kind === 'malformed') throw new InputError(read.message);
  return read.value as Options;
}

/** A list, a date, a map: fields of an object of one's own class may be options. */
function isOther(options: object): boolean {
  return attempt(() => !/^\[object (?:Object|Module)\]$/.test(Object.prototype.toString.call(options)));
}

function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InputError(`options: a getter threw ${describeThrown(error)}`);
  }
}
