import { EtcdPermissionDeniedError } from 'etcd3';
import { beforeEach, describe, expect, it } from 'vitest';
import { DefiniteError, IndefiniteError, STM, type StmOptions } from '../../src/index.js';
import { FakeKv } from './fake/kv.js';
import { FakeNetwork, type Fate, type SentRequest } from './fake/network.js';
import { inSimulation } from './in-simulation.js';

let kv: FakeKv;
let network: FakeNetwork;
beforeEach(() => {
  kv = new FakeKv();
  network = new FakeNetwork(kv);
});

const open = (options: StmOptions = {}) =>
  new STM(network.client(), { recordPrefix: 'records/', backoff: { initialMs: 0 }, ...options });

const isCommit = ({ written }: SentRequest) => written.includes('op');
const isLink = ({ writes, written }: SentRequest) => writes && !written.includes('op');

/** Gives the commits that write `op` these fates, in order; everything else passes. */
function script(...commitFates: Fate[]): void {
  network.decide = (request) => (isCommit(request) ? (commitFates.shift() ?? 'pass') : 'pass');
}

describe('a commit', () => {
  it.each(['request lost', 'reply lost', 'hidden resend', 'hidden resend, first copy late', 'late'] as const)(
    'applies once when it meets: %s',
    async (fate) => {
      script(fate);
      let executions = 0;
      const { value, revision, conflicts } = await open().run(async (tx) => {
        executions += 1;
        tx.put('op', String(await tx.get('a')));
        return executions;
      });
      expect({ value, conflicts, executions }).toEqual({ value: 1, conflicts: 0, executions: 1 });
      expect(revision).toBe(kv.modRevision('op'));
      network.deliverAllLate();
      expect(kv.puts('op')).toHaveLength(1);
    },
  );

  it('applies once when every request meets a lost reply first', async () => {
    let lost = 0;
    network.decide = () => (lost++ % 2 === 0 ? 'reply lost' : 'pass');
    const stm = open();
    await stm.run(async (tx) => tx.put('op', String(await tx.get('a'))));
    expect(kv.puts('op')).toHaveLength(1);
  });

  it('is sent again while the circuit breaker refuses', async () => {
    let refusals = 3;
    network.decide = (request) => {
      if (isCommit(request) && refusals-- > 0)
        throw Object.assign(new Error('open'), { isBrokenCircuitError: true });
      return 'pass';
    };
    await open().run((tx) => tx.put('op', '1'));
    expect(kv.puts('op')).toEqual(['1']);
  });

  it('is ok where it applied although the answer to its copy is a refusal', async () => {
    script('hidden resend refused');
    const { revision } = await open().run((tx) => tx.put('op', '1'));
    expect(revision).toBe(kv.modRevision('op'));
  });

  it('is definite when it was refused and its record tells that it did not apply', async () => {
    script('refused');
    const run = open().run((tx) => tx.put('op', '1'));
    await expect(run).rejects.toBeInstanceOf(DefiniteError);
    await expect(run).rejects.toMatchObject({
      definite: true,
      cause: expect.any(EtcdPermissionDeniedError) as unknown,
    });
  });
});

/**
 * The treacherous case: what a transaction read as missing is created, so its commit conflicts, and is deleted
 * again, so that a late copy of that commit finds everything as it compares it.
 */
describe('a late copy of a commit that has conflicted', () => {
  /** Runs a transaction whose first commit conflicts and leaves a late copy; then does as told. */
  async function run(second: (copy: () => void) => string | Promise<string>, options: StmOptions = {}) {
    network.decide = (request) => {
      if (!isCommit(request)) return 'pass';
      network.decide = () => 'pass';
      kv.put('flag', 'x');
      return 'hidden resend, first copy late';
    };
    let executions = 0;
    return open(options).run(async (tx) => {
      executions += 1;
      const flag = await tx.get('flag');
      if (executions === 1) {
        tx.put('op', 'first');
        return 'first';
      }
      expect(flag).toBe('x');
      const value = await second(() => {
        kv.delete('flag');
        network.deliverAllLate();
      });
      tx.put('op', value);
      return value;
    });
  }

  it('is what the run reports if it applies before the next commit', async () => {
    const { value, revision } = await run((deliver) => {
      deliver();
      return 'second';
    });
    expect(value).toBe('first');
    expect(kv.puts('op')).toEqual(['first']);
    expect(revision).toBe(kv.modRevision('op'));
  });

  it('does nothing after the next commit', async () => {
    let deliver = () => {};
    await run((now) => {
      deliver = now;
      return 'second';
    });
    deliver();
    expect(kv.puts('op')).toEqual(['second']);
  });

  it('does nothing after the run has failed', async () => {
    const refusal = new Error('refused');
    let deliver = () => {};
    const failed = run((now) => {
      deliver = now;
      throw refusal;
    });
    await expect(failed).rejects.toBe(refusal);
    deliver();
    expect(kv.puts('op')).toEqual([]);
  });

  it('makes the run succeed if it applies before the next execution fails', async () => {
    const { value } = await run((deliver) => {
      deliver();
      throw new Error('refused');
    });
    expect(value).toBe('first');
    expect(kv.puts('op')).toEqual(['first']);
  });

  it('does nothing after the attempts are used up', async () => {
    await expect(run(() => 'never', { maxAttempts: 1 })).rejects.toMatchObject({
      name: 'ConflictError',
      definite: true,
    });
    kv.delete('flag');
    network.deliverAllLate();
    expect(kv.puts('op')).toEqual([]);
  });

  it('does nothing after the next execution has decided to write nothing', async () => {
    network.decide = (request) => {
      if (!isCommit(request)) return 'pass';
      network.decide = () => 'pass';
      kv.put('flag', 'x');
      return 'hidden resend, first copy late';
    };
    const { value } = await open().run(async (tx) => {
      if ((await tx.get('flag')) !== null) return 'nothing to do';
      tx.put('op', 'first');
      return 'done';
    });
    expect(value).toBe('nothing to do');
    kv.delete('flag');
    network.deliverAllLate();
    expect(kv.puts('op')).toEqual([]);
  });

  it('makes the run end indefinite if nothing can be found out before it fails', () =>
    inSimulation(async () => {
      const failed = run(
        () => {
          network.decide = (request) => (isLink(request) ? 'request lost' : 'pass');
          throw new Error('refused');
        },
        { maxAttempts: 3, backoff: {} },
      );
      await expect(failed).rejects.toBeInstanceOf(IndefiniteError);
      await expect(failed).rejects.toMatchObject({
        definite: false,
        message: expect.stringContaining('refused') as string,
      });
    }));
});

describe('giving up on a commit that was not answered', () => {
  it('is definite where the record can be bumped, and the commit can no longer apply', async () => {
    script('late');
    await expect(open({ maxAttempts: 1 }).run((tx) => tx.put('op', '1'))).rejects.toMatchObject({
      definite: true,
    });
    network.deliverAllLate();
    expect(kv.puts('op')).toEqual([]);
  });

  it('is ok where the record tells that it has applied', async () => {
    script('reply lost');
    const { revision } = await open({ maxAttempts: 1 }).run((tx) => tx.put('op', '1'));
    expect(revision).toBe(kv.modRevision('op'));
  });

  it('is indefinite where nothing can be found out', () =>
    inSimulation(async () => {
      let commits = 0;
      network.decide = (request) => {
        if (isCommit(request)) commits += 1;
        return commits > 0 ? 'late' : 'pass';
      };
      const run = open({ maxAttempts: 1, backoff: {} }).run((tx) => tx.put('op', '1'));
      await expect(run).rejects.toBeInstanceOf(IndefiniteError);
      await expect(run).rejects.toMatchObject({ definite: false });
      network.deliverLate();
      expect(kv.puts('op')).toEqual(['1']);
    }));

  it('leaves a record that the next run settles before it uses it', () =>
    inSimulation(async () => {
      network.decide = () => (network.sent.some(isCommit) ? 'late' : 'pass');
      const stm = open({ maxAttempts: 1, backoff: {} });
      await expect(stm.run((tx) => tx.put('op', '1'))).rejects.toMatchObject({ definite: false });
      network.decide = () => 'pass';
      await stm.run((tx) => tx.put('other', '1'));
      network.deliverAllLate();
      expect(kv.puts('op')).toEqual([]);
      expect(kv.keys('records/')).toHaveLength(1);
    }));
});

describe('a commit record that another client deletes', () => {
  it('makes the run that needs it indefinite', async () => {
    network.decide = (request) => {
      if (!isCommit(request)) return 'pass';
      for (const key of kv.keys('records/')) kv.delete(key);
      return 'pass';
    };
    await expect(open().run((tx) => tx.put('op', '1'))).rejects.toMatchObject({ definite: false });
  });

  it('is replaced for the next run', async () => {
    const stm = open();
    await stm.run((tx) => tx.put('a', '1'));
    for (const key of kv.keys('records/')) kv.delete(key);
    await expect(stm.run((tx) => tx.put('a', '2'))).rejects.toMatchObject({ definite: false });
    await stm.run((tx) => tx.put('a', '3'));
    expect(kv.puts('a')).toEqual(['1', '3']);
  });
});

describe('closing', () => {
  it('makes late copies of commits harmless', async () => {
    script('hidden resend, first copy late');
    const stm = open();
    await stm.run((tx) => tx.put('op', '1'));
    await stm.close();
    network.deliverAllLate();
    expect(kv.puts('op')).toEqual(['1']);
  });

  it('deletes the records although replies are lost', async () => {
    const stm = open();
    await stm.run((tx) => tx.put('op', '1'));
    let losses = 2;
    network.decide = () => (losses-- > 0 ? 'reply lost' : 'pass');
    await stm.close();
    expect(kv.keys('records/')).toEqual([]);
  });
});
