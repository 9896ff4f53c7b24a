/**
 * Draws a plan from a seed: the scenario's operations, the calm network and the faults. Each comes from a
 * stream of its own, so that a different selection of faults leaves the operations unchanged. Invariant: the
 * same request gives the same plan on every machine.
 */
import fc from 'fast-check';
import { RandomStreams } from '../engine/random.js';
import { faultKinds, type Fault } from '../faults/index.js';
import type { FaultTargets } from '../faults/fault.js';
import { expectNodes } from '../scenario/expect-nodes.js';
import { nodesOf } from '../scenario/nodes-of.js';
import { inScenario } from '../scenario/scenario-error.js';
import { InputError } from '../input/parsed.js';
import { expectPlanRequest, rememberDrawn } from './expect-request.js';
import { wrongAims } from './parse-plan.js';
import { kindsFor, type FaultSelection } from './fault-selection.js';
import { withAims } from './draw-aims.js';
import { DEFAULT_ETCD_VERSION } from '../etcd/version.js';
import type { Plan } from '../plan/plan.js';
import type { PlanRequest } from './plan-request.js';
import type { CampaignSpec } from './campaigns/campaign.js';
import { drawStrategy, type DrawnStrategy } from './strategies/strategy-selection.js';

/**
 * Faults begin within this time from the start of the nodes. It is drawn, because short and long runs need
 * different ones.
 */
const HORIZONS_MS = [30, 100, 300, 1000] as const;
/** Used for a quarter of the seeds: long enough for leases to expire and for members to be replaced. */
const LONG_HORIZONS_MS = [3000, 10_000] as const;
const FAULTS_PER_KIND_MAX = 4;

/** @throws InputError, ScenarioError if the request or the scenario is invalid */
export function drawPlan(asked: PlanRequest): Plan {
  const request = expectPlanRequest(asked);
  const { scenario, seed, options } = request;
  const draw = drawerOf(request);
  const arbitrary = nodesOf(scenario, options);
  const nodes = expectNodes(
    scenario.name,
    inScenario(scenario.name, 'nodes()', () => draw('nodes', arbitrary)),
  );
  const members = Array.from({ length: request.members }, (_, index) => `m${index + 1}`);
  const longHorizonMs = draw('long horizon', longHorizon);
  const targets: FaultTargets = {
    nodes: nodes.map((node) => node.name),
    members,
    peers: scenario.peers ?? [],
    horizonMs: longHorizonMs ?? draw('horizon', horizon),
    horizonIsLong: longHorizonMs !== undefined,
  };
  const blind = kindsFor(request.faults, members.length, scenario).flatMap((kind) =>
    draw(`faults/${kind}`, faultsOf(kind, targets, request.faults)),
  );
  const written = writtenFor(request.faults, { nodes, members });
  const faults = [...written, ...draw('aims', withAims(blind))].sort((a, b) => a.atMs - b.atMs);
  const { strategy } = drawnStrategyOf(request);
  return rememberDrawn(scenario, {
    scenario: scenario.name,
    seed,
    options,
    etcdVersion: request.etcdVersion ?? DEFAULT_ETCD_VERSION,
    members,
    nodes,
    faults,
    network: draw('network', calmNetwork),
    ...(strategy === undefined ? {} : { strategy }),
  });
}

/** @throws InputError where one is aimed at what the plan has not */
function writtenFor(selection: FaultSelection, ground: Pick<Plan, 'nodes' | 'members'>): readonly Fault[] {
  if (selection.kind !== 'written') return [];
  const wrong = wrongAims({ ...ground, faults: selection.faults });
  if (wrong !== undefined) throw new InputError(wrong);
  return selection.faults;
}

/** The campaign that the seed makes of its plan; undefined if it is a single run. */
export function drawCampaign(request: PlanRequest): CampaignSpec | undefined {
  return drawnStrategyOf(request).campaign;
}

function drawnStrategyOf(request: PlanRequest): DrawnStrategy {
  return drawerOf(request)('strategy', drawStrategy(request.strategy ?? ['time']));
}

/** Draws each part from a stream of its own. */
function drawerOf({ scenario, seed }: PlanRequest): <T>(what: string, arbitrary: fc.Arbitrary<T>) => T {
  const streams = new RandomStreams(`plan/${scenario.name}/${seed}`);
  return <T>(what: string, arbitrary: fc.Arbitrary<T>): T => {
    const [value] = fc.sample(arbitrary, { seed: streams.constant(what) | 0, numRuns: 1, unbiased: true });
    return value as T;
  };
}

const horizon = fc.constantFrom(...HORIZONS_MS);

const longHorizon = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(...LONG_HORIZONS_MS) },
);

const calmNetwork = fc
  .tuple(fc.integer({ min: 50, max: 500 }), fc.integer({ min: 0, max: 1500 }))
  .map(([oneWayDelayMinUs, spreadUs]) => ({
    oneWayDelayMinUs,
    oneWayDelayMaxUs: oneWayDelayMinUs + spreadUs,
  }));

/**
 * In a swarm each kind is off in half of the seeds, or in more if it is rare. Otherwise it occurs at least
 * once.
 */
function faultsOf(
  kind: Fault['kind'],
  targets: FaultTargets,
  selection: FaultSelection,
): fc.Arbitrary<readonly Fault[]> {
  const one = faultKinds[kind].arbitrary(targets) as fc.Arbitrary<Fault>;
  const some = fc
    .integer({ min: 1, max: FAULTS_PER_KIND_MAX })
    .chain((count) => fc.array(one, { minLength: count, maxLength: count }));
  if (selection.kind !== 'swarm') return some;
  const off = { weight: faultKinds[kind].rarity ?? 1, arbitrary: fc.constant([]) };
  return fc.oneof(off, { weight: 1, arbitrary: some });
}
