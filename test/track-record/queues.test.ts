/** The track record's findings in queues are still found. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

function sim(
  scenario: string,
  seed: number,
  variant: string,
  faults: string,
  sets: Readonly<Record<string, number>>,
) {
  const words = Object.entries({ producers: 1, consumers: 1, ...sets, variant }).flatMap(
    ([option, value]) => ['--set', `${option}=${value}`],
  );
  const done = spawnSync(
    process.execPath,
    [
      'dist/scenarios/main.js',
      ...['--seed', String(seed), '--scenario', scenario, '--faults', faults],
      ...words,
      ...['--no-report', '--no-shrink'],
    ],
    { cwd: root, encoding: 'utf8' },
  );
  return { code: done.status, output: done.stdout.replaceAll(/\s+/g, ' ') };
}

describe('Go’s queue', () => {
  it('hands out the items of queues whose names begin with its own', () => {
    const { code, output } = sim('queue', 1, 'go', 'none', { queues: 2, items: 2 });
    expect(code).toBe(1);
    expect(output).toMatch(/from the queue (\S+), which was put into the queue (?!\1)/);
  });

  it.each([
    ['queue', 2],
    ['priority-queue', 3],
  ])('panics when its watch meets a compaction (%s)', (scenario, items) => {
    const { code, output } = sim(scenario, 2, 'go', 'compaction', { queues: 1, items });
    expect(code).toBe(1);
    expect(output).toContain('nil pointer dereference');
  });

  it('loses an item with an error that does not say so', () => {
    const { code, output } = sim('queue', 46, 'go', 'reply-lost', { queues: 1, items: 2 });
    expect(code).toBe(0);
    expect(output).toContain('enqueued ok 2');
    expect(output).toContain('dequeued ok 1');
    expect(output).toContain('dequeued indefinite 1');
  });
});

describe('Go’s queue over etcd3’s hidden resends', () => {
  it('loses an item without an error', () => {
    const { code, output } = sim('queue', 392, 'go-resend', 'reply-lost', { queues: 1, items: 2 });
    expect(code).toBe(1);
    expect(output).toContain('and nobody got it');
  });

  it.each([
    ['queue', 2],
    ['priority-queue', 12],
  ])('puts an item twice (%s)', (scenario, seed) => {
    const { code, output } = sim(scenario, seed, 'go-resend', 'reply-lost', { queues: 1, items: 1 });
    expect(code).toBe(1);
    expect(output).toContain('was put twice');
  });
});

describe('Go’s priority queue', () => {
  it('overwrites an item where another queue is named like one of its priorities', () => {
    const { code, output } = sim('priority-queue', 269, 'go', 'none', { queues: 2, items: 3 });
    expect(code).toBe(1);
    expect(output).toContain('was overwritten in the queue q ');
  });

  it('hands out the base keys of another as items', () => {
    const { code, output } = sim('priority-queue', 4, 'go', 'none', { queues: 3, items: 2 });
    expect(code).toBe(1);
    expect(output).toContain('took "" from the queue __q, which nobody put');
  });
});
