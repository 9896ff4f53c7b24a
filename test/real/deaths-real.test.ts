/**
 * An etcd or a Toxiproxy of ours that dies ends the run with a message that names it, instead of looking like
 * a violation.
 */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRealBackend } from '../../sim/backend/real.js';
import { startRealCluster, type RealCluster } from '../../sim/backend/real/cluster.js';
import { EnvironmentError } from '../../sim/backend/environment-error.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { describeReal } from './available.js';

/** Ends the process whose command line holds the text. */
function kill(text: string): void {
  const [pid] = execFileSync('pgrep', ['-f', '--', text], { encoding: 'utf8' }).trim().split('\n');
  process.kill(Number(pid), 'SIGKILL');
}

async function withCluster(body: (cluster: RealCluster) => Promise<void>): Promise<void> {
  const options = { nodes: ['n1'], members: ['m1'], progress: () => undefined };
  const cluster = await startRealCluster(options);
  try {
    await body(cluster);
  } finally {
    await cluster.close();
  }
}

describeReal('a process of ours', () => {
  it('that dies is named: etcd', () =>
    withCluster(async (cluster) => {
      kill(`--listen-client-urls ${cluster.observerHosts[0]}`);
      await expect(cluster.died).rejects.toThrow(/etcd member m1 ended/);
    }));

  it('that dies is named: Toxiproxy', () =>
    withCluster(async (cluster) => {
      kill(`-port ${new URL(cluster.toxiproxy ?? '').port}`);
      await expect(cluster.died).rejects.toThrow(/Toxiproxy ended/);
    }));

  it('that a fault stops does not count as dead', () =>
    withCluster(async (cluster) => {
      let died = false;
      cluster.died.catch(() => (died = true));
      await cluster.world.stopMember('m1');
      await cluster.world.startMember('m1');
      await cluster.ready();
      expect(died).toBe(false);
    }));

  it('that dies ends the run, which is no violation', async () => {
    const scenario: Scenario = {
      name: 'kills-its-etcd',
      description: 'A node ends the etcd that it uses, and waits for it.',
      options: {},
      nodes: () => fc.constant([{ name: 'n1', operations: [{ id: 'n1-1', name: 'wait', input: null }] }]),
      setup: () => Promise.resolve(),
      async run({ etcdOptions, client, perform }, operations) {
        const [host] = [etcdOptions.hosts].flat();
        for (const operation of operations) {
          await perform(operation, async () => {
            await client.put('before').value('x');
            kill(`--listen-client-urls ${String(host)}`);
            await new Promise(() => undefined);
            return { output: null };
          });
        }
      },
      checks: () => [],
      summarize: () => [],
    };
    const plan = drawPlan({ scenario, seed: 1, options: {}, faults: { kind: 'none' }, members: 1 });
    const run = runPlan({
      ...{ scenario, plan, stacks: false, replay: '', signal: new AbortController().signal },
      backend: createRealBackend({ progress: () => undefined, proxies: false }),
      budget: { maxEvents: 1_000_000, maxVirtualTimeMs: 600_000 },
    });
    await expect(run).rejects.toThrow(EnvironmentError);
    await expect(run).rejects.toThrow(/etcd member m1 ended during the run/);
  });
});
