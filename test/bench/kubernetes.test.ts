/** The parts of the small Kubernetes that need no Kubernetes: pods as processes, transcripts, comparisons. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandOf } from '../../bench/kubernetes/agent/container-process.js';
import { failuresBefore, indexOf, type Container, type Pod } from '../../bench/kubernetes/agent/pod.js';
import { firstDifference, Transcript } from '../../bench/kubernetes/conformance/transcript.js';
import { imageOf, mergeManifest, sweepManifest } from '../../bench/kubernetes/e2e/manifests.js';
import type { Api, ApiObject, WatchEvent } from '../../bench/kubernetes/api.js';
import { follow, until } from '../../bench/kubernetes/follow.js';
import { Place } from '../../bench/kubernetes/place.js';
import { differences, timeless } from '../../bench/kubernetes/e2e/report.js';

const numbers = { parts: 3, seeds: '0..7', scenario: 'queue' };

/** The pod that the Job controller makes of a Job's template, with the variable that it adds. */
function podOf(job: object, index: number): Pod {
  const { spec } = (job as { spec: { template: Pick<Pod, 'spec'> } }).spec.template;
  const [container] = spec.containers;
  const fieldPath = "metadata.annotations['batch.kubernetes.io/job-completion-index']";
  const env = [
    ...(container.env ?? []),
    { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath } } },
  ];
  const annotations = {
    'batch.kubernetes.io/job-completion-index': String(index),
    'batch.kubernetes.io/job-index-failure-count': '2',
  };
  return {
    metadata: { name: 'pod', namespace: 'here', uid: 'uid', annotations },
    spec: { ...spec, containers: [{ ...container, env } satisfies Container] },
  };
}

const image = imageOf('/project');
const folderOf = (claim: string): string => `/claims/${claim}`;

describe('the manifests with small numbers', () => {
  const { words, env, directory } = commandOf(podOf(sweepManifest(numbers), 2), image, folderOf);

  it('run the script of the sweep, with the number of parts wherever it stands', () => {
    expect([words[0], words[1], directory]).toEqual(['/bin/sh', '-c', '/project']);
    expect(env).toEqual({ SEEDS: '0..7', PARTS: '3', JOB_COMPLETION_INDEX: '2' });
    const { spec } = sweepManifest(numbers) as unknown as { spec: Readonly<Record<string, unknown>> };
    expect([spec['completions'], spec['parallelism'], spec['maxFailedIndexes']]).toEqual([3, 3, 3]);
    expect(words[2]).toContain('--scenario queue ');
  });

  it('have the folder of the claim in the place of its mount', () => {
    expect(words[2]).toContain('out="/claims/simulation/part-$part"');
    expect(words[2]).not.toContain('/reports');
  });

  it('run the entry point of the image where a container has no command', () => {
    const merge = commandOf(podOf(mergeManifest(), 0), image, folderOf);
    expect(merge.words.slice(0, 3)).toEqual(['node_modules/.bin/sim', 'merge', '/claims/simulation/blobs']);
  });

  it('tell a pod by its index, and by the failures before it', () => {
    const pod = podOf(sweepManifest(numbers), 2);
    expect(indexOf(pod)).toBe(2);
    expect(failuresBefore(pod)).toEqual({ counted: 2, ignored: 0 });
  });
});

describe('a transcript', () => {
  const answer = (message: string, uid: string) => {
    const transcript = new Transcript();
    const metadata = { name: 'a', uid, resourceVersion: uid };
    transcript.answer('read', { code: 409, body: { kind: 'Status', metadata, reason: 'Conflict', message } });
    return transcript.lines;
  };
  const id = (digit: string) => `${digit.repeat(8)}-0000-0000-0000-${digit.repeat(12)}`;

  it('is the same where only ids and revisions differ', () => {
    const [one, other] = ['1', '2'].map((digit) => answer(`is ${id(digit)} at 1${digit}0`, digit));
    expect(one).toEqual(other);
    expect(one?.[0]).toContain('is UID at N');
  });

  it('differs in the first line that is not the same', () => {
    expect(firstDifference(['a', 'b'], ['a', 'b'])).toBeUndefined();
    expect(firstDifference(['a', 'b', 'd'], ['a', 'c', 'e'])).toEqual({ line: 2, one: 'b', other: 'c' });
    expect(firstDifference(['a'], ['a', 'b'])).toEqual({ line: 2, one: 'nothing more', other: 'b' });
    expect(answer('one', '1')).not.toEqual(answer('other', '1'));
  });
});

describe('two reports', () => {
  const report = (exitCode: number, texts: Readonly<Record<string, string>>) => ({ exitCode, texts });

  it('are the same apart from times', () => {
    const text = (time: string, end = '') =>
      timeless(`  wall time   ${time}${end}\n<testsuite time="1.5">\n`);
    const [one, wider, wrapped] = [
      text('1.5 s   5 seeds a second'),
      text('12.25 s   0.5 seeds a second'),
      text('100 s', '\n    0.1 seeds a second'),
    ];
    expect([wider, wrapped]).toEqual([one, one]);
    expect(differences(report(0, { out: one }), report(0, { out: `${one}more` }))).toHaveLength(1);
  });

  it('differ in exit codes, lines and files, each of which is named', () => {
    expect(differences(report(0, { out: 'a\nb', one: '' }), report(1, { out: 'a\nc' }))).toEqual([
      'exit codes 0 and 1',
      'one: only the first has it',
      'out: "a\\nb" and "a\\nc"',
    ]);
  });
});

describe('following a collection', () => {
  const object = (name: string, state: number): ApiObject => ({ metadata: { name }, state });
  /** Its lists and watches, in order; a watch that is not there is refused. */
  const serverOf = (lists: readonly ApiObject[][], watches: readonly WatchEvent[][]) => {
    const asked: string[] = [];
    let round = -1;
    const api = {
      get: (path: string) => {
        asked.push(path);
        const items = lists[++round];
        const body = { metadata: { resourceVersion: String(10 * round) }, items };
        return Promise.resolve({ code: items === undefined ? 500 : 200, body });
      },
      async *watch(path: string) {
        asked.push(path);
        yield* watches[round] ?? [];
      },
    };
    return { api: api as unknown as Api, asked };
  };

  it('lists anew where a watch cannot be continued', async () => {
    const expired: WatchEvent = { type: 'ERROR', object: { reason: 'Expired' } };
    const unseen: WatchEvent = { type: 'MODIFIED', object: object('a', 9) };
    const { api, asked } = serverOf(
      [[object('a', 1)], [object('a', 3)]],
      [
        [{ type: 'MODIFIED', object: object('a', 2) }, expired, unseen],
        [{ type: 'DELETED', object: object('a', 3) }],
      ],
    );
    const seen: unknown[] = [];
    const following = follow(
      api,
      '/pods',
      new AbortController().signal,
      ({ object: { state }, isDeleted }) => {
        seen.push([state, isDeleted]);
      },
    );
    await expect(following).rejects.toThrow('the API server refused with 500');
    expect(seen).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [3, true],
    ]);
    const watched = (version: number) => `/pods?watch=true&resourceVersion=${version}`;
    expect(asked).toEqual(['/pods', watched(0), '/pods', watched(10), '/pods']);
  });

  it('ends with the first state that is wanted', async () => {
    const events = [2, 3, 4].map((state): WatchEvent => ({ type: 'MODIFIED', object: object('b', state) }));
    const { api } = serverOf([[object('a', 3), object('b', 1)]], [events]);
    const found = until(
      api,
      { collection: '/jobs', name: 'b' },
      new AbortController().signal,
      ({ state }) => state === 3,
    );
    expect(await found).toEqual(object('b', 3));
  });
});

describe('a place', () => {
  const signal = new AbortController().signal;
  const server = (script: string, isReady: () => Promise<boolean>) => ({
    ...{ name: 'server', path: '/bin/sh', arguments: ['-c', script], isReady },
  });

  it('names the last words of a server that ends before it is ready', async () => {
    const place = new Place(signal);
    const serving = place.serve(server('echo no such flag', () => Promise.reject(new Error('refused'))));
    await expect(serving).rejects.toThrow('server ended: no such flag');
    await place.close();
  });

  it('notices a server that dies, and removes its folder at its end', async () => {
    const place = new Place(signal);
    const folder = place.folder('mine');
    const go = path.join(folder, 'go');
    await place.serve(
      server(`while [ ! -e '${go}' ]; do sleep 0.01; done; echo over`, () => Promise.resolve(true)),
    );
    writeFileSync(go, '');
    await expect(place.died).rejects.toThrow('server ended during the run: over');
    await place.close();
    expect(existsSync(folder)).toBe(false);
  });
});
