/**
 * Another client's actions on the etcd of a run, the same on both backends; the run's log has no gap
 * nevertheless.
 */
import type { Etcd3, IWatchResponse } from 'etcd3';
import { expect, it } from 'vitest';
import type { Backend } from '../../sim/backend/backend.js';
import type { Fault } from '../../sim/faults/index.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { refusalOf } from './fault-runs.js';
import { planOf, tinyScenario } from './tiny-scenario.js';

export function describeOperator(backend: () => Backend): void {
  const run = (scenario: Scenario, faults: readonly Fault[]): Promise<RunResult> =>
    runPlan({
      scenario,
      plan: { ...planOf(scenario), faults },
      backend: backend(),
      budget: DEFAULT_BUDGET,
      stacks: false,
      replay: '',
      signal: new AbortController().signal,
    });

  const hitsOf = ({ faults }: RunResult) => faults.map(({ kind, hits }) => [kind, hits > 0]);
  const outcomesOf = ({ operations }: RunResult) => operations.map(({ outcome }) => outcome?.kind);

  it('compacts collected revisions, while writers write and readers of old revisions are refused', async () => {
    const writer = tinyScenario(async ({ client, prefix, node, perform }, operation) => {
      await perform(operation, async () => {
        let first = 0;
        for (let round = 0; ; round++) {
          const { header } = await client.put(`${prefix}${node}`).value(round);
          first ||= Number(header.revision);
          try {
            await client.get(`${prefix}${node}`).revision(first).exec();
          } catch {
            return { output: round };
          }
        }
      });
    });
    const result = await run(writer, [
      { kind: 'compaction', atMs: 100, durationMs: 0, keep: 0 },
      { kind: 'compaction', atMs: 500, durationMs: 0, keep: 2 },
      { kind: 'compaction', atMs: 2000, durationMs: 0, keep: 0 },
    ]);
    expect(outcomesOf(result)).toEqual(['ok', 'ok']);
    expect(hitsOf(result)).toContainEqual(['compaction', true]);
    const versions = new Map<string, number>();
    for (const { key, version } of result.log.flatMap(({ events }) => events)) {
      expect(version, key).toBe((versions.get(key) ?? 0) + 1);
      versions.set(key, version);
    }
    for (const { node, outcome } of result.operations) {
      expect(versions.get(node)).toBe(outcome?.kind === 'ok' ? Number(outcome.output) + 1 : 0);
    }
  });

  it('revokes a lease of the run, and its owner hears of it', async () => {
    const owner = tinyScenario(async ({ client, prefix, node, perform }, operation) => {
      await perform(operation, async () => {
        const lease = client.lease(600, { autoKeepAlive: false });
        await lease.put(`${prefix}${node}`).value('held');
        for (;;) {
          const alive = await lease.keepaliveOnce().then(
            () => true,
            () => false,
          );
          if (!alive) return { output: 'told' };
        }
      });
    });
    // On a busy machine a lease may not exist yet at the first attempts.
    const times = [50, 80, 200, 500, 1000, 2000, 4000, 8000, 16_000];
    const result = await run(
      owner,
      times.map((atMs, index) => ({ kind: 'lease-revoked', atMs, durationMs: 0, index: index * 5 })),
    );
    expect(outcomesOf(result)).toEqual(['ok', 'ok']);
    expect(result.faults.filter(({ hits }) => hits > 0)).toHaveLength(2);
  });

  it('invalidates the tokens of one node, which is refused a watch and then logs in again', async () => {
    const watcher = tinyScenario(async ({ client, prefix, node, perform }, operation) => {
      await perform(operation, async () => {
        await refusalWithToken(() => client.put(`${prefix}${node}`).value('logged in').exec());
        let refusal = await refusalOfWatch(client, `${prefix}key`);
        // n2 keeps its token, and continues until n1 has lost its own.
        while (refusal === '' && (node === 'n1' || !(await isThere(client, `${prefix}lost`)))) {
          refusal = await refusalOfWatch(client, `${prefix}key`);
        }
        if (node === 'n1') await refusalWithToken(() => client.put(`${prefix}lost`).value('').exec());
        return { output: [refusal, await refusalOfWatch(client, `${prefix}key`)] };
      });
    });
    const result = await run(watcher, tokensExpire('n1'));
    const ends = result.operations.map(({ node, outcome }) => [node, outcome] as const);
    expect(Object.fromEntries(ends)).toEqual({
      n1: {
        kind: 'ok',
        output: ['rpc error: code = Unauthenticated desc = etcdserver: invalid auth token', ''],
      },
      n2: { kind: 'ok', output: ['', ''] },
    });
    expect(hitsOf(result)).toContainEqual(['token-expired', true]);
  });

  it('invalidates the tokens of all nodes, and leaves open watches unchanged', async () => {
    const watcher = tinyScenario(async ({ client, prefix, node, perform }, operation) => {
      await perform(operation, async () => {
        const standing = await client.watch().key(`${prefix}end-${node}`).create();
        const told = new Promise((resolve) => standing.on('put', resolve));
        while ((await refusalOfWatch(client, `${prefix}key`)) === '');
        await refusalWithToken(() => client.put(`${prefix}end-${node}`).value('').exec());
        await told;
        return { output: 'told' };
      });
    });
    const result = await run(watcher, tokensExpire());
    expect(outcomesOf(result)).toEqual(['ok', 'ok']);
    expect(hitsOf(result)).toContainEqual(['token-expired', true]);
  });

  it('lets a node use every key and administer nothing, if nodes log in', async () => {
    const stranger = tinyScenario(async ({ client, perform }, operation) => {
      await perform(operation, async () => {
        await refusalWithToken(() => client.put('elsewhere').value('').exec());
        return { output: await refusalWithToken(() => client.auth.roleAdd({ name: 'another' })) };
      });
    });
    const result = await run(stranger, [{ kind: 'token-expired', atMs: 0, durationMs: 0 }]);
    const refusal = expect.stringContaining('permission denied') as unknown;
    expect(result.operations.map(({ outcome }) => outcome)).toEqual([
      { kind: 'ok', output: refusal },
      { kind: 'ok', output: refusal },
    ]);
    const keys = result.log.flatMap(({ events }) => events.map(({ key }) => key));
    expect(keys).toEqual(['key', 'elsewhere', 'elsewhere']);
  });
}

/** On a busy machine the nodes may not exist yet at the first attempts. */
const tokensExpire = (node?: string): readonly Fault[] =>
  [200, 1000, 4000, 16_000].map((atMs) => ({
    kind: 'token-expired',
    atMs,
    durationMs: 0,
    ...(node === undefined ? {} : { node }),
  }));

/** etcd's errors if a token is invalidated before a request arrives, or before it is applied. */
const TOKEN_IS_VOID = /invalid auth token|revision of auth store is old/;

/** How a request with a valid token ends. */
async function refusalWithToken(request: () => Promise<unknown>): Promise<string> {
  for (;;) {
    const refusal = await refusalOf(request());
    if (!TOKEN_IS_VOID.test(refusal)) return refusal;
  }
}

/** A read that was under way when users changed is refused, whose token it has. */
async function isThere(client: Etcd3, key: string): Promise<boolean> {
  let found = false;
  await refusalWithToken(async () => void (found = await client.get(key).exists()));
  return found;
}

/** etcd's answer to a watch on a new stream; empty if it creates the watch. */
async function refusalOfWatch(client: Etcd3, key: string): Promise<string> {
  const stream = await client.watchClient.watch();
  const reason = await new Promise<string>((resolve, reject) => {
    stream.on('data', ({ cancel_reason: why }: IWatchResponse) => resolve(why));
    stream.on('error', reject);
    stream.write({ create_request: { key: Buffer.from(key) } });
  });
  stream.on('error', () => undefined);
  stream.end();
  stream.cancel();
  return reason;
}
