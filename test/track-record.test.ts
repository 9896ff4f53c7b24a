/** The track record's findings are still found. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

function sim(...words: string[]) {
  const done = spawnSync(process.execPath, ['dist/scenarios/main.js', ...words, '--no-report'], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: done.status, output: done.stdout };
}

const bankOfEtcd3 = ['--scenario', 'bank', '--set', 'variant=etcd3'];

it('etcd3’s stm() applies a transaction twice when a reply is lost', () => {
  const { code, output } = sim('--seed', '5', ...bankOfEtcd3, '--faults', 'reply-lost');
  expect(code).toBe(1);
  expect(output).toContain('happened twice');
});

it('etcd3’s stm() conflicts without a conflict, on a calm network', () => {
  const { code, output } = sim('--seed', '1', ...bankOfEtcd3, '--faults', 'none');
  expect(code).toBe(0);
  expect(Number(/^ +failed +(\d+)$/m.exec(output)?.[1])).toBeGreaterThan(500);
});
