/**
 * What a user may rely on, written once and run in simulation, a file for each recipe, and on a real etcd, which
 * `behaviours-real.test.ts` starts once for all of them.
 */
import type { Namespace } from 'etcd3';
import { describe, it } from 'vitest';
import { inSimulation } from './in-simulation.js';

export interface Behaviour {
  readonly name: string;
  /** @param client no other test uses its keys */
  run(client: Namespace): Promise<void>;
}

/** How many requests etcd answers before a call that has not returned counts as one that waits. */
const ANSWERS = 40;

/** Whether a call still waits after etcd has answered so many other requests that it would have returned. */
export async function isWaiting(client: Namespace, call: Promise<unknown>): Promise<boolean> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  call.then(end, end);
  for (let answers = 0; answers < ANSWERS; answers++) await client.get('nothing').exec();
  return !ended;
}

export function keysUnder(client: Namespace, prefix: string): Promise<string[]> {
  return client.getAll().prefix(prefix).keys();
}

/** Behaviours by what they are of. */
export type Behaviours = Readonly<Record<string, readonly Behaviour[]>>;

export function describeInSimulation(behaviours: Behaviours): void {
  describe.each(Object.entries(behaviours))('%s, in simulation', (_, list) => {
    it.each(list.map((behaviour) => [behaviour.name, behaviour] as const))('%s', async (_name, { run }) => {
      await inSimulation((etcd) => run(etcd.client()));
      // In a namespace, too, and with other delays.
      await inSimulation((etcd) => run(etcd.client().namespace('a/')), { seed: 2, members: 3 });
    });
  });
}
