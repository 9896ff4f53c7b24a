/** Requests at the limits of their size, byte by byte, on the in-memory etcd and a real one. */
import { expect, it } from 'vitest';
import type { Command } from '../../sim/conformance/command.js';
import { describeReal } from '../real/available.js';
import { differenceIn } from './harness.js';

type Call = Command & { readonly kind: 'call' };

const call = (method: Call['method'], request: object): Call => ({
  kind: 'call',
  client: 0,
  method,
  request,
});

describeReal('a request of 1.5 MiB in the log', () => {
  it('is the largest that is accepted, whichever fields are written without effect', async () => {
    const commands: Command[] = [];
    for (let belowLimit = -2; belowLimit <= 14; belowLimit += 1) {
      const value = { belowLimit };
      const put = { requestPut: { key: 'a', value } };
      const compare = [{ key: 'a', version: 0 }];
      if (belowLimit <= 1) commands.push(call('KV/Put', { key: 'a', value }));
      commands.push(call('KV/Txn', { compare: [], success: [put], failure: [] }));
      commands.push(call('KV/Txn', { compare, success: [put], failure: [] }));
    }
    expect(await differenceIn(commands)).toBeUndefined();
  });
});
