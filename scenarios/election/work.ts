/**
 * One node's work: campaigns in lanes that share a session, or readings, one after the other. Invariant:
 * between the return of `campaign` and the invocation of `resign` the node believes that it leads. As soon as
 * it learns otherwise, it invokes `resign`. Every value is the id of the operation that writes it.
 */
import { SharedSession } from '../shared-session.js';
import { givingUpAfter, pause } from '../timing.js';
import type { CandidateSession, Elector, Leading, OpenElector } from './handle.js';
import type { ElectionContext, ElectionOperation, LookInput, RoundInput } from './plan.js';

export async function workOnElections(
  context: ElectionContext,
  openElector: OpenElector,
  operations: readonly ElectionOperation[],
): Promise<void> {
  const elector = openElector(context);
  const sessions = new SharedSession(() => elector.openSession());
  const lanes = context.options.lanes;
  const proclaiming: Proclaiming = [];
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (const [index, operation] of operations.entries()) {
        if (index % lanes !== lane) continue;
        if (operation.name === 'look') await look(context, elector, operation);
        else await playRound(context, { sessions, proclaiming }, operation);
      }
    }),
  );
  await Promise.all(proclaiming);
  await sessions.close();
  elector.end();
}

interface Planned<Input> {
  readonly id: string;
  readonly input: Input;
}

/** A deposed leader resigns while its last proclamation is still under way. */
type Proclaiming = Promise<unknown>[];

async function playRound(
  context: ElectionContext,
  shared: { readonly sessions: SharedSession<CandidateSession>; readonly proclaiming: Proclaiming },
  planned: Planned<RoundInput>,
): Promise<void> {
  const round = planned.input;
  const { election } = round;
  await pause(round.afterMs);
  const session = await shared.sessions.get();
  let leading: Leading | undefined;
  const id = `${planned.id}.campaign`;
  const campaign = async () => {
    leading = await givingUpAfter(round.giveUpAfterMs ?? undefined, (signal) =>
      session.campaign(election, id, signal),
    );
    const { key, token, elected } = leading;
    return { output: { key, token, elected: elected ?? null } };
  };
  const input = { election, value: id };
  await context.perform({ id, name: 'campaign', input }, campaign, { isOneCall: true });
  if (leading === undefined) return;
  await lead(context, planned.id, round, { leading, proclaiming: shared.proclaiming });
  await resign(context, planned.id, { round, session, leading });
}

const RESIGNATIONS_MAX = 3;

/** It repeats the resignation until it hears that it has resigned. */
async function resign(
  context: ElectionContext,
  id: string,
  { round, session, leading }: { round: RoundInput; session: CandidateSession; leading: Leading },
): Promise<void> {
  const { lost, token } = leading;
  for (let count = 1; count <= RESIGNATIONS_MAX; count++) {
    const input = { election: round.election, token, lost: lost.aborted };
    const operation = { id: `${id}.resign${count}`, name: 'resign', input } as const;
    const letGo = async () => {
      if (round.end === 'close') await session.close();
      else await leading.resign();
      // If the session was lost in the meantime, its lease deletes the remaining keys later.
      return { output: { gone: round.end === 'close' || session.alive } };
    };
    const done = await context.perform(operation, letGo, { isOneCall: true });
    if (done !== undefined || !session.alive) return;
  }
}

interface Leader {
  readonly leading: Leading;
  readonly proclaiming: Proclaiming;
}

/** A leader's work: it proclaims until it learns that it leads no longer. */
async function lead(context: ElectionContext, id: string, round: RoundInput, leader: Leader): Promise<void> {
  const { leading } = leader;
  const lost = new Promise<void>((resolve) => {
    if (leading.lost.aborted) resolve();
    leading.lost.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([proclaim(context, id, round, leader), lost]);
}

async function proclaim(
  context: ElectionContext,
  id: string,
  { election, everyMs, proclamations }: RoundInput,
  { leading, proclaiming }: Leader,
): Promise<void> {
  const { token, lost } = leading;
  for (let count = 1; count <= proclamations; count++) {
    await pause(everyMs);
    if (lost.aborted) return;
    const value = `${id}.proclaim${count}`;
    const operation = { id: value, name: 'proclaim', input: { election, token, value } } as const;
    const proclaimOnce = async () => {
      const { revision } = await leading.proclaim(value);
      return { output: null, ...(revision === undefined ? {} : { revision }) };
    };
    const performing = context.perform(operation, proclaimOnce, { isOneCall: true });
    proclaiming.push(performing);
    await performing;
  }
  await pause(everyMs);
}

async function look(context: ElectionContext, elector: Elector, planned: Planned<LookInput>): Promise<void> {
  const { election, afterMs, forMs } = planned.input;
  await pause(afterMs);
  if (forMs === null) {
    await context.perform({ id: planned.id, name: 'leader', input: { election } }, async () => ({
      output: { value: (await elector.leader(election)) ?? null },
    }));
    return;
  }
  await context.perform({ id: planned.id, name: 'observe', input: { election } }, async () => {
    const told: string[] = [];
    const over = new AbortController();
    const observing = elector.observe(election, over.signal, (value) => void told.push(value));
    await Promise.race([observing, pause(forMs)]);
    over.abort(new Error('observed for long enough'));
    await observing;
    return { output: { told } };
  });
}
