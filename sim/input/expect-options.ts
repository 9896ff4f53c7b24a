/** Checks options of a function of the library against their schema: JavaScript is not type-checked. */
import type * as v from 'valibot';
import { describeThrown } from './describe-thrown.js';
import { describeValue } from './describe-value.js';
import { InputError } from './parsed.js';
import { readValue } from './schema.js';

/** The options, if they are in order. @throws InputError in one line: which option, what was expected, what came */
export function expectOptions<Options extends object>(schema: v.GenericSchema, options: Options): Options {
  if (typeof options !== 'object' || options === null || isList(options)) {
    throw new InputError(`options: expected an object, got ${describeValue(options)}`);
  }
  const read = attempt(() => readValue(schema, options));
  if (read.kind === 'malformed') throw new InputError(read.message);
  return read.value as Options;
}

function isList(options: object): boolean {
  return attempt(() => Array.isArray(options));
}

function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InputError(`options: a getter threw ${describeThrown(error)}`);
  }
}
