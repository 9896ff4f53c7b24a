/** Tokens become invalid all at once, as when they expire or a password is changed. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { NODE_AIMS } from '../aim.js';
import { drawWindow } from '../draw-window.js';
import * as v from 'valibot';
import { meaning, type Read } from '../../input/schema.js';
import { aimedNode, faultFields } from '../fault-schema.js';

const schema = faultFields('token-expired', {
  node: v.exactOptional(meaning(aimedNode, 'The node whose tokens expire; absent means all nodes')),
});
export type TokenExpiredFault = Read<typeof schema>;

export const tokenExpired: FaultKind<TokenExpiredFault> = {
  kind: 'token-expired',
  schema,
  description:
    'The tokens of one node or of all nodes expire: calls, lease renewals and new watches are refused until the node logs in again; open watches continue. A run with this fault has authentication on.',
  onReal:
    'the same: root sets the same password again; not with your own etcd (--endpoints), whose authentication is not changed',
  rarity: 3,
  authentication: true,
  aims: NODE_AIMS,
  arbitrary: (targets) =>
    fc
      .tuple(
        drawWindow(targets, { minMs: 0, maxMs: 0 }),
        fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom(...targets.nodes) },
          { weight: 1, arbitrary: fc.constant(undefined) },
        ),
      )
      .map(([window, node]) => ({
        kind: 'token-expired',
        ...window,
        ...(node === undefined ? {} : { node }),
      })),
  describe: ({ node }) => `tokens of ${node ?? 'all nodes'} no longer valid`,
  simulate({ node }, world) {
    world.operate((operator) => operator.expireTokens(node));
    return { end: () => undefined };
  },
  async impose({ node }, world) {
    await world.operate((operator) => operator.expireTokens(node));
    return { end: () => Promise.resolve() };
  },
};
