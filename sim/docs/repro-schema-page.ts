/**
 * `docs/repro.schema.json`: the JSON Schema of a repro, generated from the schemas that validate repros.
 * Invariant: a repro that it refuses is refused. Repros are also checked against their scenario, and some
 * fields against each other.
 */
import { toJsonSchema } from '@valibot/to-json-schema';
import { aimSchema } from '../faults/aim.js';
import { faultSchema } from '../faults/index.js';
import { planSchema } from '../explore/plan-schema.js';
import { seed } from '../input/schema.js';
import { hashSchema, reproSchema } from '../repro/repro-schema.js';
import { formatSchema } from './format-schema.js';

export function reproSchemaPage(): string {
  const { $schema: _, ...schema } = toJsonSchema(reproSchema, {
    // Rules that only code can check.
    ignoreActions: ['check'],
    definitions: { plan: planSchema, fault: faultSchema, aim: aimSchema, seed, hash: hashSchema },
  });
  const whole = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A repro of etcd-sim',
    description:
      'One run as data. The same version gives the same trace on any machine. Made by `npm run docs` from the schemas that validate repros.',
    ...schema,
  };
  return formatSchema(whole);
}
