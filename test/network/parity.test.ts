/**
 * To a client, the simulated channel behaves like grpc-js's own. The same code runs over the simulated
 * network and, with grpc-js's real channel, over loopback, and must see the same.
 */
import * as grpc from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { simulate, onLoopback, type Main, type ParityWorld } from './parity-worlds.js';

interface CallOptions {
  readonly waitForReady?: boolean;
  readonly deadlineMs?: number;
  readonly credentials?: grpc.CallCredentials;
}

/** The result of a unary call: the answer, or code and details. */
function call(
  client: grpc.Client,
  text: string,
  { waitForReady = false, deadlineMs, credentials }: CallOptions = {},
): { readonly outcome: Promise<string>; cancel(): void } {
  let begun: grpc.ClientUnaryCall | undefined;
  const outcome = new Promise<string>((resolve) => {
    begun = client.makeUnaryRequest(
      '/Echo/Unary',
      asIs,
      asIs,
      Buffer.from(text),
      new grpc.Metadata({ waitForReady }),
      {
        ...(deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs }),
        ...(credentials === undefined ? {} : { credentials }),
      },
      (error, answer) => {
        if (error !== null) resolve(`${error.code} ${error.details}`);
        else resolve(answer !== undefined && answer.length > 100 ? `${answer.length} bytes` : String(answer));
      },
    );
  });
  return { outcome, cancel: () => begun?.cancel() };
}

function ask(client: grpc.Client, text: string, options?: CallOptions): Promise<string> {
  return call(client, text, options).outcome;
}

/** A stream and everything it has received. */
function openStream(client: grpc.Client): {
  readonly stream: grpc.ClientDuplexStream<Buffer, Buffer>;
  readonly told: readonly string[];
  readonly over: Promise<void>;
} {
  const stream = client.makeBidiStreamRequest('/Echo/Stream', asIs, asIs, new grpc.Metadata());
  const told: string[] = [];
  stream.on('metadata', () => told.push('metadata'));
  stream.on('data', (data: Buffer) => told.push(`data ${data.toString()}`));
  stream.on('error', (error: grpc.ServiceError) => told.push(`error ${error.message}`));
  stream.on('status', ({ code, details }: grpc.StatusObject) => told.push(`status ${code} ${details}`));
  const over = new Promise<void>((resolve) => {
    stream.on('end', () => {
      told.push('end');
      resolve();
    });
  });
  return { stream, told, over };
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

function untilIdle(client: grpc.Client): Promise<void> {
  return until(() => client.getChannel().getConnectivityState(false) === grpc.connectivityState.IDLE);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A call under way: the member has it and does not answer. */
async function askSilent(
  world: ParityWorld,
  client: grpc.Client,
): Promise<{ readonly outcome: Promise<string> }> {
  const silences = (): number => world.seen.filter((text) => text === 'silent').length;
  const before = silences();
  const { outcome } = call(client, 'silent');
  await until(() => silences() > before);
  return { outcome };
}

/** Permitted differences between the worlds: addresses, and durations on a real machine. */
function withoutAllowedDifferences(value: unknown, address: string): unknown {
  const text = JSON.stringify(value)
    .replaceAll(address, 'ADDRESS')
    .replace(/(name resolution|metadata filters|time to current attempt start|LB pick): \d+\.\d{3}s,/g, '')
    .replace(/\d+\.\d{3}s/g, 'TIME')
    // A server enforces the deadline too, and may be the first to report it.
    .replace(/"4 Deadline exceeded"/g, '"4 Deadline exceeded after TIME,remote_addr=ADDRESS"')
    .replace(/\(\d{4}-\d\d-\d\dT[\d:.]+Z\)/g, '(DATE)');
  return JSON.parse(text) as unknown;
}

/** The common result of both worlds; fails if they differ. */
async function inBoth(main: Main<unknown>): Promise<unknown> {
  const look: Main<unknown> = async (world) => withoutAllowedDifferences(await main(world), world.address);
  const simulated = await simulate(look);
  expect(simulated).toEqual(await onLoopback(look));
  return simulated;
}

describe('over the simulated network and over loopback alike', () => {
  it('a call is answered, and an error of the member comes with its code and details', async () => {
    const seen = await inBoth(async (world) => {
      const client = world.client();
      return [await ask(client, 'a'), await ask(client, 'fail')];
    });
    expect(seen).toEqual(['a', '9 etcdserver: not today']);
  });

  it('a call under way ends UNAVAILABLE when its connection is reset or closed, with different details', async () => {
    const seen = await inBoth(async (world) => {
      const client = world.client();
      const outcomes: string[] = [];
      for (const how of ['reset', 'closed'] as const) {
        await ask(client, 'connect');
        const { outcome } = await askSilent(world, client);
        world.cut(how);
        outcomes.push(await outcome);
        await untilIdle(client);
      }
      return [...outcomes, await ask(client, 'again')];
    });
    expect(seen).toEqual(['14 read ECONNRESET', '14 Connection dropped', 'again']);
  });

  it('calls are refused without a server, even those of another channel, unless they wait for one', async () => {
    const seen = await inBoth(async (world) => {
      const client = world.client();
      await ask(client, 'connect');
      await world.stop();
      await untilIdle(client);
      const refused = await ask(client, 'a');
      const state = client.getChannel().getConnectivityState(false);
      const ofAnother = await ask(world.client(), 'b');
      const { outcome: waiting } = call(client, 'c', { waitForReady: true });
      await world.start();
      const early = await ask(client, 'd');
      return [refused, state, ofAnother, early, await waiting, await ask(client, 'e')];
    });
    const refusal = (error: string): string =>
      `14 No connection established. Last error: ${error}. Resolution note: `;
    const refused = refusal('Error: connect ECONNREFUSED ADDRESS');
    expect(seen).toEqual([refused, 3, refusal('null'), refused, 'c', 'e']);
  });

  it('a failed channel keeps trying without being asked', async () => {
    const seen = await inBoth(async (world) => {
      const client = world.client();
      await world.stop();
      const refused = await ask(client, 'a');
      await world.start();
      await until(() => client.getChannel().getConnectivityState(false) === grpc.connectivityState.READY);
      return [refused.slice(0, 30), await ask(client, 'b')];
    });
    expect(seen).toEqual(['14 No connection established. ', 'b']);
  });

  it('closing the last channel forgets the backoff, so that a new one connects at once', async () => {
    const seen = await inBoth(async (world) => {
      const first = world.client();
      await world.stop();
      const refused = await ask(first, 'a');
      await world.start();
      first.close();
      return [refused.slice(0, 30), await ask(world.client(), 'b')];
    });
    expect(seen).toEqual(['14 No connection established. ', 'b']);
  });

  it('an expired deadline names what the call was waiting for', async () => {
    const seen = await inBoth(async (world) => {
      const client = world.client();
      await ask(client, 'connect');
      const onTheWay = await ask(client, 'silent', { deadlineMs: 50 });
      await world.stop();
      await untilIdle(client);
      const waiting = await ask(client, 'a', { deadlineMs: 50, waitForReady: true });
      return [onTheWay, waiting];
    });
    expect(seen).toEqual([
      '4 Deadline exceeded after TIME,remote_addr=ADDRESS',
      '4 Deadline exceeded after TIME,wait_for_ready,Waiting for LB pick',
    ]);
  });

  it('the member hears of an abandoned call', async () => {
    const seen = await inBoth(async (world) => {
      const client = world.client();
      const { outcome, cancel } = call(client, 'silent');
      await until(() => world.seen.includes('silent'));
      cancel();
      await until(() => world.seen.includes('cancel'));
      return outcome;
    });
    expect(seen).toBe('1 Cancelled on client');
  });

  it('messages above the limits of the channel are neither sent nor accepted', async () => {
    const seen = await inBoth(async (world) => {
      const [usual, little] = [
        world.client(),
        world.client({ 'grpc.max_send_message_length': 10, 'grpc.max_receive_message_length': 5 }),
      ];
      const most = 4 * 1024 * 1024;
      return [
        await ask(usual, `bytes ${most}`),
        await ask(usual, `bytes ${most + 1}`),
        await ask(little, 'sixsix'),
        await ask(little, 'more than ten'),
        await ask(little, 'five5'),
      ];
    });
    expect(seen).toEqual([
      '4194304 bytes',
      '8 Received message larger than max (4194305 vs 4194304)',
      '8 Received message larger than max (6 vs 5)',
      '8 Attempted to send message with a size larger than 10',
      'five5',
    ]);
  });

  it('call credentials add to the metadata, or end the call', async () => {
    const seen = await inBoth(async (world) => {
      const client = world.client();
      const giving = grpc.credentials.createFromMetadataGenerator((_context, callback) => {
        const metadata = new grpc.Metadata();
        metadata.set('token', 'secret');
        callback(null, metadata);
      });
      const failing = grpc.credentials.createFromMetadataGenerator((_context, callback) =>
        callback(new Error('no token')),
      );
      return [
        await ask(client, 'token'),
        await ask(client, 'token', { credentials: giving }),
        await ask(client, 'token', { credentials: failing }),
      ];
    });
    expect(seen).toEqual(['none', 'secret', '2 Getting metadata from plugin failed with error: no token']);
  });

  it('a stream delivers metadata, messages, end and status, whichever way it ends', async () => {
    const seen = await inBoth(async (world) => {
      const client = world.client();
      const all: (readonly string[])[] = [];
      for (const how of ['half-close', 'cancel', 'reset', 'closed', 'fail'] as const) {
        const { stream, told, over } = openStream(client);
        stream.write(Buffer.from('a'));
        await until(() => told.includes('data a'));
        if (how === 'half-close') stream.end();
        else if (how === 'cancel') stream.cancel();
        else if (how === 'fail') stream.write(Buffer.from('fail'));
        else world.cut(how);
        await over;
        await until(() => told.some((one) => one.startsWith('status')));
        all.push(told);
      }
      return all;
    });
    const begun = ['metadata', 'data a'];
    const failure = (code: number, name: string, details: string): string[] => [
      ...begun,
      `error ${code} ${name}: ${details}`,
      `status ${code} ${details}`,
      'end',
    ];
    expect(seen).toEqual([
      [...begun, 'status 0 OK', 'end'],
      failure(1, 'CANCELLED', 'Cancelled on client'),
      failure(14, 'UNAVAILABLE', 'read ECONNRESET'),
      failure(14, 'UNAVAILABLE', 'Connection dropped'),
      failure(9, 'FAILED_PRECONDITION', 'etcdserver: not today'),
    ]);
  });

  it('closing a channel lets its streams continue, ends calls that have not begun, and refuses later ones', async () => {
    const seen = await inBoth(async (world) => {
      const client = world.client();
      const { stream, told, over } = openStream(client);
      stream.write(Buffer.from('a'));
      await until(() => told.includes('data a'));
      client.close();
      stream.write(Buffer.from('b'));
      await until(() => told.includes('data b'));
      const beside = await ask(world.client(), 'beside');
      stream.end();
      await over;
      const early = world.client();
      const { outcome } = call(early, 'c');
      early.close();
      let refusal = '';
      await ask(client, 'd').catch((error: Error) => (refusal = error.message));
      return [told, beside, await outcome, refusal];
    });
    expect(seen).toEqual([
      ['metadata', 'data a', 'data b', 'status 0 OK', 'end'],
      'beside',
      '14 Channel closed before call started',
      'Channel has been shut down',
    ]);
  });

  it('the state of a channel is idle, ready, and idle again when the connection breaks', async () => {
    const seen = await inBoth(async (world) => {
      const client = world.client();
      const state = (): grpc.connectivityState => client.getChannel().getConnectivityState(false);
      const states = [state()];
      await ask(client, 'a');
      states.push(state());
      const changed = new Promise((resolve) =>
        client.getChannel().watchConnectivityState(grpc.connectivityState.READY, Infinity, resolve),
      );
      world.cut('closed');
      await changed;
      return [...states, state(), await ask(client, 'b'), state()];
    });
    const { IDLE, READY } = grpc.connectivityState;
    expect(seen).toEqual([IDLE, READY, IDLE, 'b', READY]);
  });
});
