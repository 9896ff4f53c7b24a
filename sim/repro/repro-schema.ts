/** The fields of a repro. Invariant: `docs/repro.schema.json` is generated from them, so the two agree. */
import * as v from 'valibot';
import { budgetSchema, planSchema } from '../explore/plan-schema.js';
import { choice, fields, list, meaning, text, whole } from '../input/schema.js';
import { REPRO_FORMAT } from './repro.js';

const COUNT_MAX = Number.MAX_SAFE_INTEGER;

/** The hash of a trace: 128 bits. */
export const hashSchema = v.pipe(
  text('a hash'),
  v.regex(/^[0-9a-f]{32}$/, 'a hash of 32 hexadecimal digits'),
);

const trace = fields({
  hash: hashSchema,
  events: whole(0, COUNT_MAX),
  checkpoints: meaning(
    list(
      fields({
        events: whole(1, COUNT_MAX),
        timeUs: meaning(whole(0, COUNT_MAX), 'Virtual microseconds since the start'),
        hash: hashSchema,
      }),
      'a list of checkpoints',
    ),
    'Hashes at evenly spread points of the run',
  ),
});

export const reproSchema = fields({
  format: v.literal(REPRO_FORMAT, String(REPRO_FORMAT)),
  version: meaning(v.string('a version'), 'The version of etcd-sim that made it'),
  verdict: choice(['satisfied', 'violated', 'inconclusive']),
  signature: v.exactOptional(
    meaning(
      v.string('a string'),
      'The kind of failure, such as `check sum-conserved` or `deadlock`; absent if the run did not fail',
    ),
  ),
  message: meaning(v.string('a string'), 'The message of the failure'),
  test: v.exactOptional(
    meaning(
      fields({
        title: v.string('a title'),
        name: v.exactOptional(
          meaning(
            v.string('a name'),
            'With the names of what it is declared in; absent if that is its title',
          ),
        ),
        file: v.exactOptional(meaning(v.string('a path'), 'Its file, from the root of its runner')),
        command: v.exactOptional(meaning(v.string('a shell command'), 'The command that runs the test')),
      }),
      'The test that made it; absent if it is of a scenario',
    ),
  ),
  plan: planSchema,
  budget: budgetSchema,
  trace,
});
