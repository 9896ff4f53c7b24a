/** The served etcd rejects the same messages as etcd; they are those of `fuzz.test.ts`. */
import { afterEach, expect, it } from 'vitest';
import { real, served } from '../contract/support/target.js';
import { describeReal } from '../real/available.js';
import { fuzzMessages, sayAll } from './support/fuzz-messages.js';
import { Http2Client } from './support/http2-client.js';

const seed = Number(process.env['SIM_FUZZ_SEED'] ?? 14);
const COMPARED = 500;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanups.splice(0).reverse()) await step();
});

/** They neither last nor change anything that the next would see. */
const COMPARED_PATHS = [
  ...['Range', 'Put', 'DeleteRange', 'Txn'].map((name) => `/etcdserverpb.KV/${name}`),
  ...['LeaseRevoke', 'LeaseTimeToLive', 'LeaseLeases'].map((name) => `/etcdserverpb.Lease/${name}`),
  ...['UserGet', 'RoleGet', 'UserChangePassword'].map((name) => `/etcdserverpb.Auth/${name}`),
];

describeReal('what etcd cannot read', () => {
  it('the served one cannot read them either, with the same errors', async () => {
    const messages = fuzzMessages(COMPARED, seed, COMPARED_PATHS);
    const unreadable = await Promise.all(
      [real, served].map(async (target) => {
        const running = await target.start();
        cleanups.push(() => running.close());
        const client = new Http2Client(running.host);
        cleanups.push(() => client.close());
        const heard = await sayAll(client, messages, '20S');
        return heard.map(({ code, details = '' }) =>
          /unmarshal/.test(details) ? `${code} ${details}` : 'read',
        );
      }),
    );
    expect(unreadable[1]).toEqual(unreadable[0]);
    expect(new Set(unreadable[0]).size).toBeGreaterThan(3);
  });
});
