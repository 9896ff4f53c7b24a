/** `sim serve` as a process, as a shell and clients see it. */
import { Etcd3 } from 'etcd3';
import { describe, expect, it } from 'vitest';
import { startSimServe } from './support/sim-process.js';

describe('the command sim serve', () => {
  it('serves until it is interrupted, and then ends with 0', async () => {
    const sim = startSimServe('--listen', '127.0.0.1:0');
    const hosts = (await sim.endpoint) ?? '';
    const client = new Etcd3({ hosts });
    await client.put('key').value('value');
    // An open stream does not keep it running.
    await client.watch().key('key').create();
    const ended = await sim.interrupt();
    client.close();
    expect(ended).toMatchObject({ code: 0, stdout: `${hosts}\n` });
    expect(ended.stderr).toContain('memory');
  });

  it('serves three members, and ends with 0 on SIGTERM', async () => {
    const sim = startSimServe('--listen', '127.0.0.1:0', '--members', '3');
    const endpoints = ((await sim.endpoint) ?? '').split(',');
    expect(endpoints).toHaveLength(3);
    const [writer, reader] = [
      new Etcd3({ hosts: endpoints[0] ?? '' }),
      new Etcd3({ hosts: endpoints[2] ?? '' }),
    ];
    await writer.put('key').value('value');
    expect(await reader.get('key').string()).toBe('value');
    expect(await sim.end('SIGTERM')).toMatchObject({ code: 0 });
    writer.close();
    reader.close();
  });

  it('ends with 70 and one line if the port is taken', async () => {
    const first = startSimServe('--listen', '127.0.0.1:0');
    const { host } = new URL((await first.endpoint) ?? '');
    const second = await startSimServe('--listen', host).ended;
    await first.interrupt();
    expect(second).toEqual({
      code: 70,
      stdout: '',
      stderr: `sim: cannot listen on ${host}: the port is taken\n`,
    });
  });
});
