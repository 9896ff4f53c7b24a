/** `sim conformance`: what it asks for, what it prints, what its exit code says. */
import { describe, expect, it } from 'vitest';
import { EnvironmentError } from '../../sim/backend/environment-error.js';
import type { ConformanceRequest, ConformanceReport } from '../../sim/conformance/compare-with-real.js';
import { sim } from './harness.js';

const same: ConformanceReport = {
  real: 'etcd 3.6.14 with one member',
  result: { kind: 'same', commands: 105, sequences: 7 },
};

const different: ConformanceReport = {
  real: 'etcd 3.6.14 with one member',
  result: {
    kind: 'different',
    commands: 105,
    sequences: 7,
    seed: 99,
    drawn: [
      { kind: 'call', client: 0, method: 'KV/Put', request: { key: '' } },
      { kind: 'call', client: 1, method: 'KV/Range', request: { key: '\xff', limit: undefined } },
    ],
    shrunk: [{ kind: 'call', client: 1, method: 'KV/Range', request: { key: '\xff', limit: undefined } }],
    difference: { where: 'KV/Range response[0].count', inMemory: 1, real: 2n, command: 0 },
  },
};

function answering(report: ConformanceReport, orders: ConformanceRequest[] = []) {
  return {
    compareWithReal: (order: ConformanceRequest) => {
      orders.push(order);
      order.progress('half of it');
      return Promise.resolve(report);
    },
  };
}

describe('sim conformance', () => {
  it('asks for what the flags say', async () => {
    const orders: ConformanceRequest[] = [];
    const argv = ['conformance', '--seed', '7', '--commands', '100', '--etcd-version', '3.5'];
    await sim(argv, { useCases: answering(same, orders) });
    expect(orders).toMatchObject([{ seed: 7, commands: 100, etcdVersion: '3.5' }]);
  });

  it('ends with 0 and one line where there is no difference, its progress on stderr', async () => {
    const done = await sim(['conformance'], { useCases: answering(same) });
    expect(done.code).toBe(0);
    expect(done.stdout.lines).toHaveLength(1);
    expect(done.stdout.text).toContain('no difference between the in-memory etcd and etcd 3.6.14');
    expect(done.stderr.text).toBe('half of it\n');
  });

  it('ends with 1 where there is one: both answers, a test, and last the command that shows it again', async () => {
    const done = await sim(['conformance'], { useCases: answering(different) });
    expect(done.code).toBe(1);
    expect(done.stdout.text).toContain('in-memory: 1\n');
    expect(done.stdout.text).toContain('real:      2n\n');
    expect(done.stdout.text).toContain(
      "      { kind: 'call', client: 1, method: 'KV/Range', request: { key: '\\xff' } },\n",
    );
    expect(done.stdout.lines.at(-1)).toBe('sim conformance --seed 99 --commands 2 --etcd-version 3.6');
  });

  it('ends with 70 if no etcd is available', async () => {
    const compareWithReal = () => Promise.reject(new EnvironmentError('no etcd on PATH; install Go'));
    const done = await sim(['conformance'], { useCases: { compareWithReal } });
    expect(done.code).toBe(70);
    expect(done.stderr.text).toBe('sim: no etcd on PATH; install Go\n');
  });

  it('refuses a version that it does not know', async () => {
    const done = await sim(['conformance', '--etcd-version', '3.3']);
    expect(done.code).toBe(64);
    expect(done.stderr.lines).toHaveLength(1);
  });
});
