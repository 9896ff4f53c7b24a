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

/** Formatted as Prettier does. */
const LINE_LENGTH_MAX = 110;

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
  return `${format(whole, '', '')}\n`;
}

/** JSON as Prettier writes it: a list of words on one line where it fits. */
function format(value: unknown, margin: string, name: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${margin}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const fits = margin.length + name.length + line.length < LINE_LENGTH_MAX;
    if (fits && value.every((item) => typeof item !== 'object')) return line;
    return `[\n${value.map((item) => inner + format(item, inner, '')).join(',\n')}\n${margin}]`;
  }
  const lines = Object.entries(value).map(([key, part]) => {
    const head = `${JSON.stringify(key)}: `;
    return inner + head + format(part, inner, head);
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${margin}}`;
}
