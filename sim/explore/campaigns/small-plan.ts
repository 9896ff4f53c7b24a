/**
 * A small part of a plan, for searches that grow with its size: few nodes with few operations each, and one fault at the
 * most. Most defects show in small plans. Invariant: the part can end where the scenario says what can; where no small
 * part does, the whole plan is taken.
 */
import { RandomStreams, type RandomStream } from '../../engine/random.js';
import type { Plan } from '../plan.js';
import { withFaults, withNodes } from '../shrink/candidates.js';
import type { CampaignGround } from './campaign.js';

const NODES_MAX = 3;
const OPERATIONS_MAX = 2;
const TRIES_MAX = 50;

export function smallPlan({ plan, scenario }: CampaignGround): Plan {
  const random = new RandomStreams(`small plan/${plan.scenario}/${plan.seed}`).stream('part');
  for (let tried = 0; tried < TRIES_MAX; tried++) {
    const nodes = some(plan.nodes, NODES_MAX, random).map((node) => {
      const from = random.integer(0, Math.max(0, node.operations.length - OPERATIONS_MAX));
      return { ...node, operations: node.operations.slice(from, from + OPERATIONS_MAX) };
    });
    const part = withNodes(
      plan,
      nodes.filter(({ operations }) => operations.length > 0),
    );
    if (part.nodes.length === 0) continue;
    if (scenario.canEnd?.(part.nodes, part.options) === false) continue;
    return withFaults(part, some(part.faults, 1, random));
  }
  return plan;
}

/** So many of them at the most, in their order. */
function some<T>(items: readonly T[], countMax: number, random: RandomStream): readonly T[] {
  const left = [...items];
  while (left.length > countMax) left.splice(random.integer(0, left.length - 1), 1);
  return left;
}
