/**
 * Validates the request for a plan, and a plan that is to be run. Invariant: the library refuses the same
 * input as the command line, in the same words.
 */
import * as v from 'valibot';
import { etcdVersions } from '../etcd/version.js';
import { faultKindNames, writtenFaultsSchema } from '../faults/index.js';
import { type Parsed, InputError } from '../input/parsed.js';
import { choice, fields, list, oneOfMany, readValue, seed, whole } from '../input/schema.js';
import { expectScenario } from '../scenario/expect-scenario.js';
import type { OptionValues } from '../plan/options.js';
import { readOptions } from '../scenario/parse-options.js';
import type { Scenario } from '../scenario/scenario.js';
import type { PlanRequest } from './plan-request.js';
import { parsePlan } from './parse-plan.js';
import type { Plan } from '../plan/plan.js';
import { strategyNames } from './strategies/strategy-selection.js';

/** The request, with defaults for missing options. @throws InputError, ScenarioError */
export function expectPlanRequest(request: PlanRequest): PlanRequest {
  const scenario = expectScenario(request.scenario);
  const given: Readonly<Record<string, unknown>> = { ...request };
  const known = Object.fromEntries(Object.keys(requestSchema.entries).map((name) => [name, given[name]]));
  orThrow(readValue(requestSchema, known));
  return { ...request, options: expectOptions(scenario, request.options) };
}

/** The plan, if it is valid. @throws InputError, ScenarioError */
export function expectPlan(scenario: Scenario, plan: Plan): Plan {
  expectScenario(scenario);
  return drawnFrom.get(plan) === scenario ? plan : orThrow(parsePlan(plan, scenario));
}

/** Plans drawn here are valid; checking each against its schema again would cost a run one percent. */
const drawnFrom = new WeakMap<Plan, Scenario>();

/** Remembers that the plan was drawn from the scenario. */
export function rememberDrawn(scenario: Scenario, plan: Plan): Plan {
  drawnFrom.set(plan, scenario);
  return plan;
}

function expectOptions(scenario: Scenario, options: unknown): OptionValues {
  const values = orThrow(readValue(v.looseObject({}, 'an object of options'), options, 'options'));
  return orThrow(readOptions(scenario.options, values));
}

/** More members than any real cluster has. */
export const MEMBERS_MAX = 9;

const requestSchema = fields({
  seed,
  faults: v.variant(
    'kind',
    [
      fields({ kind: v.literal('none') }),
      fields({
        kind: v.picklist(['all', 'swarm']),
        without: v.exactOptional(list(choice(faultKindNames), 'kinds of fault')),
      }),
      fields({ kind: v.literal('only'), kinds: list(choice(faultKindNames), 'kinds of fault') }),
      fields({ kind: v.literal('written'), faults: writtenFaultsSchema }),
    ],
    oneOfMany('a selection of faults', ['none', 'all', 'swarm', 'only', 'written']),
  ),
  members: whole(1, MEMBERS_MAX),
  etcdVersion: v.optional(choice(etcdVersions)),
  strategy: v.optional(list(choice(strategyNames), 'a list of strategies')),
});

function orThrow<T>(parsed: Parsed<T>): T {
  if (parsed.kind === 'malformed') throw new InputError(parsed.message);
  return parsed.value;
}
