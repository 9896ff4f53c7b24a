/** `npm run bench`: which room a sample of a profile counts for, and what it may be asked. */
import type { Profiler } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { roomShares } from '../../bench/profile-rooms.js';
import { ratioTable } from '../../bench/ratio.js';
import { parseRequest } from '../../bench/request.js';

/** A profile whose frames call one another in this order, with one sample of 10 us in each of the last ones. */
function profileOf(...stacks: readonly (readonly (readonly [name: string, url: string])[])[]) {
  const root: Profiler.ProfileNode = { id: 1, callFrame: frame('(root)', ''), children: [] };
  const nodes = [root];
  const samples = stacks.map((stack) => {
    let parent = root;
    for (const [name, url] of stack) {
      const node: Profiler.ProfileNode = { id: nodes.length + 1, callFrame: frame(name, url), children: [] };
      nodes.push(node);
      parent.children?.push(node.id);
      parent = node;
    }
    return parent.id;
  });
  return { nodes, samples, timeDeltas: samples.map(() => 10), startTime: 0, endTime: 0 };
}

function frame(functionName: string, url: string): Profiler.ProfileNode['callFrame'] {
  return { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 };
}

const engine = ['step', 'file:///work/dist/sim/engine/engine.js'] as const;
const client = ['exec', 'file:///work/node_modules/etcd3/lib/connection-pool.js'] as const;

describe('a sample', () => {
  it('counts for the folder or the package of its function, or of the nearest caller that has one', () => {
    const shares = roomShares(
      profileOf(
        [engine],
        [engine, client],
        [engine, client, ['copy', '']],
        [client, ['get', 'file:///work/node_modules/@grpc/grpc-js/build/src/client.js']],
        [client, ['add', 'file:///work/node_modules/long/umd/index.js']],
      ),
    );
    expect(Object.fromEntries(shares)).toEqual({
      'sim/engine': 0.2,
      etcd3: 0.4,
      '@grpc/grpc-js': 0.2,
      protobuf: 0.2,
    });
  });

  it('without such a caller counts for Node.js, garbage and contexts for themselves, idle time for nothing', () => {
    const shares = roomShares(
      profileOf(
        [['runMicrotasks', '']],
        [['(garbage collector)', '']],
        [client, ['run', 'node:internal/async_local_storage/async_hooks']],
        [['(idle)', '']],
        [
          ['post', 'node:inspector'],
          ['dispatch', ''],
        ],
        [engine],
      ),
    );
    expect(Object.fromEntries(shares)).toEqual({
      'Node.js': 0.25,
      'garbage collection': 0.25,
      AsyncLocalStorage: 0.25,
      'sim/engine': 0.25,
    });
  });
});

describe('what it is asked for', () => {
  const known = ['store', 'profile'] as const;

  it('is every part where none is named, and the page stays unchanged', () => {
    expect(parseRequest([], known)).toEqual({ names: known, write: false });
    expect(parseRequest(['--write', 'profile'], known)).toEqual({ names: ['profile'], write: true });
  });

  it('is refused if there is no such part or flag', () => {
    expect(() => parseRequest(['stores'], known)).toThrow('expected store or profile, got stores');
    expect(() => parseRequest(['--json'], known)).toThrow('--json');
  });
});

it('the table of ratios has the range and what was wanted', () => {
  const ratio = { name: 'a / b', median: 2, min: 1.5, max: 2.25, pairs: 3, wanted: 1, detail: '4 and 2' };
  expect(ratioTable([ratio])).toContain('| a / b | 2.00  | 1.50 to 2.25 | 1      | 4 and 2   |');
});
