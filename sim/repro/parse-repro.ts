/**
 * Reads a repro. Invariant: what it returns can be run as it is; everything else is refused in one line that says
 * what was expected.
 */
import { etcdVersions } from '../etcd/version.js';
import type { Plan } from '../explore/plan.js';
import { aimsOf, faultKindNames, type Fault } from '../faults/index.js';
import { expected, malformed, ok, oneOf, quote, type Parsed } from '../input/parsed.js';
import { expectNodes } from '../scenario/expect-nodes.js';
import { parseOptions } from '../scenario/parse-options.js';
import { ScenarioError } from '../scenario/scenario-error.js';
import type { Scenario } from '../scenario/scenario.js';
import { REPRO_FORMAT, type Repro } from './repro.js';
import { hasNumbers, isListOf, isName, isRecord, isSeed, isWhole } from './shapes.js';
import { wrongRerolls, wrongStrategy } from './wrong-choices.js';

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
  if (!isWhole(budget['maxEvents'], { min: 1 }))
    return expected('a budget of at least one event', plain(budget['maxEvents']));
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
  if (!isNetwork(network))
    return malformed('expected the network’s delays in whole microseconds, the smaller one first');
  if (!isRecord(options)) return malformed('expected options');
  const wrong = wrongStrategy(plan['strategy']) ?? wrongRerolls(plan['rerolls']);
  if (wrong !== undefined) return malformed(wrong);
  const given = Object.entries(options).map(([key, value]) => [key, String(value)] as const);
  const parsed = parseOptions(scenario.options, Object.fromEntries(given));
  if (parsed.kind === 'malformed')
    return malformed(`scenario ${scenario.name} of this version: ${parsed.message}`);
  try {
    const nodes = expectNodes(scenario.name, plan['nodes']);
    const stray = wrongFault(faults, new Set(nodes.map((node) => node.name)), new Set(members));
    if (stray !== undefined) return malformed(stray);
    return ok({ plan: { ...(plan as unknown as Plan), options: parsed.value, nodes }, scenario });
  } catch (error) {
    if (error instanceof ScenarioError) return malformed(error.message);
    throw error;
  }
}

function isNetwork(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { oneWayDelayMinUs, oneWayDelayMaxUs } = value;
  return (
    isWhole(oneWayDelayMinUs, { min: 0 }) && isWhole(oneWayDelayMaxUs, { min: Number(oneWayDelayMinUs) })
  );
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
    if (![fault['atMs'], fault['durationMs']].every(isInMicroseconds))
      return `expected atMs and durationMs in whole microseconds, got ${say(fault)}`;
    if (fault['lost'] !== undefined && !isListOf(fault['lost'], isName))
      return `expected names of members, got ${say(fault)}`;
    const aims = aimsOf(fault as unknown as Fault);
    if (!aims.nodes.every((node) => nodes.has(node))) return `no node for ${say(fault)}`;
    if (!aims.members.every((member) => members.has(member))) return `no member for ${say(fault)}`;
  }
  return undefined;
}

/** Virtual time has no smaller part. */
function isInMicroseconds(ms: unknown): boolean {
  const us = Number(ms) * 1000;
  return Math.abs(us - Math.round(us)) < 1e-3;
}

function isTrace(value: unknown): boolean {
  if (!hasNumbers(value, ['events']) || !isName(value['hash'])) return false;
  return isListOf(
    value['checkpoints'],
    (one): one is unknown => hasNumbers(one, ['events', 'timeUs']) && isName(one['hash']),
  );
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
