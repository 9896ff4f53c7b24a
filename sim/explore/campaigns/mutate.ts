/**
 * Mutations of a plan that was run: another future from some event on, faults moved into an operation, added
 * or removed, another strategy, other draws. Invariant: a mutation has only faults that the campaign allows.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { RandomStream } from '../../engine/random.js';
import { faultKinds, type Fault } from '../../faults/index.js';
import type { RunResult } from '../../run/run-result.js';
import { planClockUs } from '../../plan/plan-clock.js';
import { kindsFor } from '../fault-selection.js';
import type { Plan } from '../../plan/plan.js';
import { withFaults } from '../shrink/candidates.js';
import { strategyArbitraries } from '../../plan/strategy-spec.js';
import type { CampaignGround } from './campaign.js';

/** The original: a plan and its run. */
export interface Parent {
  readonly result: RunResult;
}

type Mutation = (parent: Parent, ground: CampaignGround, random: RandomStream) => Plan;

const FAULTS_MAX = 12;
const SEED_MAX = 2 ** 32 - 1;

/** One mutation or two; never none, because that would repeat the run. */
export function mutate(parent: Parent, ground: CampaignGround, random: RandomStream): Plan {
  const { result } = parent;
  let plan = result.plan;
  for (let left = random.integer(1, 2); left > 0; left--) {
    const mutation = mutations[random.integer(0, mutations.length - 1)] ?? rerolled;
    plan = mutation({ result: { ...result, plan } }, ground, random);
  }
  return plan === result.plan ? mutate(parent, ground, random) : plan;
}

/** Unchanged up to an event, and different afterwards. */
const rerolled: Mutation = ({ result: { plan, trace } }, _, random) => {
  const afterEvents = random.integer(0, Math.max(0, (trace?.events ?? 1) - 1));
  const before = (plan.rerolls ?? []).filter((reroll) => reroll.afterEvents < afterEvents);
  return { ...plan, rerolls: [...before, { afterEvents, seed: random.integer(0, SEED_MAX) }] };
};

const redrawn: Mutation = ({ result: { plan } }, _, random) => {
  return { ...plan, runtimeSeed: random.integer(0, SEED_MAX) };
};

const reordered: Mutation = ({ result: { plan } }, _, random) => {
  const { strategy: _before, ...rest } = plan;
  const strategy = drawn(fc.oneof(fc.constant(undefined), ...Object.values(strategyArbitraries)), random);
  return strategy === undefined ? rest : { ...rest, strategy };
};

const faultMoved: Mutation = (parent, { faults }, random) => {
  const { plan } = parent.result;
  if (plan.faults.length === 0 || faults.kind === 'written') return plan;
  const moved = random.integer(0, plan.faults.length - 1);
  return withSorted(
    plan,
    plan.faults.map((fault, index) => (index === moved ? aimed(fault, parent, random) : fault)),
  );
};

const faultAdded: Mutation = (parent, { scenario, faults }, random) => {
  const { plan, virtualTimeMs = 0 } = parent.result;
  const kinds = kindsFor(faults, plan.members.length, scenario);
  const kind = kinds[random.integer(0, Math.max(0, kinds.length - 1))];
  if (kind === undefined || plan.faults.length >= FAULTS_MAX) return plan;
  const targets = {
    nodes: plan.nodes.map(({ name }) => name),
    members: plan.members,
    peers: scenario.peers ?? [],
    horizonMs: Math.max(1, Math.floor(virtualTimeMs)),
    horizonIsLong: virtualTimeMs > LONG_MS,
  };
  const fault = drawn(faultKinds[kind].arbitrary(targets) as Arbitrary<Fault>, random);
  return withSorted(plan, [...plan.faults, aimed(fault, parent, random)]);
};

const faultLeftOut: Mutation = ({ result: { plan } }, { faults }, random) => {
  if (plan.faults.length === 0 || faults.kind === 'written') return plan;
  const out = random.integer(0, plan.faults.length - 1);
  return withFaults(
    plan,
    plan.faults.filter((_fault, index) => index !== out),
  );
};

/** Longer than short runs take. */
const LONG_MS = 1000;

/** The two most important ones appear twice. */
const mutations: readonly Mutation[] = [
  ...[rerolled, rerolled, faultMoved, faultMoved],
  ...[redrawn, reordered, faultAdded, faultLeftOut],
];

/** The fault begins during an operation of its node, or of any node if its own has none. */
function aimed(fault: Fault, { result }: Parent, random: RandomStream): Fault {
  // A clock offset holds from the start.
  if (fault.kind === 'clock-offset') return fault;
  const own = result.operations.filter(({ node }) => !('node' in fault) || fault.node === node);
  const operation = own[random.integer(0, Math.max(0, own.length - 1))];
  if (operation === undefined) return fault;
  const { invoke, return: end = invoke } = operation;
  const atUs =
    random.integer(invoke.timeUs, Math.min(end.timeUs, invoke.timeUs + SEED_MAX)) -
    (planClockUs(result) ?? result.operations[0]?.invoke.timeUs ?? 0);
  return { ...fault, atMs: Math.max(0, Math.floor(atUs)) / 1000 };
}

function withSorted(plan: Plan, faults: readonly Fault[]): Plan {
  return withFaults(
    plan,
    [...faults].sort((left, right) => left.atMs - right.atMs),
  );
}

function drawn<T>(arbitrary: Arbitrary<T>, random: RandomStream): T {
  const [value] = fc.sample(arbitrary, { seed: random.uint32() | 0, numRuns: 1, unbiased: true });
  return value as T;
}
