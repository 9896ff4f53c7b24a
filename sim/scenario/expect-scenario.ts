/**
 * Validates the shape of a scenario. A config file, or a test in JavaScript, is not type-checked: a mistyped
 * `restrt` would silently leave out crashes. Invariant: a valid scenario has every field that the simulator
 * reads, and no other.
 */
import * as v from 'valibot';
import { matchesKind } from '../faults/fault-pattern.js';
import { faultKindNames } from '../faults/index.js';
import { describeThrown } from '../input/describe-thrown.js';
import { malformed, ok, type Parsed } from '../input/parsed.js';
import { fields, list, oneOfMany, readValue, text } from '../input/schema.js';
import type { OptionSpec } from '../plan/options.js';
import { ScenarioError } from './scenario-error.js';
import type { Scenario } from './scenario.js';
import { wrongDefault } from './wrong-default.js';

/** The scenario itself, if it is valid. @throws ScenarioError */
export function expectScenario(value: unknown): Scenario {
  const parsed = parseScenario(value);
  if (parsed.kind === 'ok') return parsed.value;
  throw new ScenarioError(nameOf(value), parsed.message);
}

/** @param place where it stands, such as `scenarios[0] in sim.config.mjs`; empty if its name is enough */
export function parseScenario(value: unknown, place = ''): Parsed<Scenario> {
  try {
    const shape = readValue(scenarioSchema, value, place);
    if (shape.kind === 'malformed') return shape;
    for (const [name, spec] of Object.entries(shape.value.options)) {
      const wrong = wrongDefault(spec as OptionSpec);
      if (wrong === undefined) continue;
      return malformed(`${place === '' ? '' : `${place}.`}options.${name}.${wrong}`);
    }
    return ok(value as Scenario);
  } catch (error) {
    // A getter, or a Proxy, can do anything.
    return malformed(`${place === '' ? '' : `${place}: `}it threw ${describeThrown(error)}`);
  }
}

const kebabCase = v.pipe(
  v.string('a name in kebab-case'),
  v.regex(/^[a-z][a-z0-9]*([-.][a-z0-9]+)*$/, 'a name in kebab-case'),
  v.maxLength(100, 'a name of at most 100 characters'),
);

const finite = v.pipe(v.number('a whole number'), v.safeInteger('a whole number'));

const optionSchema = v.variant(
  'type',
  [
    fields({
      type: v.literal('integer'),
      default: finite,
      min: finite,
      max: finite,
      description: v.string('a description'),
      shrinks: v.optional(v.literal(true, 'true')),
    }),
    fields({
      type: v.literal('choice'),
      default: text('a name'),
      choices: v.pipe(list(text('a name'), 'a list of names'), v.minLength(1, 'a list of names')),
      description: v.string('a description'),
    }),
  ],
  oneOfMany('a known type of option', ['integer', 'choice']),
);

const A_KIND = 'kinds of fault, such as node-crash or clock-*';

const faultPattern = v.pipe(
  text(A_KIND),
  v.check((pattern) => faultKindNames.some((kind) => matchesKind(pattern, kind)), A_KIND),
);

const MARKS = 'a list of different strings';

const scenarioSchema = fields({
  name: kebabCase,
  description: v.string('a description'),
  options: v.record(
    // A name that `--set` can express.
    v.pipe(v.string(), v.regex(/^[A-Za-z][\w-]*$/, 'a name of letters, digits, - and _')),
    optionSchema,
    'an object of options',
  ),
  caughtWithinSeeds: v.optional(v.pipe(finite, v.minValue(1, 'a whole number of at least 1'))),
  marks: v.optional(
    v.pipe(
      list(text('a string'), MARKS),
      v.check((marks) => new Set(marks).size === marks.length, MARKS),
    ),
  ),
  members: v.optional(v.picklist([1, 3], '1 or 3')),
  nodes: v.function('a function'),
  canEnd: v.optional(v.function('a function')),
  isOpen: v.optional(v.boolean('true or false')),
  peers: v.optional(list(text('a name'), 'a list of names of nodes')),
  logsIn: v.optional(v.boolean('true or false')),
  withoutFaults: v.optional(list(faultPattern, `a list of ${A_KIND}`)),
  setup: v.function('a function'),
  afterwards: v.optional(v.function('a function')),
  run: v.function('a function'),
  restart: v.optional(v.function('a function')),
  checks: v.function('a function'),
  summarize: v.function('a function'),
});

function nameOf(value: unknown): string {
  try {
    const name: unknown = (value as { readonly name?: unknown } | null | undefined)?.name;
    return typeof name === 'string' ? name : 'without a name';
  } catch {
    return 'without a name';
  }
}
