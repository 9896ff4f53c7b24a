import { describe, expect, it } from 'vitest';
import type { HappenedEvent } from '../../../sim/engine/steps.js';
import { describeEvent } from '../../../sim/explore/explain/event-text.js';

const cast = {
  members: ['m1', 'm11'],
  faults: [{ index: 0, kind: 'partition', text: 'n-2 cut off from m1', hits: 3 }],
};

const say = (event: Partial<HappenedEvent>) =>
  describeEvent({ number: 1, timeUs: 0, label: '', chain: '', node: undefined, ...event }, cast);

describe('an event in words', () => {
  it.each([
    ['/etcdserverpb.KV/Txn#7', 'KV.Txn#7 of n-2 reaches m1', undefined],
    ['/etcdserverpb.KV/Txn#7', 'the answer of m1 to KV.Txn#7 reaches n-2', 'n-2'],
    ['link/n-2-m1 connect', 'a connection of n-2 reaches m1', undefined],
    ['link/n-2-m1 accept', 'n-2 is connected to m1', 'n-2'],
    ['link/n-2-m1 refuse', 'n-2 hears that m1 refuses its connection', 'n-2'],
    ['link/n-2-m1 reset', 'n-2 hears that its connection to m1 has ended', 'n-2'],
    ['link/n-2-m1 cut', 'the connection of n-2 to m1 breaks', undefined],
    ['link/n-2-m1 gone', 'm1 hears that n-2 is gone', undefined],
    ['link/n-2-m1 something new', 'link/n-2-m1 something new (n-2 and m1)', undefined],
  ])('on a link: %s is "%s"', (label, text, node) => {
    const chain = node === undefined ? 'link/n-2-m1 elsewhere' : 'link/n-2-m1';
    expect(say({ label, chain, node })).toBe(text);
  });

  it('names the right member if its name ends in that of another', () => {
    expect(say({ label: '/v3lockpb.Lock/Lock#3', chain: 'link/n1-m11 elsewhere' })).toBe(
      'Lock.Lock#3 of n1 reaches m11',
    );
  });

  it('describes a fault', () => {
    expect(say({ label: 'fault 0 begins', chain: 'fault/0 elsewhere' })).toBe(
      'a fault begins: n-2 cut off from m1',
    );
  });

  it.each([
    ['n1/timer', 'a timer of n1 fires'],
    ['n1/immediate', 'n1 goes on'],
    ['n1 starts', 'n1 starts'],
    ['call deadline', 'the deadline of a call of n1 passes'],
    ['operator', 'operator of n1'],
  ])('of a node: %s is "%s"', (label, text) => {
    expect(say({ label, chain: 'n1', node: 'n1' })).toBe(text);
  });

  it('keeps the label of an unknown event', () => {
    expect(say({ label: 'etcd housekeeping', chain: 'etcd elsewhere' })).toBe('etcd housekeeping');
    expect(say({ label: 'etcd timer', chain: 'etcd elsewhere' })).toBe('a timer of etcd fires');
  });
});
