/**
 * Workers delete a job when it is done, if it was not submitted again in between. A worker that got no reply cleans up
 * by key alone. Four must meet: the deletion is applied, its reply and those of the hidden retries are lost, the same
 * job is submitted again, and only then the worker cleans up.
 */
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, notBegun, options, satisfied, sleep, untilDone, violated } from './common.js';

const POLL_MS = 150;
const POLLS = 20;

const everyJobDone: Check = {
  name: 'job-done-before-deleted',
  description: 'A job is deleted only after a worker has done its last submission.',
  check({ log }) {
    const submitted = new Map<string, { readonly by: string; readonly revision: number }>();
    for (const { revision, events } of log) {
      for (const { type, key, value } of events) {
        const [place, user] = key.split('/') as [string, string];
        if (place !== 'job') continue;
        if (type === 'put') submitted.set(user, { by: value, revision });
        const last = submitted.get(user);
        if (type === 'put' || last === undefined) continue;
        const done = events.find((event) => event.key === `done/${user}`)?.value;
        if (Number(done) >= last.revision) continue;
        const message = `job ${user} was submitted by ${last.by} at revision ${last.revision}, and deleted at revision ${revision} though only revision ${done} was done`;
        return violated(message, [last.by], [last.revision, revision]);
      }
    }
    return satisfied;
  },
};

export const jobDoneTwice = defineScenario({
  name: 'job-done-twice',
  description: 'A worker that gets no reply deletes its job by key, and with it a newer one.',
  options,
  nodes: () =>
    fc
      .tuple(
        drawNodes(
          ['s1', 's2'],
          'submit',
          fc.record({ user: fc.constantFrom('ann', 'bob'), pauseMs: fc.nat(700) }),
          [3, 6],
        ),
        drawNodes(['w1', 'w2'], 'work', fc.constant(null), [1, 1]),
      )
      .map(([submitters, workers]) => [...submitters, ...workers]),
  restart: notBegun,
  async run({ client, prefix, perform, options: { variant } }, operations) {
    const work = async (user: string): Promise<void> => {
      const key = `${prefix}job/${user}`;
      const { kvs } = await client.get(key).exec();
      const [job] = kvs;
      if (job === undefined) return;
      await sleep(20);
      const finish = [
        client.delete().key(key),
        client.put(`${prefix}done/${user}`).value(job.mod_revision),
      ] as const;
      const guarded = () =>
        client
          .if(key, 'Mod', '==', job.mod_revision)
          .then(...finish)
          .commit();
      const byKey = () =>
        client
          .if(key, 'Create', '>', 0)
          .then(...finish)
          .commit();
      await guarded().catch(() => untilDone(variant === 'wrong' ? byKey : guarded));
    };
    for (const operation of operations) {
      await perform(operation, async () => {
        if (operation.name === 'submit') {
          const { user, pauseMs } = operation.input as { readonly user: string; readonly pauseMs: number };
          await sleep(pauseMs);
          await client.put(`${prefix}job/${user}`).value(operation.id);
          return { output: null };
        }
        for (let poll = 0; poll < POLLS; poll++) {
          for (const user of ['ann', 'bob']) await work(user).catch(() => undefined);
          await sleep(POLL_MS);
        }
        return { output: null };
      });
    }
  },
  checks: () => [everyJobDone],
});
