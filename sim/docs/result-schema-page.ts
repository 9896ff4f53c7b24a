/**
 * `docs/result.schema.json`: the JSON Schema of a line of `--reporter json`, generated from the schemas that validate the
 * runs of blobs and journals.
 */
import { toJsonSchema } from '@valibot/to-json-schema';
import { faultSchema } from '../faults/index.js';
import { planSchema } from '../explore/plan-schema.js';
import { seed } from '../input/schema.js';
import { resultSchema, runSchema, sweepSchema } from '../report/result-schema.js';
import { formatSchema } from './format-schema.js';

export function resultSchemaPage(): string {
  const { $schema: _, ...schema } = toJsonSchema(resultSchema, {
    // Rules that only code can check.
    ignoreActions: ['check'],
    definitions: { run: runSchema, sweep: sweepSchema, plan: planSchema, fault: faultSchema, seed },
  });
  return formatSchema({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A result of etcd-sim',
    description:
      'A line of `sim --reporter json`: one run, or a sweep over many seeds. A later version may add fields. Made by `npm run docs` from the schemas that validate blobs.',
    ...schema,
  });
}
