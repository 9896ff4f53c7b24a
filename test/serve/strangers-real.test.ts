/** Unchanged programs that do not know etcd-sim, against `sim serve`: etcdctl, and Go's clientv3. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientv3Tool, etcdctlTool, type Tool } from '../../sim/backend/real/tools.js';
import { provide } from '../real/provide.js';
import { startSimServe, type SimProcess } from './support/sim-process.js';

const run = promisify(execFile);

let sim: SimProcess;
let endpoint: string;
beforeAll(async () => {
  sim = startSimServe('--listen', '127.0.0.1:0');
  endpoint = (await sim.endpoint) ?? '';
});
afterAll(async () => {
  await sim.interrupt();
});

const etcdctl = await pathOf(etcdctlTool);
const clientv3 = await pathOf(clientv3Tool);

/** Waits for the global setup if that is building them. */
async function pathOf(tool: Tool): Promise<{ path: string; skip: string | undefined }> {
  const provided = await provide(tool, (line) => void process.stderr.write(`${line}\n`));
  return provided.kind === 'found'
    ? { path: provided.path, skip: undefined }
    : { path: '', skip: provided.message };
}

function describeStranger(name: string, skip: string | undefined, body: () => void): void {
  if (skip === undefined) describe(name, body);
  else describe.skip(`${name} (skipped: ${skip})`, body);
}

describeStranger('etcdctl', etcdctl.skip, () => {
  const control = async (...words: readonly string[]): Promise<string> =>
    (await run(etcdctl.path, ['--endpoints', endpoint, ...words])).stdout;

  /** Passes the transaction on its standard input, as a person types it. */
  const transact = async (text: string): Promise<string> => {
    const child = spawn(etcdctl.path, ['--endpoints', endpoint, 'txn']);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.end(text);
    await once(child, 'close');
    return output;
  };

  it('puts, gets and deletes', async () => {
    expect(await control('put', 'control/a', '1')).toBe('OK\n');
    await control('put', 'control/b', '2');
    expect(await control('get', 'control/', '--prefix')).toBe('control/a\n1\ncontrol/b\n2\n');
    expect(await control('del', 'control/', '--prefix', '--prev-kv')).toBe('2\ncontrol/a\n1\ncontrol/b\n2\n');
  });

  it('commits a transaction', async () => {
    const output = await transact(
      'create("control/txn") = "0"\n\nput control/txn new\n\nget control/txn\n\n',
    );
    expect(output).toBe('SUCCESS\n\nOK\n');
  });

  it('saves a snapshot, and verifies its checksum', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'etcd-sim-'));
    try {
      const file = path.join(folder, 'snapshot');
      const output = await control('snapshot', 'save', file);
      expect(output).toContain(`Snapshot saved at ${file}`);
      // Whole pages, followed by their SHA-256.
      expect((await stat(file)).size % 4096).toBe(32);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('lists members, alarms and hashes, and defragments', async () => {
    expect(await control('member', 'list')).toMatch(/^[0-9a-f]+, started, default, http.*, false\n$/);
    expect(await control('alarm', 'list')).toBe('');
    expect(await control('endpoint', 'hashkv')).toMatch(/, \d+, \d+\n$/);
    expect(await control('defrag')).toContain('Finished defragmenting etcd member');
    expect(await control('endpoint', 'status')).toContain('3.6.14');
  });

  it('adds a learner, which cannot be promoted, and removes it', async () => {
    const added = await control('member', 'add', 'learner', '--learner', '--peer-urls=http://127.0.0.2:1');
    const id = /Member\s+([0-9a-f]+) added/.exec(added)?.[1] ?? '';
    await expect(control('member', 'promote', id)).rejects.toThrow(/in sync with leader/);
    expect(await control('member', 'remove', id)).toContain('removed from cluster');
  });

  it('watches from an old revision', async () => {
    const { header } = JSON.parse(await control('put', 'control/watched', 'old', '-w', 'json')) as {
      readonly header: { readonly revision: number };
    };
    await control('put', 'control/watched', 'new');
    const watch = spawn(etcdctl.path, [
      '--endpoints',
      endpoint,
      'watch',
      '--rev',
      String(header.revision),
      'control/watched',
    ]);
    const gone = once(watch, 'close');
    let output = '';
    await new Promise<void>((resolve) => {
      watch.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('new')) resolve();
      });
    });
    watch.kill();
    await gone;
    expect(output).toBe('PUT\ncontrol/watched\nold\nPUT\ncontrol/watched\nnew\n');
  });

  it('grants a lease, puts a key under it, and revokes it', async () => {
    const granted = await control('lease', 'grant', '60');
    const id = /^lease (\w+) granted with TTL\(60s\)\n$/.exec(granted)?.[1] ?? '';
    await control('put', 'control/leased', 'x', '--lease', id);
    expect(await control('lease', 'timetolive', id, '--keys')).toContain('[control/leased]');
    expect(await control('lease', 'revoke', id)).toBe(`lease ${id} revoked\n`);
    expect(await control('get', 'control/leased')).toBe('');
  });

  it('compacts, and then gets an error for older revisions', async () => {
    const answer = JSON.parse(await control('put', 'control/compacted', 'x', '-w', 'json')) as {
      readonly header: { readonly revision: number };
    };
    const { revision } = answer.header;
    expect(await control('compact', String(revision))).toBe(`compacted revision ${revision}\n`);
    const old = control('get', 'control/compacted', '--rev', String(revision - 1));
    await expect(old).rejects.toThrow('mvcc: required revision has been compacted');
  });

  it('lists the member at its address, and shows its status', async () => {
    expect(await control('member', 'list')).toMatch(/^[0-9a-f]+, started, default, .*, false\n$/);
    expect(await control('member', 'list')).toContain(endpoint);
    expect(await control('endpoint', 'status', '--cluster')).toContain(' 3.6.14,');
  });

  it('holds a lock while a command runs', async () => {
    expect(await control('lock', 'control/lock', 'echo', 'held')).toBe('held\n');
  });
});

describeStranger('a Go program on clientv3', clientv3.skip, () => {
  it.each<[string, unknown]>([
    ['put', { before: 'one', now: 'two', replaced: 'one', version: 2 }],
    ['txn', { found: 'first', succeeded: [true, false] }],
    ['watch', ['PUT a', 'PUT b', 'DELETE a was 1']],
    ['lease', { afterwards: 'etcdserver: requested lease not found', keys: 1, left: 0, ttl: 5 }],
    ['stm', '40'],
    ['mutex', ['first locks', 'first unlocks', 'second locks']],
    ['election', ['alpha', 'beta']],
  ])('finds what it expects: %s', async (use, saw) => {
    const { stdout } = await run(clientv3.path, [endpoint, use]);
    expect(JSON.parse(stdout)).toEqual({ use, saw });
  });
});
