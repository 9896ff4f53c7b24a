/** Checks options of the functions of `sim`. Invariant: options that pass are all known, each in its range. */
import * as v from 'valibot';
import { expectOptions } from '../../../input/expect-options.js';
import { fields, whole } from '../../../input/schema.js';
import type { CallOptions, NodeOptions, Patience, ResourceOptions } from '../sim.js';

/** What a timer takes. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;
const duration = v.optional(whole(1, TIMEOUT_MAX_MS));

const callSchema = fields({ timeoutMs: duration });
const patienceSchema = fields({ withinMs: v.optional(whole(0, TIMEOUT_MAX_MS)), everyMs: duration });
const nodeSchema = fields({
  daemon: v.optional(v.boolean('true or false')),
  name: v.optional(v.string('a name')),
});
const resourceSchema = fields({
  fenced: v.optional(v.boolean('true or false')),
  initial: v.optional(v.any()),
});

/** @throws InputError */
export const expectCallOptions = (options: CallOptions = {}): CallOptions =>
  expectOptions(callSchema, options);

/** @throws InputError */
export const expectNodeOptions = <Options extends NodeOptions>(options: Options): Options =>
  expectOptions(nodeSchema, options);

/** @throws InputError */
export const expectPatience = (options: Patience = {}): Patience => expectOptions(patienceSchema, options);

/** @throws InputError */
export const expectResourceOptions = (options: ResourceOptions = {}): ResourceOptions =>
  expectOptions(resourceSchema, options);
