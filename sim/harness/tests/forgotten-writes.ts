/**
 * Writes to etcd that the nodes of a test have forgotten: built and never sent, or not awaited before their node returned.
 * A run without stacks only raises a suspicion; then a few seeds run once more, with stacks, which know lines and what is
 * awaited. Invariant: a line whose writes were sent in any of these runs is never named for what it did not send.
 */
import type { Plan } from '../../plan/plan.js';
import type { LeftWrites, UnawaitedWrite } from '../../scenario/scenario.js';

/** So many seeds of each kind are looked at. */
const LOOKS_MAX = 10;
const NODES_MAX = 3;

/** What the nodes of one run have left behind. */
export class WritesLeft {
  readonly left: { readonly node: string; readonly write: UnawaitedWrite }[] = [];
  sentAt: ReadonlySet<string> = new Set();

  /** The node returns. @param isDaemon it may be in the middle of its work */
  add(node: string, isDaemon: boolean, { left, sentAt }: LeftWrites): void {
    this.sentAt = sentAt;
    for (const write of left) if (!isDaemon || write.state === 'not sent') this.left.push({ node, write });
  }
}

export class ForgottenWrites {
  readonly #suspicious: Plan[] = [];
  readonly #others: Plan[] = [];

  /** A seed has run. */
  note(plan: Plan, { left }: WritesLeft): void {
    const plans = left.length === 0 ? this.#others : this.#suspicious;
    if (plans.length < LOOKS_MAX) plans.push(plan);
  }

  /**
   * One line for each line of code that has forgotten a write.
   *
   * @param look runs a plan with stacks
   */
  async named(look: (plan: Plan) => Promise<WritesLeft | undefined>): Promise<readonly string[]> {
    if (this.#suspicious.length === 0) return [];
    const sentAt = new Set<string>();
    const found = new Map<string, { readonly write: UnawaitedWrite; readonly nodes: Set<string> }>();
    for (const plan of [...this.#suspicious, ...this.#others]) {
      const run = await look(plan);
      for (const place of run?.sentAt ?? []) sentAt.add(place);
      for (const { node, write } of run?.left ?? []) {
        const key = `${write.state} ${write.place ?? write.what}`;
        const known = found.get(key) ?? { write, nodes: new Set() };
        found.set(key, known);
        known.nodes.add(node);
      }
    }
    return [...found.values()]
      .filter(({ write }) => write.state === 'under way' || !sentAt.has(write.place ?? ''))
      .map(({ write, nodes }) => lineOf(write, [...nodes].sort()));
  }
}

function lineOf({ what, place, state }: UnawaitedWrite, nodes: readonly string[]): string {
  const shown = nodes.slice(0, NODES_MAX).join(', ');
  const who = nodes.length > NODES_MAX ? `${shown} and ${nodes.length - NODES_MAX} more` : shown;
  const where = place === undefined ? '' : ` (at ${place})`;
  return state === 'not sent'
    ? `${who} built ${what}${where} and never sent it: await it${what === 'a transaction' ? ' with commit()' : ''}`
    : `${who} ended while ${what}${where} had not returned: await it, or catch its error if it may get lost`;
}
