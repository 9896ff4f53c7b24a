/**
 * `recipe.Barrier` of etcd's Go client (v3.6.14), ported step by step, over a client that sends everything once. Its
 * wait ends without an error when the watch is cancelled, as the original's does.
 */
import type { OpenBarriers } from '../../barrier/handle.js';
import { clientWithoutResends } from '../client-without-resends.js';
import { goWaitEvent } from '../go-wait-delete.js';

export const openGoBarriers: OpenBarriers = (context) => {
  const client = clientWithoutResends(context);
  const place = client.namespace(context.prefix);
  return {
    open: (name) => ({
      async hold() {
        const reply = await place.if(name, 'Version', '==', 0).then(place.put(name).value('')).commit();
        if (!reply.succeeded) throw Object.assign(new Error('key already exists'), { definite: true });
        return { revision: Number(reply.header.revision) };
      },
      async release() {
        await place.delete().key(name).exec();
        return {};
      },
      async wait(signal) {
        const reply = await place.get(name).exec();
        if (reply.kvs.length === 0) return;
        await goWaitEvent(place, name, Number(reply.header.revision) + 1, 'Delete', signal);
      },
      close: () => Promise.resolve(),
    }),
    end: () => client.close(),
  };
};
