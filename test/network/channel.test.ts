import { connectivityState, type ClientDuplexStream, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { DROP, PASS } from '../../sim/network/rule.js';
import { inWorld, type Reply, type World } from './harness.js';

function errorOf(reply: Reply): string {
  return 'error' in reply ? reply.error.message : `no error but ${reply.text}`;
}

function openStream(world: World): {
  stream: ClientDuplexStream<Buffer, Buffer>;
  seen: string[];
  over: Promise<void>;
} {
  const client = world.newClient();
  const stream = (client['stream'] as () => ClientDuplexStream<Buffer, Buffer>).call(client);
  const seen: string[] = [];
  const over = new Promise<void>((resolve) => {
    stream.on('data', (data: Buffer) => seen.push(data.toString()));
    stream.on('error', (error: ServiceError) => seen.push(error.message));
    stream.on('end', () => {
      seen.push('end');
      resolve();
    });
  });
  return { stream, seen, over };
}

describe('a unary call over the simulated channel', () => {
  it('takes a round trip to connect and a round trip to answer', async () => {
    const [times, state] = await inWorld(async (world) => {
      const first = await world.unary('a');
      expect(first).toEqual({ text: 'a' });
      const connectedUs = world.engine.nowUs;
      await world.unary('b');
      return [[connectedUs, world.engine.nowUs], world.network.link('n1', 'm1').connection.state];
    });
    expect(times).toEqual([4000, 6000]);
    expect(state).toBe('ready');
  });

  it('ends if its connection breaks at the moment at which it is established', async () => {
    const messages = await inWorld(async (world) => {
      const { connection } = world.network.link('n1', 'm1');
      const replies: Reply[] = [];
      // The order of events at one moment is drawn.
      for (let count = 1; count <= 20; count++) {
        setTimeout(() => {
          world.running = false;
          connection.reset('closed');
        }, 2);
        replies.push(await world.unary('a'));
        world.running = true;
        await new Promise((resolve) => setTimeout(resolve, 10_000));
        connection.reset('closed');
      }
      return new Set(replies.map(errorOf));
    });
    expect([...messages].sort()).toEqual([
      '14 UNAVAILABLE: Connection dropped',
      '14 UNAVAILABLE: No connection established. Last error: read ECONNRESET. Resolution note: ',
    ]);
  });

  it('is delayed by a rule that delays, in each of its directions', async () => {
    const tookUs = await inWorld(async (world) => {
      await world.unary('connect');
      const beforeUs = world.engine.nowUs;
      world.network
        .link('n1', 'm1')
        .addRule((message) => (message.direction === 'reply' ? { kind: 'delay', byUs: 5000 } : PASS));
      await world.unary('a');
      return world.engine.nowUs - beforeUs;
    });
    expect(tookUs).toBe(7000);
  });

  it('with a lost request never reaches the member and ends UNAVAILABLE when the connection breaks', async () => {
    const [message, seen] = await inWorld(async (world) => {
      await world.unary('connect');
      world.seen.length = 0;
      const link = world.network.link('n1', 'm1');
      const heal = link.addRule((each) => (each.direction === 'reply' ? PASS : DROP));
      setTimeout(() => {
        heal();
        expect(link.connection.reset()).toBe(1);
      }, 50);
      return [errorOf(await world.unary('a')), world.seen];
    });
    expect(message).toBe('14 UNAVAILABLE: read ECONNRESET');
    expect(seen).toEqual([]);
  });

  it('with a lost reply was applied and ends UNAVAILABLE nevertheless', async () => {
    const [message, seen] = await inWorld(async (world) => {
      await world.unary('connect');
      world.seen.length = 0;
      const link = world.network.link('n1', 'm1');
      link.addRule((each) => (each.direction === 'reply' ? DROP : PASS));
      setTimeout(() => link.connection.reset(), 50);
      return [errorOf(await world.unary('a')), world.seen];
    });
    expect(message).toBe('14 UNAVAILABLE: read ECONNRESET');
    expect(seen).toEqual(['open', 'message a', 'half-close', 'cancel']);
  });

  it('ends at its deadline, and the member hears that it was cancelled', async () => {
    const [message, tookUs, seen] = await inWorld(async (world) => {
      await world.unary('connect');
      world.seen.length = 0;
      world.answers = false;
      const beforeUs = world.engine.nowUs;
      const reply = await world.unary('a', { deadline: Date.now() + 200 });
      const endedUs = world.engine.nowUs;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return [errorOf(reply), endedUs - beforeUs, world.seen];
    });
    expect(message).toBe('4 DEADLINE_EXCEEDED: Deadline exceeded after 0.200s,remote_addr=m1:2379');
    expect(tookUs).toBe(200_000);
    expect(seen).toEqual(['open', 'message a', 'half-close', 'cancel']);
  });

  it('is given up by the member too when its deadline passes, even if nothing can tell the member', async () => {
    const seen = await inWorld(async (world) => {
      await world.unary('connect');
      world.seen.length = 0;
      world.answers = false;
      const call = world.unary('a', { deadline: Date.now() + 200 });
      await new Promise((resolve) => setTimeout(resolve, 10));
      world.network.link('n1', 'm1').addRule(() => DROP);
      const before = [...world.seen];
      await call;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return [before, world.seen];
    });
    const begun = ['open', 'message a', 'half-close'];
    expect(seen).toEqual([begun, [...begun, 'cancel']]);
  });

  it('fails at once while the member refuses, and connects again after the backoff', async () => {
    const outcome = await inWorld(async (world) => {
      world.running = false;
      const refused = errorOf(await world.unary('a'));
      const atUs = world.engine.nowUs;
      world.running = true;
      const early = errorOf(await world.unary('b'));
      const waitedUs = world.engine.nowUs - atUs;
      await new Promise((resolve) => setTimeout(resolve, 1300));
      return { refused, early, waitedUs, late: await world.unary('c'), seen: world.seen };
    });
    const text =
      '14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED m1:2379. Resolution note: ';
    expect(outcome).toEqual({
      refused: text,
      early: text,
      waitedUs: 0,
      late: { text: 'c' },
      seen: ['open', 'message c', 'half-close'],
    });
  });

  it('to an unknown name fails with a resolution error', async () => {
    const message = await inWorld(async (world) => {
      const client = new (
        Object.getPrototypeOf(world.newClient()) as { constructor: new (...each: unknown[]) => never }
      ).constructor('nowhere:2379', undefined, world.network.grpcOptions(world.engine.node('n1')));
      return errorOf(await world.unary('a', {}, client));
    });
    expect(message).toContain('14 UNAVAILABLE: Name resolution failed');
  });

  it('counts its messages and bytes', async () => {
    const traffic = await inWorld(async (world) => {
      await world.unary('four');
      return { ...world.network.traffic, calls: world.network.calls };
    });
    expect(traffic).toEqual({ messages: 2, bytes: 18, dropped: 0, calls: 1 });
  });
});

describe('a stream over the simulated channel', () => {
  it('keeps the order of its messages at any delays', async () => {
    const seen = await inWorld(async (world) => {
      const link = world.network.link('n1', 'm1');
      let byUs = 50_000;
      link.addRule(() => ({ kind: 'delay', byUs: (byUs -= 5000) }));
      const { stream, seen: received, over } = openStream(world);
      for (const text of ['a', 'b', 'c']) {
        stream.write(Buffer.from(text));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      stream.end();
      await over;
      return received;
    });
    expect(seen).toEqual(['a', 'b', 'c', 'end']);
  });

  it('breaks with the connection, and a new one works at once', async () => {
    const [seen, again] = await inWorld(async (world) => {
      const { stream, seen: received } = openStream(world);
      stream.write(Buffer.from('a'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      world.network.link('n1', 'm1').connection.reset();
      await new Promise((resolve) => setTimeout(resolve, 1));
      return [received, await world.unary('b')];
    });
    expect(seen).toEqual(['a', '14 UNAVAILABLE: read ECONNRESET', 'end']);
    expect(again).toEqual({ text: 'b' });
  });

  it('can be cancelled by the node', async () => {
    const [received, member] = await inWorld(async (world) => {
      const { stream, seen } = openStream(world);
      stream.write(Buffer.from('a'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      stream.cancel();
      await new Promise((resolve) => setTimeout(resolve, 20));
      return [seen, world.seen];
    });
    expect(received).toEqual(['a', '1 CANCELLED: Cancelled on client', 'end']);
    expect(member).toEqual(['open', 'message a', 'cancel']);
  });
});

describe('a channel', () => {
  it('is idle until used, and reports when its state changes', async () => {
    const states = await inWorld(async (world) => {
      const channel = world.newClient().getChannel();
      const seen = [channel.getConnectivityState(false), channel.getConnectivityState(true)];
      const changed = new Promise((resolve) =>
        channel.watchConnectivityState(connectivityState.CONNECTING, Infinity, resolve),
      );
      seen.push(channel.getConnectivityState(false));
      await changed;
      seen.push(channel.getConnectivityState(false));
      return seen;
    });
    expect(states).toEqual([
      connectivityState.IDLE,
      connectivityState.IDLE,
      connectivityState.CONNECTING,
      connectivityState.READY,
    ]);
  });

  it('ends calls that wait for the connection when it is closed, lets running ones finish, and refuses new ones', async () => {
    const outcome = await inWorld(async (world) => {
      const waitingClient = world.newClient();
      const waiting = world.unary('a', {}, waitingClient);
      await Promise.resolve();
      setTimeout(() => waitingClient.close(), 1);
      const waited = errorOf(await waiting);
      await world.unary('connect');
      const runningClient = world.newClient();
      const running = world.unary('b', {}, runningClient);
      await new Promise((resolve) => setTimeout(resolve, 1));
      runningClient.close();
      const ran = await running;
      expect(() => void world.unary('c', {}, runningClient).catch(() => undefined)).not.toThrow();
      await expect(world.unary('c', {}, runningClient)).rejects.toThrow('Channel has been shut down');
      return { waited, ran };
    });
    expect(outcome).toEqual({
      waited: '14 UNAVAILABLE: Channel closed before call started',
      ran: { text: 'b' },
    });
  });
});

describe('the connection of a channel', () => {
  /** When the member gets a connection request, in milliseconds from the beginning. */
  async function attempts(world: World, withinMs: number): Promise<number[]> {
    const atMs: number[] = [];
    world.network.link('n1', 'm1').addRule((message) => {
      if (message.direction === 'connect') atMs.push(world.engine.nowUs / 1000);
      return PASS;
    });
    world.running = false;
    await world.unary('a');
    await new Promise((resolve) => setTimeout(resolve, withinMs));
    // There and back.
    return atMs.filter((_time, index) => index % 2 === 0);
  }

  it('is retried automatically, after a second and then ever longer from the previous attempt', async () => {
    const times = await inWorld((world) => attempts(world, 60_000));
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(waits[0]).toBe(1000);
    expect(waits.length).toBeGreaterThan(4);
    for (const [index, wait] of waits.slice(1).entries()) {
      const before = waits[index] ?? 0;
      expect(wait).toBeGreaterThanOrEqual(Math.trunc(before * 1.28) - 1);
      expect(wait).toBeLessThanOrEqual(Math.ceil(before * 1.92) + 1);
    }
  });

  it('does not keep a run going if no call waits for it', async () => {
    await expect(
      inWorld(async (world) => {
        world.running = false;
        await world.unary('a');
        await new Promise(() => undefined);
      }),
    ).rejects.toThrow('deadlock');
  });

  it('is requested again while nothing answers, and given up after two minutes', async () => {
    const [atMs, message] = await inWorld(async (world) => {
      const times: number[] = [];
      world.network.link('n1', 'm1').addRule(({ direction }) => {
        if (direction === 'connect') times.push(world.engine.nowUs / 1000);
        return DROP;
      });
      const failure = errorOf(await world.unary('a'));
      return [times.slice(0, 7), failure];
    });
    expect(atMs).toEqual([0, 1000, 3000, 7000, 15_000, 31_000, 63_000]);
    expect(message).toContain('Last error: Error: connect ETIMEDOUT m1:2379.');
  });

  it('is given up after half an hour without calls', async () => {
    const states = await inWorld(async (world) => {
      const client = world.newClient();
      const state = (): connectivityState => client.getChannel().getConnectivityState(false);
      await world.unary('a', {}, client);
      const seen: unknown[] = [state()];
      await new Promise((resolve) => setTimeout(resolve, 30 * 60_000 - 1));
      seen.push(state());
      await new Promise((resolve) => setTimeout(resolve, 1));
      return [...seen, state(), await world.unary('b', {}, client), state()];
    });
    const { READY, IDLE } = connectivityState;
    expect(states).toEqual([READY, READY, IDLE, { text: 'b' }, READY]);
  });
});
