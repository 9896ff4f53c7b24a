/** Which node handed which key to which other, from hand-written calls. */
import { describe, expect, it } from 'vitest';
import { handoffFeatures } from '../../sim/history/handoffs.js';
import { call, watch, watchOf } from './hand-made-calls.js';

const put = call({ by: 'n1-1', name: 'lock', sent: 1, returned: 4, wrote: '3: lock/a' });

describe('a handoff', () => {
  it('is a version that one node wrote and another read', () => {
    const reader = call({ by: 'n2-1', name: 'wait', sent: 5, reads: ['lock/a@3'] });
    expect(handoffFeatures([put, reader])).toEqual(['lock/a put: n#.lock -> n#.wait by KV.Txn']);
  });

  it('does not occur within a node, nor for a version with an unknown author', () => {
    const own = call({ by: 'n1-2', sent: 5, reads: ['lock/a@3'] });
    const unknown = call({ by: 'n2-1', sent: 5, reads: ['lock/a@2'] });
    expect(handoffFeatures([put, own, unknown])).toEqual([]);
  });

  it('by an event goes to the operation that requested the key', () => {
    const shared = call({
      ...{ by: 'n2-1', sent: 2, returned: 9, method: 'Watch.Watch', reads: ['lock/a@3'] },
      watches: [
        watchOf('x', { by: 'n2-1', operationName: 'other', from: 1 }),
        watchOf('lock/*', { by: 'n2-7', operationName: 'wait', from: 1 }),
      ],
    });
    expect(handoffFeatures([put, shared])).toEqual(['lock/a put: n#.lock -> n#.wait by Watch.Watch']);
  });
});

describe('features of handoffs', () => {
  it('leave out numbers and ids, and list each kind once', () => {
    const lease = call({ by: 'n1-1', name: 'lock', sent: 1, wrote: '3: lock/2/69c3b5e8d2f01a2b' });
    const other = call({ by: 'n3-1', name: 'lock', sent: 2, wrote: '4: lock/12/3897000000000002-' });
    const readers = ['n2-1', 'n4-1', 'n5-9'].map((by, index) =>
      call({ by, name: 'wait', sent: 10 + index, reads: ['lock/2/69c3b5e8d2f01a2b@3'] }),
    );
    const told = call({ by: 'n2-1', name: 'wait', sent: 20, reads: ['lock/12/3897000000000002@4'] });
    expect(handoffFeatures([lease, other, ...readers, told])).toEqual([
      'lock/#/# delete: n#.lock -> n#.wait by KV.Txn',
      'lock/#/# put: n#.lock -> n#.wait by KV.Txn',
    ]);
  });

  it('show reads before the writer knew of its write, and writes without an answer', () => {
    const reader = call({ by: 'n2-1', sent: 2, reads: ['lock/a@3'] });
    expect(handoffFeatures([put, reader])).toEqual(['lock/a put: n#.lock -> n#.work by KV.Txn, early']);
    const lost = { ...put, answered: false };
    const later = call({ by: 'n2-1', sent: 5, reads: ['lock/a@3'] });
    expect(handoffFeatures([lost, later])).toEqual(['lock/a put: n#.lock -> n#.work by KV.Txn, unanswered']);
  });

  it('show versions that were overwritten when they arrived', () => {
    const reader = call({ by: 'n2-1', sent: 5, returned: 9, reads: ['lock/a@3'] });
    const next = (wroteAt: number, key = 'lock/a') =>
      call({ by: 'n3-1', sent: 5, wroteAt, wrote: `4: ${key}` });
    const feature = 'lock/a put: n#.lock -> n#.work by KV.Txn';
    expect(handoffFeatures([put, reader, next(7)])).toEqual([`${feature}, overwritten`]);
    expect(handoffFeatures([put, reader, next(12)])).toEqual([feature]);
    expect(handoffFeatures([put, reader, next(7, 'lock/b')])).toEqual([feature]);
  });

  it('do not depend on the order of the calls', () => {
    const readers = ['n2-1', 'x1-1', 'a1-1'].map((by) => call({ by, sent: 5, reads: ['lock/a@3'] }));
    const calls = [put, ...readers, watch('b1-1', watchOf('lock/a', { by: 'b1-1', from: 1 }), ['lock/a@3'])];
    const features = handoffFeatures(calls);
    expect(features).toHaveLength(4);
    expect(handoffFeatures([...calls].reverse())).toEqual(features);
  });
});
