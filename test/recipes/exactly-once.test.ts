import { EtcdPermissionDeniedError } from 'etcd3';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/commit/comparisons.js';
import { ExactlyOnce, type Applied } from '../../src/commit/exactly-once.js';
import { Effort } from '../../src/effort.js';
import { DefiniteError, IndefiniteError } from '../../src/index.js';
import { FakeKv } from './fake/kv.js';
import { FakeNetwork, type Fate } from './fake/network.js';
import { inSimulation } from './in-simulation.js';

/** Applies a put of `op` if `op` is missing, its requests meeting these fates in order. */
function world(...fates: Fate[]) {
  const kv = new FakeKv();
  const network = new FakeNetwork(kv);
  network.decide = ({ written }) => (written.includes('op') ? (fates.shift() ?? 'pass') : 'pass');
  const client = network.client();
  const once = new ExactlyOnce(client, 'records/');
  const apply = (signal?: AbortSignal, maxAttempts = Infinity): Promise<Applied> =>
    once.apply(new Effort({ backoff: { initialMs: 0 }, maxAttempts, requestTimeoutMs: 100 }, signal), {
      compares: [{ key: 'op', target: 'Version', result: 'Equal', value: 0 }],
      writes: [client.put('op').value('x')],
      readings: [client.get('op')],
    });
  return { kv, network, client, once, apply };
}

describe('a transaction', () => {
  it.each<Fate>([
    'pass',
    'request lost',
    'reply lost',
    'hidden resend',
    'hidden resend, first copy late',
    'late',
  ])('is applied once, and says at which revision, when it meets: %s', async (fate) => {
    const { kv, network, apply } = world(fate);
    expect(await apply()).toEqual({ kind: 'applied', revision: kv.modRevision('op') });
    network.deliverAllLate();
    expect(kv.puts('op')).toEqual(['x']);
  });

  it('is refused where a comparison does not hold, and tells what there is', async () => {
    const { kv, apply } = world();
    kv.put('op', 'theirs');
    const end = await apply();
    if (end.kind !== 'refused') throw new Error('it was applied');
    expect(end.responses[0]?.response_range.kvs[0]?.value.toString()).toBe('theirs');
    expect(kv.puts('op')).toEqual(['theirs']);
  });

  it('that was refused is not applied by a late copy, when what it compares is true again', async () => {
    const { kv, network, apply } = world('hidden resend, first copy late');
    kv.put('op', 'theirs');
    expect((await apply()).kind).toBe('refused');
    kv.delete('op');
    network.deliverAllLate();
    expect(kv.puts('op')).toEqual(['theirs']);
  });

  it.each<[string, Comparison]>([
    ['that the key has never been modified', { key: 'op', target: 'Mod', result: 'Equal', value: 0 }],
    ['that the key has never been created', { key: 'op', target: 'Create', result: 'Equal', value: 0 }],
    ['that it is not of a later revision', { key: 'op', target: 'Create', result: 'Less', value: 2 }],
    ['of a version', { key: 'other', target: 'Version', result: 'Equal', value: 1 }],
    ['over a range', { key: 'op', rangeEnd: 'oq', target: 'Mod', result: 'Equal', value: 0 }],
  ])('that was refused is not applied by a late copy, where it compares %s', async (_, comparison) => {
    const { kv, network, client, once } = world('hidden resend, first copy late');
    if (comparison.key === 'op') kv.put('op', 'theirs');
    const end = await once.apply(new Effort({}), {
      compares: [comparison],
      writes: [client.put('op').value('x')],
    });
    expect(end.kind).toBe('refused');
    if (comparison.key === 'op') kv.delete('op');
    else kv.put('other', 'again');
    network.deliverAllLate();
    expect(kv.puts('op').filter((value) => value === 'x')).toEqual([]);
  });

  it.each<Comparison>([
    { key: 'other', target: 'Mod', result: 'Equal', value: 1 },
    { key: 'other', target: 'Create', result: 'Equal', value: 1 },
  ])(
    'that was refused for a revision that cannot come back costs nothing more: $target',
    async (comparison) => {
      const { network, client, once } = world();
      await once.apply(new Effort({}), {
        compares: [comparison],
        writes: [client.put('op').value('x')],
      });
      // The record, and the transaction.
      expect(network.sent).toHaveLength(2);
    },
  );

  it('that was applied, and undone by another client, is not applied again by a resend', async () => {
    const { kv, network, apply } = world('reply lost');
    const { decide } = network;
    network.decide = (request) => {
      if (kv.value('op') !== null) kv.delete('op');
      return decide(request);
    };
    expect((await apply()).kind).toBe('applied');
    expect(kv.puts('op')).toEqual(['x']);
  });

  it('rejects definite where etcd refuses it', async () => {
    const { kv, apply } = world('refused');
    await expect(apply()).rejects.toBeInstanceOf(DefiniteError);
    expect(kv.puts('op')).toEqual([]);
  });

  it('is applied although the answer to its copy is a refusal', async () => {
    const { kv, apply } = world('hidden resend refused');
    expect(await apply()).toEqual({ kind: 'applied', revision: kv.modRevision('op') });
  });

  it('is not misled by an answer to a call that was given up long ago', async () => {
    const { kv, network, client } = world();
    const once = new ExactlyOnce(client, 'records/');
    const end = new AbortController();
    const put = (signal?: AbortSignal) =>
      once.apply(new Effort({ backoff: { initialMs: 0 } }, signal), {
        compares: [{ key: 'op', target: 'Version', result: 'Equal', value: 0 }],
        writes: [client.put('op').value('x')],
      });
    // The record's first link is on its way when its call is given up, and arrives when the next call has applied.
    let arrive = (): void => undefined;
    network.decide = () => {
      end.abort(new Error('enough'));
      network.decide = async ({ written }) => {
        if (!written.includes('op')) return 'pass';
        network.decide = async (): Promise<Fate> => {
          arrive();
          await new Promise(setImmediate);
          return 'pass';
        };
        return 'reply lost';
      };
      return new Promise((resolve) => (arrive = () => resolve('pass')));
    };
    await expect(put(end.signal)).rejects.toThrow('enough');
    expect(await put()).toEqual({ kind: 'applied', revision: kv.modRevision('op') });
  });

  it('settles before it gives up after its attempts', async () => {
    const { kv, network, apply } = world('late', 'late');
    await expect(apply(undefined, 1)).rejects.toMatchObject({ definite: true });
    network.deliverAllLate();
    expect(kv.puts('op')).toEqual([]);
  });

  it('is indefinite where its record vanished while it was under way', async () => {
    const { kv, network, apply } = world('request lost');
    const { decide } = network;
    network.decide = (request) => {
      const fate = decide(request);
      if (fate === 'request lost') for (const key of kv.keys('records/')) kv.delete(key);
      return fate;
    };
    await expect(apply()).rejects.toMatchObject({
      name: 'IndefiniteError',
      message: expect.stringMatching(/record records\/\S+ was deleted/) as unknown,
    });
  });

  it('is indefinite where its record vanished, for the reason that it could not be applied', async () => {
    const { kv, network, apply } = world('refused');
    const { decide } = network;
    network.decide = (request) => {
      const fate = decide(request);
      if (fate === 'refused') for (const key of kv.keys('records/')) kv.delete(key);
      return fate;
    };
    await expect(apply()).rejects.toMatchObject({
      name: 'IndefiniteError',
      message: expect.stringMatching(/record records\/\S+ was deleted/) as unknown,
      cause: expect.any(EtcdPermissionDeniedError) as unknown,
    });
  });

  it('needs no request for its record once that is there, also after calls that were refused', async () => {
    const { network, apply } = world('pass', 'refused', 'pass');
    await apply();
    const counts: number[] = [];
    for (let call = 0; call < 2; call++) {
      const before = network.sent.length;
      await apply().catch(() => undefined);
      counts.push(network.sent.length - before);
    }
    // Each is refused, by etcd and by a comparison: another request makes late copies harmless.
    expect(counts).toEqual([2, 2]);
  });

  it('that was refused is not applied by a late copy, though one of its comparisons still holds', async () => {
    const { kv, network, client, once } = world('hidden resend, first copy late');
    kv.put('other', 'x');
    kv.put('op', 'theirs');
    const end = await once.apply(new Effort({ backoff: { initialMs: 0 } }), {
      compares: [
        { key: 'other', target: 'Mod', result: 'Equal', value: kv.modRevision('other') },
        { key: 'op', target: 'Version', result: 'Equal', value: 0 },
      ],
      writes: [client.put('op').value('x')],
    });
    expect(end.kind).toBe('refused');
    kv.delete('op');
    network.deliverAllLate();
    expect(kv.puts('op')).toEqual(['theirs']);
  });

  it('that was refused has applied after all where a late copy was quicker than its end', async () => {
    const { kv, network, apply } = world('hidden resend, first copy late');
    const { decide } = network;
    kv.put('op', 'theirs');
    network.decide = (request) => {
      const settles = network.lateCopies > 0 && request.writes && !request.written.includes('op');
      if (settles) {
        kv.delete('op');
        network.deliverAllLate();
      }
      return decide(request);
    };
    expect(await apply()).toEqual({ kind: 'applied', revision: kv.modRevision('op') });
  });
});

describe('a transaction that is aborted while etcd is asked', () => {
  const reason = new Error('enough');

  /** Aborts when the transaction's first request is decided on. */
  function aborted(fate: Fate) {
    const end = new AbortController();
    const made = world(fate);
    const { decide } = made.network;
    made.network.decide = (request) => {
      if (request.written.includes('op')) end.abort(reason);
      return decide(request);
    };
    return { ...made, run: () => made.apply(end.signal) };
  }

  it('resolves where it applied', async () => {
    const { kv, run } = aborted('reply lost');
    expect(await run()).toEqual({ kind: 'applied', revision: kv.modRevision('op') });
  });

  it.each<Fate>(['request lost', 'late', 'refused'])(
    'rejects with the reason, and never applies, where it met: %s',
    async (fate) => {
      const { kv, network, run } = aborted(fate);
      await expect(run()).rejects.toBe(reason);
      network.deliverAllLate();
      expect(kv.puts('op')).toEqual([]);
    },
  );

  it('is indefinite where etcd does not answer any more', () =>
    inSimulation(async () => {
      const { network, run } = aborted('late');
      const { decide } = network;
      let silent = false;
      network.decide = (request) => {
        const fate = silent ? 'request lost' : decide(request);
        silent ||= request.written.includes('op');
        return fate;
      };
      await expect(run()).rejects.toMatchObject({
        name: 'IndefiniteError',
        message: expect.stringContaining(reason.message) as unknown,
        cause: reason,
      });
    }));

  it('does nothing where it was aborted before', async () => {
    const { kv, apply } = world();
    await expect(apply(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(kv.puts('op')).toEqual([]);
  });
});

it('the next call makes an indefinite one harmless first, though a record that needs nothing is idle', () =>
  inSimulation(async () => {
    const { kv, network, client, once } = world();
    // With pauses: virtual time must pass.
    const write = (key: string, signal?: AbortSignal) =>
      once.apply(new Effort({ requestTimeoutMs: 100 }, signal), {
        compares: [],
        writes: [client.put(key).value('')],
      });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let silent = false;
    network.decide = async ({ written }) => {
      if (written.includes('slow')) await held;
      if (written.includes('op')) {
        silent = true;
        return 'late';
      }
      return silent ? 'request lost' : 'pass';
    };
    // The one that ends last is the first to be lent again.
    const slow = write('slow');
    await write('other');
    const end = new AbortController();
    const indefinite = write('op', end.signal).catch((error: unknown) => error);
    setTimeout(() => end.abort(new Error('enough')), 1000);
    expect(await indefinite).toBeInstanceOf(IndefiniteError);
    silent = false;
    release();
    await slow;
    await write('undone');
    network.deliverAllLate();
    expect(kv.puts('op')).toEqual([]);
  }));

it('closing deletes the records, and what is under way under them applies no more', async () => {
  const { kv, network, once, apply } = world('late', 'late');
  await expect(apply(undefined, 1)).rejects.toMatchObject({ definite: true });
  await once.close(new Effort({}));
  network.deliverAllLate();
  expect([...kv.keys('records/'), ...kv.puts('op')]).toEqual([]);
});

it('closing asks nothing of etcd where nothing was written', async () => {
  const { network, once } = world();
  network.decide = () => 'request lost';
  await once.close(new Effort({ maxAttempts: 1 }));
});
