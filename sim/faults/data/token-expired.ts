/** Tokens that are no longer valid from one moment to the next, as after their time, or when somebody sets a password. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { drawWindow } from '../draw-window.js';
import * as v from 'valibot';
import { meaning, type Read } from '../../input/schema.js';
import { aimedNode, faultFields } from '../fault-schema.js';

const schema = faultFields('token-expired', {
  node: v.exactOptional(meaning(aimedNode, 'Whose tokens; those of all nodes where it is absent')),
});
export type TokenExpiredFault = Read<typeof schema>;

export const tokenExpired: FaultKind<TokenExpiredFault> = {
  kind: 'token-expired',
  schema,
  description:
    'The tokens of a node, or of all, are no longer valid: its calls are refused until it logs in anew, renewals of leases and watches that are opened too, while standing watches go on. A run that has it has authentication on.',
  onReal:
    'the same: root sets the same password again; not with an etcd that was given, where authentication is not ours to turn on',
  rarity: 3,
  authentication: true,
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
