/**
 * Reads a repro. Invariant: what it returns can be run as it is; everything else is refused in one line that says
 * what was expected.
 */
import { strategyKinds } from '../explore/strategies/strategy-spec.js';
import { etcdVersions } from '../etcd/version.js';
import type { Reroll } from '../engine/engine.js';
import type { Plan } from '../explore/plan.js';
import { aimsOf, faultKindNames, type Fault } from '../faults/index.js';
import { expected, malformed, ok, oneOf, quote, type Parsed } from '../input/parsed.js';
import { expectNodes } from '../scenario/expect-nodes.js';
import { parseOptions } from '../scenario/parse-options.js';
import { ScenarioError } from '../scenario/scenario-error.js';
import type { Scenario } from '../scenario/scenario.js';
import { REPRO_FORMAT, type Repro } from './repro.js';

/** A repro together with the scenario it is of. */
export interface RunnableRepro {
  readonly repro: Repro;
  readonly scenario: Scenario;
}

export function parseRepro(text: string, scenarios: readonly Scenario[]): Parsed<RunnableRepro> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed('expected a repro in JSON');
  }
  if (!isRecord(value)) return malformed('expected a repro, which is a JSON object');
  if (value['format'] !== REPRO_FORMAT) {
    return malformed(`expected a repro of format ${REPRO_FORMAT}, got ${say(value['format'])}`);
  }
  const { version, verdict, message, signature, plan, budget, trace } = value;
  const verdicts = ['satisfied', 'violated', 'inconclusive'];
  if (typeof version !== 'string' || typeof message !== 'string')
    return malformed('expected version and message');
  if (!verdicts.includes(String(verdict))) return expected(`verdict ${oneOf(verdicts)}`, plain(verdict));
  if (signature !== undefined && typeof signature !== 'string')
    return malformed('expected signature to be a text');
  if (!hasNumbers(budget, ['maxEvents', 'maxVirtualTimeMs']))
    return malformed('expected a budget in numbers');
  if (!isTrace(trace)) return malformed('expected a trace with hash, events and checkpoints');
  const read = parsePlan(plan, scenarios);
  if (read.kind === 'malformed') return read;
  return ok({
    repro: { ...(value as unknown as Repro), plan: read.value.plan },
    scenario: read.value.scenario,
  });
}

function parsePlan(
  plan: unknown,
  scenarios: readonly Scenario[],
): Parsed<{ readonly plan: Plan; readonly scenario: Scenario }> {
  if (!isRecord(plan)) return malformed('expected a plan');
  const { scenario: name, members, network, faults, options, etcdVersion } = plan;
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) return expected('a scenario that there is', plain(name), namesOf(scenarios));
  if (!isSeed(plan['seed']) || (plan['runtimeSeed'] !== undefined && !isSeed(plan['runtimeSeed']))) {
    return malformed('expected seeds from 0 to 4294967295');
  }
  if (!etcdVersions.some((version) => version === etcdVersion)) {
    return expected(`etcd ${oneOf(etcdVersions)}`, plain(etcdVersion));
  }
  if (!isListOf(members, isName) || members.length === 0) return malformed('expected names of members');
  if (!hasNumbers(network, ['oneWayDelayMinUs', 'oneWayDelayMaxUs']))
    return malformed('expected the network’s delays');
  if (!isRecord(options)) return malformed('expected options');
  if (plan['strategy'] !== undefined && !isStrategy(plan['strategy'])) {
    return malformed(`expected a strategy that there is (${strategyKinds.join(', ')})`);
  }
  if (plan['rerolls'] !== undefined && !isListOf(plan['rerolls'], isReroll)) {
    return malformed('expected rerolls, each with afterEvents and a seed');
  }
  const given = Object.entries(options).map(([key, value]) => [key, String(value)] as const);
  const parsed = parseOptions(scenario.options, Object.fromEntries(given));
  if (parsed.kind === 'malformed')
    return malformed(`scenario ${scenario.name} of this version: ${parsed.message}`);
  try {
    const nodes = expectNodes(scenario.name, plan['nodes']);
    const wrong = wrongFault(faults, new Set(nodes.map((node) => node.name)), new Set(members));
    if (wrong !== undefined) return malformed(wrong);
    return ok({ plan: { ...(plan as unknown as Plan), options: parsed.value, nodes }, scenario });
  } catch (error) {
    if (error instanceof ScenarioError) return malformed(error.message);
    throw error;
  }
}

function isStrategy(value: unknown): boolean {
  if (!hasNumbers(value, ['windowUs']) || !strategyKinds.some((kind) => kind === value['kind'])) return false;
  if (value['kind'] === 'scripted') {
    return isListOf(value['picks'], (one): one is unknown => hasNumbers(one, ['choice', 'place']));
  }
  return value['kind'] !== 'pct' || hasNumbers(value, ['depth', 'choices']);
}

function isReroll(value: unknown): value is Reroll {
  return hasNumbers(value, ['afterEvents']) && isSeed(value['seed']);
}

/** What is wrong with the faults; undefined where nothing is. */
function wrongFault(
  faults: unknown,
  nodes: ReadonlySet<unknown>,
  members: ReadonlySet<unknown>,
): string | undefined {
  if (!Array.isArray(faults)) return 'expected a list of faults';
  for (const fault of faults as unknown[]) {
    if (!isRecord(fault) || !faultKindNames.some((kind) => kind === fault['kind'])) {
      return `expected a fault of a kind that there is (${faultKindNames.join(', ')}), got ${say(fault)}`;
    }
    if (!hasNumbers(fault, ['atMs', 'durationMs'])) return `expected atMs and durationMs, got ${say(fault)}`;
    if (fault['lost'] !== undefined && !isListOf(fault['lost'], isName))
      return `expected names of members, got ${say(fault)}`;
    const aims = aimsOf(fault as unknown as Fault);
    if (!aims.nodes.every((node) => nodes.has(node))) return `no node for ${say(fault)}`;
    if (!aims.members.every((member) => members.has(member))) return `no member for ${say(fault)}`;
  }
  return undefined;
}

function isTrace(value: unknown): boolean {
  if (!hasNumbers(value, ['events']) || !isName(value['hash'])) return false;
  return isListOf(
    value['checkpoints'],
    (one): one is unknown => hasNumbers(one, ['events', 'timeUs']) && isName(one['hash']),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether it has all of these as finite numbers, none below 0. */
function hasNumbers(value: unknown, names: readonly string[]): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && names.every((name) => Number.isFinite(value[name]) && Number(value[name]) >= 0);
}

function isSeed(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

function say(value: unknown): string {
  return quote(plain(value));
}

function namesOf(scenarios: readonly Scenario[]): string[] {
  return scenarios.map((scenario) => scenario.name);
}
