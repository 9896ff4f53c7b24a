/**
 * Parses a repro. Invariant: the returned repro can be run; anything else is refused in one line that says
 * what was expected.
 */
import { parsePlan } from '../explore/parse-plan.js';
import { describeValue } from '../input/describe-value.js';
import { malformed, ok, suggestion, type Parsed } from '../input/parsed.js';
import { readValue } from '../input/schema.js';
import type { TestSource } from '../run/run-result.js';
import type { Scenario } from '../scenario/scenario.js';
import { reproSchema } from './repro-schema.js';
import { REPRO_FORMAT, type Repro } from './repro.js';

/** A repro together with its scenario. */
export interface RunnableRepro {
  readonly repro: Repro;
  readonly scenario: Scenario;
}

/** @param file where the text is from, for commands that name it */
export function parseRepro(
  text: string,
  scenarios: readonly Scenario[],
  file = 'FILE',
): Parsed<RunnableRepro> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed('expected a repro in JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return malformed(`expected a repro (a JSON object), got ${describeValue(value)}`);
  }
  // Another format has other fields: the wrong format is the better message than a list of wrong fields.
  const { format, plan } = value as Readonly<Record<string, unknown>>;
  if (format !== REPRO_FORMAT) {
    return malformed(`expected a repro of format ${REPRO_FORMAT}, got ${describeValue(format)}`);
  }
  const shape = readValue(reproSchema, value);
  if (shape.kind === 'malformed') return shape;
  const { scenario: name } = shape.value.plan;
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) {
    if (isOfTest(shape.value.plan)) {
      const { title, command = "npx vitest run -t 'title of the test'" } = shape.value.test ?? {
        title: name,
      };
      return malformed(
        `plan.scenario: expected a known scenario, got the test ${describeValue(title)}: SIM_REPRO=${file} ${command} runs it`,
      );
    }
    const names = scenarios.map((candidate) => candidate.name);
    return malformed(
      `plan.scenario: expected a known scenario, got ${describeValue(name)}${suggestion(name, names)}`,
    );
  }
  const read = parsePlan(plan, scenario);
  if (read.kind === 'malformed') return read;
  return ok({ repro: { ...(value as Repro), plan: read.value }, scenario });
}

/** The test that a repro is of; undefined where it is of a scenario, or no repro. */
export function testOf(text: string, scenarios: readonly Scenario[]): TestSource | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const shape = readValue(reproSchema, value);
  if (shape.kind === 'malformed') return undefined;
  const { plan, test = { title: plan.scenario } } = shape.value;
  return scenarios.every(({ name }) => name !== plan.scenario) && isOfTest(plan) ? test : undefined;
}

/** The nodes of a test have one operation each, which stands for their body. */
function isOfTest({ nodes }: { readonly nodes: readonly NamedNode[] }): boolean {
  return nodes.every(({ name, operations }) => {
    const [only] = operations;
    return operations.length === 1 && only?.id === name && only.name === 'body';
  });
}

interface NamedNode {
  readonly name: string;
  readonly operations: readonly { readonly id: string; readonly name: string }[];
}
