/**
 * How many events a second reach the watchers of one key: the next put waits until all have received the last
 * one.
 */
import { PUT_REQUEST } from '../sim/etcd/wire/kv.js';
import { WATCH_REQUEST } from '../sim/etcd/wire/watch.js';
import { GrpcConnection } from './grpc-connection.js';

export interface FanOut {
  readonly name: string;
  readonly streams: number;
  readonly watchersPerStream: number;
  readonly puts: number;
}

const KEY = 'bench/watched';
const PUT = PUT_REQUEST.encode({ key: KEY, value: 'v'.repeat(100) });
const WATCH = WATCH_REQUEST.encode({ createRequest: { key: KEY } });

/**
 * Opens the streams, and measures only the puts.
 *
 * @param measure receives the action to measure, which resolves with the number of events
 */
export async function fanOut<T>(
  url: string,
  { streams, watchersPerStream, puts }: FanOut,
  measure: (action: () => Promise<number>) => Promise<T>,
): Promise<T> {
  const connection = new GrpcConnection(url);
  const watchers = streams * watchersPerStream;
  let missing = 0;
  let done: (() => void) | undefined;
  const expect = (): Promise<void> => {
    missing = watchers;
    return new Promise((resolve) => (done = resolve));
  };
  try {
    const created = expect();
    for (let index = 0; index < streams; index++) {
      const stream = connection.stream('/etcdserverpb.Watch/Watch', (count) => {
        missing -= count;
        if (missing === 0) done?.();
      });
      for (let watcher = 0; watcher < watchersPerStream; watcher++) stream.send(WATCH);
    }
    await created;
    return await measure(async () => {
      for (let put = 0; put < puts; put++) {
        const heard = expect();
        await connection.call('/etcdserverpb.KV/Put', PUT);
        await heard;
      }
      return puts * watchers;
    });
  } finally {
    connection.close();
  }
}
