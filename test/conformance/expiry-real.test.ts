/** Leases that expire, on the in-memory etcd and a real one: the keys they take with them, and when. */
import { expect, it } from 'vitest';
import type { Command } from '../../sim/conformance/command.js';
import { describeReal } from '../real/available.js';
import { differenceIn } from './harness.js';

describeReal('a lease that expires', () => {
  it('takes its keys with it in one revision, on time, and is renewed if requested', async () => {
    const expire = { kind: 'expire', client: 1, TTL: 1, renewed: false, detached: false } as const;
    const commands: Command[] = [
      { kind: 'watch', stream: 0, request: { createRequest: { key: '\0', rangeEnd: '\0', prevKv: true } } },
      { ...expire, keys: ['c', 'a', 'b'] },
      { ...expire, keys: ['a', 'b'], TTL: 3, renewed: true, detached: true },
      { ...expire, keys: [] },
    ];
    expect(await differenceIn(commands)).toBeUndefined();
  });
});
