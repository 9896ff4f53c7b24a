/** History is compacted at the worst moment: while a watch that needs it is on its way. */
import fc from 'fast-check';
import { PASS } from '../../network/rule.js';
import type { ActiveRealFault, FaultKind, Operator } from '../fault.js';
import { addBlackHoles } from '../link/toxics.js';
import { drawWindow } from '../draw-window.js';
import * as v from 'valibot';
import { meaning, type Read, whole } from '../../input/schema.js';
import { aimedNode, faultFields, TIME_MAX_MS } from '../fault-schema.js';

const WATCH = '/etcdserverpb.Watch/Watch';
/**
 * The operator's request is sent this long before the watch arrives: it takes a few milliseconds, and no
 * other message may come between.
 */
const AHEAD_MS = 10;

const schema = faultFields('watch-compacted', {
  node: aimedNode,
  heldMs: meaning(
    whole(AHEAD_MS, TIME_MAX_MS),
    'How long a request that opens a watch is delayed during the fault',
  ),
  breaks: meaning(
    v.boolean('true or false'),
    'Whether the connections of the node break first, so that open watches must resume',
  ),
});
export type WatchCompactedFault = Read<typeof schema>;

const compactAll = (operator: Operator): Promise<boolean> => operator.compact(0);

export const watchCompacted: FaultKind<WatchCompactedFault> = {
  kind: 'watch-compacted',
  schema,
  description:
    'Whenever a node opens a watch, the request is delayed while others write, and all past revisions are compacted just before it arrives. The start revision of the watch is then too old. The connections of the node may break first, so that its open watches resume this way.',
  onReal:
    'the connections of the node are cut and stay cut until the compaction is done; no delay between a read and the watch that follows it',
  rarity: 3,
  arbitrary: (targets) =>
    fc
      .tuple(
        drawWindow(targets, { minMs: 20, maxMs: 1000 }),
        fc.constantFrom(...targets.nodes),
        fc.integer({ min: 2 * AHEAD_MS, max: 200 }),
        fc.boolean(),
      )
      .map(([window, node, heldMs, breaks]) => ({
        kind: 'watch-compacted',
        ...window,
        node,
        heldMs,
        breaks,
      })),
  describe: ({ node, breaks }) =>
    `all compacted before a watch of ${node} ${breaks ? 'is resumed' : 'is opened'}`,
  simulate({ node, heldMs, breaks }, world) {
    let compactedUs = -1;
    const hold = ({ direction, method }: { readonly direction: string; readonly method: string }) => {
      if (direction !== 'request' || method !== WATCH) return PASS;
      // If watches open in quick succession, the first one's compaction precedes all of them.
      if (world.nowUs() > compactedUs) {
        compactedUs = world.nowUs() + (heldMs - AHEAD_MS) * 1000;
        world.operate(compactAll, heldMs - AHEAD_MS);
      }
      return { kind: 'delay', byUs: heldMs * 1000 } as const;
    };
    const removals = world.members.map((member) => world.addRule(node, member, hold));
    if (breaks) for (const member of world.members) world.resetConnection(node, member);
    return { end: () => removals.forEach((remove) => remove()) };
  },
  async impose(fault, world) {
    const holes: ActiveRealFault[] = [];
    for (const member of world.members) {
      holes.push(await addBlackHoles({ ...fault, member }, world, ['upstream']));
      await world.resetConnections(fault.node, member);
    }
    return {
      async end() {
        try {
          await world.operate(compactAll);
        } finally {
          for (const hole of holes) await hole.end();
        }
      },
    };
  },
};
