/**
 * Faults that do less than another and may be enough for the same failure: shorter, on one link instead of all, a
 * connection that breaks instead of a process that dies. Invariant: each weaker fault begins when the stronger one did.
 */
import { aimsOf, type Fault } from '../../faults/index.js';
import type { Plan } from '../../plan/plan.js';

/** A time in which a reply comes, or does not. */
const REPLY_MS = 50;

/** The plans with one fault replaced by a weaker one, weakest first. */
export function* withWeaker(plan: Plan): Generator<Plan> {
  for (const [index, fault] of plan.faults.entries()) {
    for (const weaker of weakerThan(fault, plan)) {
      yield { ...plan, faults: plan.faults.map((one, at) => (at === index ? weaker : one)) };
    }
  }
}

function weakerThan(fault: Fault, plan: Plan): readonly Fault[] {
  const { atMs } = fault;
  const { nodes } = aimsOf(fault);
  const links = nodes.flatMap((node) => plan.members.map((member) => ({ node, member, atMs })));
  const reset = (link: (typeof links)[number]): Fault => ({
    ...link,
    kind: 'connection-reset',
    durationMs: 0,
  });
  const lost = (link: (typeof links)[number]): Fault => ({
    ...link,
    kind: 'reply-lost',
    durationMs: REPLY_MS,
  });
  switch (fault.kind) {
    case 'partition':
    case 'half-open':
    case 'request-lost':
    case 'request-delayed':
    case 'reply-delayed':
    case 'message-truncated': {
      const link = { node: fault.node, member: fault.member, atMs };
      return [reset(link), lost(link)];
    }
    case 'node-crash':
      return [
        ...links.map(reset),
        ...links.map(lost),
        { kind: 'node-pause', node: fault.node, atMs, durationMs: fault.durationMs },
      ];
    case 'watch-compacted':
      return [...links.map(reset), { kind: 'compaction', atMs, durationMs: 0, keep: 0 }];
    case 'member-restart':
    case 'member-pause':
    case 'no-space':
      return plan.nodes.map(({ name }) => reset({ node: name, member: fault.member, atMs }));
    case 'quorum-loss':
    case 'member-replaced': {
      const member = fault.kind === 'quorum-loss' ? fault.lost[0] : fault.member;
      if (member === undefined) return [];
      return [{ kind: 'member-restart', member, atMs, durationMs: fault.durationMs }];
    }
    default:
      return [];
  }
}
