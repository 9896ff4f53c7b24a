/** Servers of the code under test, made with grpc-js: in nodes of a run they answer as over a real port. */
import * as grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { Engine } from '../../sim/engine/engine.js';
import type { VirtualNode } from '../../sim/engine/node.js';
import { Network } from '../../sim/network/network.js';

const text = {
  requestSerialize: (value: string) => Buffer.from(value),
  requestDeserialize: (bytes: Buffer) => readable(bytes.toString()),
  responseSerialize: (value: string) => Buffer.from(readable(value)),
  responseDeserialize: (bytes: Buffer) => bytes.toString(),
};
const method = (name: string, requestStream: boolean, responseStream: boolean) => ({
  ...{ path: `/Shop/${name}`, requestStream, responseStream },
  ...text,
});
const SHOP = {
  price: method('Price', false, false),
  watch: method('Watch', false, true),
  add: method('Add', true, false),
  chat: method('Chat', true, true),
};
const Shop = grpc.makeGenericClientConstructor(SHOP, 'Shop');

/** What no message can hold. */
function readable(value: string): string {
  if (value === 'unreadable') throw new Error('no such text');
  return value;
}

interface Call extends grpc.ServerUnaryCall<string, string> {
  write(value: string): void;
  end(): void;
  on(event: string, then: (value: string) => void): this;
}
type Answer = grpc.sendUnaryData<string>;

/** Sends metadata ahead of the first message, and tries once more. */
function greet(call: Call): void {
  const headers = new grpc.Metadata();
  headers.set('hello', 'come in');
  headers.set('sign-bin', Buffer.from('open'));
  call.sendMetadata(headers);
  headers.set('hello', 'too late');
  if (call.request === 'twice') call.sendMetadata(headers);
}

function serveShop(seen: string[]): grpc.Server {
  const server = new grpc.Server();
  server.addService(SHOP, {
    price(call: Call, answer: Answer) {
      const trailer = new grpc.Metadata();
      trailer.set('shop', 'closes at six');
      if (call.metadata.get('hello').length > 0) greet(call);
      if (call.request === 'none')
        answer({ code: grpc.status.NOT_FOUND, details: 'no such thing' }, null, trailer);
      else if (call.request === 'throw') throw new Error('the till is broken');
      else if (call.request === 'token') answer(null, String(call.metadata.get('token')[0]), trailer);
      else if (call.request === 'bin') answer(null, String(call.metadata.get('key-bin')[0]), trailer);
      else if (call.request === 'deadline') answer(null, String(Number.isFinite(call.getDeadline())));
      else if (call.request === 'silent') call.on('cancelled', () => void seen.push('cancelled'));
      else answer(null, call.request.toUpperCase(), trailer);
    },
    watch(call: Call) {
      greet(call);
      for (const letter of call.request) call.write(letter);
      call.end();
    },
    add(call: Call, answer: Answer) {
      let sum = 0;
      call.on('data', (value) => (sum += Number(value)));
      call.on('end', () => answer(null, String(sum)));
    },
    chat(call: Call) {
      call.on('data', (value) => call.write(`re: ${value}`));
      call.on('end', () => call.end());
    },
  } as unknown as grpc.UntypedServiceImplementation);
  return server;
}

type ShopClient = InstanceType<typeof Shop>;
interface Outcome {
  readonly value?: string | undefined;
  readonly code?: number;
  readonly details?: string;
  readonly trailer?: string;
}

function price(
  client: ShopClient,
  request: string,
  options: { deadlineMs?: number; metadata?: grpc.Metadata } = {},
) {
  return new Promise<Outcome>((resolve) => {
    const { deadlineMs, metadata = new grpc.Metadata() } = options;
    const given = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
    const ask = client['price'] as (...given: unknown[]) => grpc.ClientUnaryCall;
    let outcome: Outcome = {};
    const call = ask.call(
      client,
      request,
      metadata,
      given,
      (error: grpc.ServiceError | null, value?: string) => {
        outcome = error === null ? { value } : { code: error.code, details: error.details };
      },
    );
    call.on('status', ({ metadata: trailers }) => {
      const [trailer] = trailers.get('shop');
      process.nextTick(() =>
        resolve(trailer === undefined ? outcome : { ...outcome, trailer: String(trailer) }),
      );
    });
  });
}

/** What a call hears, in its order: its metadata ahead of the first message, messages, its end. */
function heard(call: grpc.ClientReadableStream<string> | grpc.ClientUnaryCall): Promise<string[]> {
  return new Promise((resolve) => {
    const heard: string[] = [];
    call.on('metadata', (metadata: grpc.Metadata) => {
      heard.push(`hello ${metadata.get('hello').join()}, sign ${metadata.get('sign-bin').join()}`);
    });
    call.on('data' as 'metadata', (value: unknown) => heard.push(value as string));
    call.on('status', ({ code }: grpc.StatusObject) => resolve([...heard, `status ${code}`]));
  });
}

function collected(stream: grpc.ClientReadableStream<string>): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const values: string[] = [];
    stream.on('data', (value: string) => values.push(value));
    stream.on('error', reject);
    stream.on('end', () => resolve(values));
  });
}

interface World {
  readonly client: ShopClient;
  readonly server: grpc.Server;
  readonly seen: string[];
  /** A client at another address of the serving machine. */
  clientAt(port: number): ShopClient;
}

function bound(server: grpc.Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

const clientTo = (address: string) => new Shop(address, grpc.credentials.createInsecure());

async function inRealWorld<T>(main: (world: World) => Promise<T>): Promise<T> {
  const seen: string[] = [];
  const server = serveShop(seen);
  const port = await bound(server, '127.0.0.1:0');
  const client = clientTo(`127.0.0.1:${port}`);
  try {
    return await main({ client, server, seen, clientAt: (other) => clientTo(`127.0.0.1:${other}`) });
  } finally {
    client.close();
    server.forceShutdown();
  }
}

interface Machines {
  readonly engine: Engine;
  readonly network: Network;
  /** Runs code as a node, and resolves with what it resolves with. */
  on<T>(node: VirtualNode, code: () => Promise<T>): Promise<T>;
  readonly shop: VirtualNode;
}

async function inRun<T>(main: (machines: Machines) => Promise<T>): Promise<T> {
  const engine = new Engine({ seed: 'peers', budget: { maxEvents: 100_000, maxVirtualTimeMs: 3_600_000 } });
  const nobody = { members: [], isRunning: () => false };
  const network = new Network(engine, nobody, { oneWayDelayMinUs: 1000, oneWayDelayMaxUs: 1000 });
  const buyer = engine.node('buyer');
  const shop = engine.node('shop');
  for (const node of [buyer, shop]) network.join(node);
  const on = <R>(node: VirtualNode, code: () => Promise<R>) =>
    new Promise<R>((resolve, reject) => {
      engine.schedule(node.immediateLane, 0, 'begins', () => void code().then(resolve, reject), node);
    });
  const end = await engine.run(buyer, () => main({ engine, network, on, shop }));
  if (end.kind === 'completed') return end.value;
  throw end.kind === 'failed' ? end.error : new Error(`the run ended ${JSON.stringify(end)}`);
}

function inSimulatedWorld<T>(main: (world: World) => Promise<T>): Promise<T> {
  return inRun(async ({ on, shop }) => {
    const seen: string[] = [];
    const server = serveShop(seen);
    await on(shop, () => bound(server, '0.0.0.0:50051'));
    const client = clientTo('shop:50051');
    return main({ client, server, seen, clientAt: (port) => clientTo(`shop:${port}`) });
  });
}

describe.each([
  ['over a real port', inRealWorld],
  ['in a run', inSimulatedWorld],
])('a gRPC server of the code under test, %s', (_, inWorld) => {
  test('answers a call, with its trailers', () =>
    inWorld(async ({ client }) => {
      expect(await price(client, 'tea')).toEqual({ value: 'TEA', trailer: 'closes at six' });
    }));

  test('refuses a call in its own words', () =>
    inWorld(async ({ client }) => {
      const refused = { code: grpc.status.NOT_FOUND, details: 'no such thing', trailer: 'closes at six' };
      expect(await price(client, 'none')).toEqual(refused);
    }));

  test('answers UNKNOWN where its handler throws', () =>
    inWorld(async ({ client }) => {
      expect(await price(client, 'throw')).toEqual({
        code: grpc.status.UNKNOWN,
        details: 'Unknown error',
      });
    }));

  test('answers INTERNAL to a message that it cannot read, and for one that it cannot write', () =>
    inWorld(async ({ client }) => {
      expect(await price(client, 'unreadable')).toMatchObject({ code: grpc.status.INTERNAL });
    }));

  test('reads the metadata of a call, binary values too', () =>
    inWorld(async ({ client }) => {
      const metadata = new grpc.Metadata();
      metadata.set('token', 'secret');
      metadata.set('key-bin', Buffer.from('bytes'));
      expect((await price(client, 'token', { metadata })).value).toBe('secret');
      expect((await price(client, 'bin', { metadata })).value).toBe('bytes');
    }));

  test('sends metadata ahead of its first message, once, also to a call that it refuses', () =>
    inWorld(async ({ client }) => {
      const ask = (request: string, metadata: grpc.Metadata) => {
        const ask = client['price'] as (...given: unknown[]) => grpc.ClientUnaryCall;
        return heard(ask.call(client, request, metadata, () => undefined));
      };
      const hello = new grpc.Metadata();
      hello.set('hello', 'there');
      expect(await ask('tea', hello)).toEqual(['hello come in, sign open', 'status 0']);
      expect(await ask('twice', hello)).toEqual(['hello come in, sign open', 'status 0']);
      expect(await ask('none', hello)).toEqual(['hello come in, sign open', 'status 5']);
      expect(await ask('tea', new grpc.Metadata())).toEqual(['hello , sign ', 'status 0']);
      expect(await ask('none', new grpc.Metadata())).toEqual(['status 5']);
      const watch = client['watch'] as (...given: unknown[]) => grpc.ClientReadableStream<string>;
      expect(await heard(watch.call(client, 'ab'))).toEqual([
        'hello come in, sign open',
        'a',
        'b',
        'status 0',
      ]);
    }));

  test('streams to a client, from a client, and both ways', () =>
    inWorld(async ({ client }) => {
      const watch = client['watch'] as (...given: unknown[]) => grpc.ClientReadableStream<string>;
      expect(await collected(watch.call(client, 'abc'))).toEqual(['a', 'b', 'c']);
      const add = client['add'] as (...given: unknown[]) => grpc.ClientWritableStream<string>;
      const sum = await new Promise((resolve) => {
        const call = add.call(client, (_error: unknown, value: string) => resolve(value));
        for (const value of ['1', '20', '300']) call.write(value);
        call.end();
      });
      expect(sum).toBe('321');
      const chat = client['chat'] as (...given: unknown[]) => grpc.ClientDuplexStream<string, string>;
      const call = chat.call(client);
      const answers = collected(call);
      call.write('hello');
      call.write('bye');
      call.end();
      expect(await answers).toEqual(['re: hello', 're: bye']);
    }));

  test('knows the deadline of a call, and hears of its cancellation when that has passed', () =>
    inWorld(async ({ client, seen }) => {
      expect((await price(client, 'deadline', { deadlineMs: 5000 })).value).toBe('true');
      expect((await price(client, 'deadline')).value).toBe('false');
      expect(await price(client, 'silent', { deadlineMs: 100 })).toMatchObject({
        code: grpc.status.DEADLINE_EXCEEDED,
      });
      while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(seen).toEqual(['cancelled']);
    }));

  test('does not know a method that was never added', () =>
    inWorld(async ({ client }) => {
      const { code, details } = await new Promise<grpc.ServiceError>((resolve) => {
        const { requestSerialize, responseDeserialize } = text;
        client.makeUnaryRequest('/Shop/Sell', requestSerialize, responseDeserialize, 'tea', (error) =>
          resolve(error as grpc.ServiceError),
        );
      });
      expect({ code, details }).toEqual({
        code: grpc.status.UNIMPLEMENTED,
        details: 'The server does not implement the method /Shop/Sell',
      });
    }));

  test('cannot be reached without a listener', () =>
    inWorld(async ({ clientAt }) => {
      const client = clientAt(1);
      const { code, details } = await price(client, 'tea');
      client.close();
      expect(code).toBe(grpc.status.UNAVAILABLE);
      expect(details).toContain('ECONNREFUSED');
    }));

  test('serves its last calls before it is shut down', () =>
    inWorld(async ({ client, server }) => {
      const chat = client['chat'] as (...given: unknown[]) => grpc.ClientDuplexStream<string, string>;
      const call = chat.call(client);
      const answers = collected(call);
      call.write('hello');
      await new Promise((resolve) => call.once('data', resolve));
      let isDown = false;
      const down = new Promise<void>((resolve) => {
        server.tryShutdown(() => {
          isDown = true;
          resolve();
        });
      });
      expect(isDown).toBe(false);
      call.end();
      await down;
      expect(await answers).toEqual(['re: hello']);
    }));
});

test('a port that is in use is refused', () =>
  inRun(async ({ on, shop }) => {
    await on(shop, async () => {
      await bound(serveShop([]), '0.0.0.0:50051');
      await expect(bound(serveShop([]), 'shop:50051')).rejects.toThrow('EADDRINUSE');
      expect(await bound(serveShop([]), 'shop:0')).not.toBe(50051);
    });
  }));

test('a node reaches its own server as localhost', () =>
  inRun(async ({ on, shop }) => {
    const outcome = await on(shop, async () => {
      await bound(serveShop([]), '0.0.0.0:50051');
      return price(clientTo('localhost:50051'), 'tea');
    });
    expect(outcome.value).toBe('TEA');
  }));

test('a call to a paused node waits until it resumes', () =>
  inRun(async ({ engine, on, shop }) => {
    await on(shop, () => bound(serveShop([]), '0.0.0.0:50051'));
    const client = clientTo('shop:50051');
    await price(client, 'tea');
    shop.standStill(5_000_000, () => undefined);
    const beganUs = engine.nowUs;
    expect((await price(client, 'tea')).value).toBe('TEA');
    expect(engine.nowUs - beganUs).toBeGreaterThanOrEqual(5_000_000);
  }));

test('a call to a node whose process dies breaks, and nothing listens afterwards', () =>
  inRun(async ({ network, on, shop }) => {
    await on(shop, () => bound(serveShop([]), '0.0.0.0:50051'));
    const client = clientTo('shop:50051');
    const waiting = price(client, 'silent');
    await new Promise((resolve) => setTimeout(resolve, 100));
    shop.kill();
    network.abandon('shop');
    expect(await waiting).toMatchObject({ code: grpc.status.UNAVAILABLE });
    expect((await price(clientTo('shop:50051'), 'tea')).details).toContain('ECONNREFUSED');
  }));

test('a rule on the link between two nodes acts on their calls', () =>
  inRun(async ({ network, on, shop }) => {
    await on(shop, () => bound(serveShop([]), '0.0.0.0:50051'));
    const client = clientTo('shop:50051');
    await price(client, 'tea');
    const remove = network.link('buyer', 'shop').addRule(() => ({ kind: 'drop' }));
    expect((await price(client, 'tea', { deadlineMs: 1000 })).code).toBe(grpc.status.DEADLINE_EXCEEDED);
    remove();
    network.link('buyer', 'shop').connection.reset();
    expect((await price(client, 'tea')).value).toBe('TEA');
  }));
