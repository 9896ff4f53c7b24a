import { EtcdPermissionDeniedError } from 'etcd3';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConflictError, IndefiniteError, transfer, type TransferOptions } from '../../src/index.js';
import { FakeKv } from './fake/kv.js';
import { FakeNetwork } from './fake/network.js';

let kv: FakeKv;
let network: FakeNetwork;
beforeEach(() => {
  kv = new FakeKv();
  network = new FakeNetwork(kv);
  kv.put('accounts/ann', '100');
  kv.put('accounts/bob', '10');
});

const send = (amount: number | ((balance: number) => number), id?: string, options: TransferOptions = {}) =>
  transfer(
    network.client(),
    { from: 'ann', to: 'bob', amount, ...(id === undefined ? {} : { id }) },
    { backoff: { initialMs: 0 }, ...options },
  );
const balances = () => [kv.value('accounts/ann'), kv.value('accounts/bob')];

describe('a transfer', () => {
  it('moves the amount and writes its receipt, at the revision it reports', async () => {
    const result = await send(30, 't1');
    expect(result).toEqual({ amount: 30, revision: kv.revision, conflicts: 0, attempts: 1 });
    expect(balances()).toEqual(['70', '40']);
    expect(kv.value('receipts/t1')).toBe('{"from":"ann","to":"bob","amount":30}');
    expect(kv.modRevision('receipts/t1')).toBe(kv.revision);
  });

  it('can depend on the balance', async () => {
    expect(await send((balance) => Math.floor(balance / 2))).toMatchObject({ amount: 50 });
    expect(balances()).toEqual(['50', '60']);
  });

  it('moves nothing from an account to itself', async () => {
    const result = await transfer(network.client(), { from: 'ann', to: 'ann', amount: 5 });
    expect(result).toMatchObject({ amount: 0, revision: 0 });
    expect(network.sent).toEqual([]);
  });

  it('is two requests', async () => {
    await send(1);
    expect(network.sent).toHaveLength(2);
  });

  it('is done again with what others have made of the accounts', async () => {
    network.decide = ({ writes }) => {
      if (!writes) return 'pass';
      network.decide = () => 'pass';
      kv.put('accounts/ann', '40');
      return 'pass';
    };
    expect(await send((balance) => balance / 2)).toMatchObject({ amount: 20, conflicts: 1, attempts: 2 });
    expect(balances()).toEqual(['20', '30']);
  });

  it('keeps the sum when many are made at the same time', async () => {
    const reverse = () =>
      transfer(network.client(), { from: 'bob', to: 'ann', amount: (balance) => Math.floor(balance / 2) });
    await Promise.all([send(1), reverse(), send(2), reverse(), send(3), reverse()]);
    const [ann, bob] = balances().map(Number);
    expect(Number(ann) + Number(bob)).toBe(110);
    expect(kv.keys('receipts/')).toHaveLength(6);
  });

  it('gives up after the allowed attempts, definitely', async () => {
    network.decide = ({ writes }) => {
      if (writes) kv.put('accounts/bob', '10');
      return 'pass';
    };
    const run = send(1, 't1', { maxAttempts: 2 });
    await expect(run).rejects.toThrow(ConflictError);
    await expect(run).rejects.toMatchObject({ definite: true });
    expect(kv.value('receipts/t1')).toBeNull();
  });

  it.each([
    ['more than there is', 101, 'ann has 100, so it cannot pay 101'],
    ['a negative amount', -1, 'expected an amount that is a whole number of at least 0, got -1'],
    ['part of a unit', 0.5, 'expected an amount that is a whole number of at least 0, got 0.5'],
    ['no number', NaN, 'expected an amount that is a whole number of at least 0, got NaN'],
  ])('refuses %s', async (_what, amount, message) => {
    await expect(send(amount)).rejects.toMatchObject({ definite: true, message });
    expect(balances()).toEqual(['100', '10']);
  });

  it('refuses an account that does not exist', async () => {
    kv.delete('accounts/bob');
    await expect(send(1)).rejects.toMatchObject({
      definite: true,
      message: 'expected an account at accounts/bob, found none',
    });
  });

  it('refuses a balance that is no whole number', async () => {
    kv.put('accounts/ann', '1e999');
    await expect(send(1)).rejects.toMatchObject({
      definite: true,
      message: 'expected a whole number as the balance at accounts/ann, got "1e999"',
    });
  });
});

describe('a transfer', () => {
  it.each(['', ' ', '1.5', 'x'])('refuses the balance %j, and names the account', async (balance) => {
    kv.put('accounts/bob', balance);
    await expect(send(1)).rejects.toMatchObject({
      definite: true,
      message: expect.stringContaining(`accounts/bob, got ${JSON.stringify(balance)}`) as unknown,
    });
    expect(balances()).toEqual(['100', balance]);
  });

  it('may move nothing, or all there is', async () => {
    expect(await send(0)).toMatchObject({ amount: 0 });
    expect(await send(100)).toMatchObject({ amount: 100 });
    expect(balances()).toEqual(['0', '110']);
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 3],
  ])(
    'that others get ahead of %i times reads %i times, since the first refusal shows it',
    async (times, reads) => {
      let left = times;
      network.decide = ({ writes }) => {
        if (writes && left-- > 0) kv.put('accounts/ann', String(100 + left));
        return 'pass';
      };
      expect(await send(1)).toMatchObject({ conflicts: times });
      expect(network.sent.filter(({ writes }) => !writes)).toHaveLength(reads);
    },
  );

  it('says how many conflicts it had', async () => {
    network.decide = ({ writes }) => {
      if (writes) kv.put('accounts/ann', '100');
      return 'pass';
    };
    await expect(send(1, undefined, { maxAttempts: 3 })).rejects.toThrow('3 conflicts');
  });

  it('says why the accounts cannot be read', async () => {
    network.decide = () => 'refused';
    await expect(send(1)).rejects.toMatchObject({
      name: 'DefiniteError',
      message: 'cannot read the accounts: 7 PERMISSION_DENIED: etcdserver: permission denied',
      cause: expect.any(EtcdPermissionDeniedError) as unknown,
    });
  });

  it('that may have happened names its receipt, and why', async () => {
    network.decide = ({ writes }) => (writes ? 'refused' : 'pass');
    await expect(send(1, 't1')).rejects.toMatchObject({
      name: 'IndefiniteError',
      message: expect.stringMatching(/receipts\/t1: 7 PERMISSION_DENIED/) as unknown,
    });
  });
});

describe('a transfer under faults', () => {
  it.each(['request lost', 'reply lost', 'hidden resend', 'hidden resend, first copy late', 'late'] as const)(
    'moves the amount once when it meets: %s',
    async (fate) => {
      network.decide = ({ writes }) => {
        if (!writes) return 'pass';
        network.decide = () => 'pass';
        return fate;
      };
      expect(await send(30, 't1')).toMatchObject({
        amount: 30,
        conflicts: 0,
        revision: kv.modRevision('receipts/t1'),
      });
      network.deliverAllLate();
      expect(balances()).toEqual(['70', '40']);
    },
  );

  it('reads again when a read fails', async () => {
    let losses = 2;
    network.decide = () => (losses-- > 0 ? 'request lost' : 'pass');
    expect(await send(30)).toMatchObject({ amount: 30, attempts: 3 });
  });

  it('is indefinite when its transaction is not answered, and its id finds out what happened', async () => {
    network.decide = ({ writes }) => (writes ? 'reply lost' : 'pass');
    const unanswered = send(30, 't1', { maxAttempts: 1 });
    await expect(unanswered).rejects.toBeInstanceOf(IndefiniteError);
    await expect(unanswered).rejects.toMatchObject({ definite: false });
    expect(await send(30, 't1')).toMatchObject({ amount: 30, revision: kv.modRevision('receipts/t1') });
    expect(balances()).toEqual(['70', '40']);
  });

  it('is indefinite when it is refused, for an earlier copy may have applied', async () => {
    network.decide = ({ writes }) => (writes ? 'refused' : 'pass');
    await expect(send(30, 't1')).rejects.toMatchObject({
      definite: false,
      cause: expect.any(EtcdPermissionDeniedError) as unknown,
    });
  });

  const reason = new Error('enough');

  /** Aborts while the n-th request is under way. That request is never answered; the test may let it arrive late. */
  function givenUpAt(nth: number) {
    const controller = new AbortController();
    network.decide = () => {
      if (network.sent.length < nth) return 'pass';
      setImmediate(() => controller.abort(reason));
      return new Promise(() => undefined);
    };
    return send(30, 't1', { signal: controller.signal });
  }

  it('rejects with the reason of its signal where it was given up before its transaction was sent', async () => {
    await expect(givenUpAt(1)).rejects.toBe(reason);
  });

  it('is indefinite where it was given up while its transaction was under way, and its id has it done', async () => {
    await expect(givenUpAt(2)).rejects.toMatchObject({ definite: false, cause: reason });
    network.decide = () => 'pass';
    expect(await send(30, 't1')).toMatchObject({ amount: 30 });
    expect(balances()).toEqual(['70', '40']);
  });

  it('rejects with the reason where it was given up between its reading and its transaction', async () => {
    const controller = new AbortController();
    const amount = () => {
      controller.abort(reason);
      return 30;
    };
    await expect(send(amount, 't1', { signal: controller.signal })).rejects.toBe(reason);
    expect(network.sent).toHaveLength(1);
  });

  it('is indefinite where it was given up in the pause after its transaction had failed', async () => {
    const controller = new AbortController();
    network.decide = ({ writes }) => {
      if (!writes) return 'pass';
      setImmediate(() => controller.abort(reason));
      return 'late';
    };
    const options = { signal: controller.signal, backoff: { initialMs: 1_000_000, maxMs: 1_000_000 } };
    await expect(send(30, 't1', options)).rejects.toMatchObject({ definite: false, cause: reason });
    network.deliverAllLate();
    expect(balances()).toEqual(['70', '40']);
  });
});

describe('the id of a transfer', () => {
  it('moves nothing a second time, and reports the first', async () => {
    const first = await send(30, 't1');
    expect(await send(30, 't1')).toMatchObject({ amount: 30, revision: first.revision });
    expect(balances()).toEqual(['70', '40']);
  });

  it('cannot be used for another transfer', async () => {
    await send(30, 't1');
    const other = transfer(network.client(), { from: 'bob', to: 'ann', amount: 1, id: 't1' });
    await expect(other).rejects.toMatchObject({
      definite: true,
      message: 'the id is already used: receipts/t1 is {"from":"ann","to":"bob","amount":30}',
    });
  });

  it('serves one of two different transfers at the same time', async () => {
    kv.put('accounts/cat', '100');
    kv.put('accounts/dan', '10');
    const other = transfer(network.client(), { from: 'cat', to: 'dan', amount: 30, id: 't1' });
    const ends = await Promise.allSettled([send(30, 't1'), other]);
    expect(ends.map((end) => end.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect([kv.value('accounts/bob'), kv.value('accounts/dan')].sort()).toEqual(['10', '40']);
  });

  it.each([
    { from: 'ann', to: 'cid', amount: 5 },
    { from: 'cid', to: 'bob', amount: 5 },
    { from: 'ann', to: 'bob', amount: '5' },
  ])('cannot be that of the receipt %j', async (receipt) => {
    kv.put('receipts/t1', JSON.stringify(receipt));
    await expect(send(5, 't1')).rejects.toMatchObject({
      name: 'DefiniteError',
      message: expect.stringContaining('receipts/t1') as unknown,
    });
    expect(balances()).toEqual(['100', '10']);
  });

  it('cannot be that of a receipt which is none', async () => {
    kv.put('receipts/t1', 'not JSON');
    await expect(send(1, 't1')).rejects.toMatchObject({ definite: true });
  });
});
