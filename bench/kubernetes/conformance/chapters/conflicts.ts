/** Changes in conflict: a late one is refused, and none that was taken is lost. */
import { accepted, PATCH } from '../../api.js';
import { configMap, makeNamespace, type Chapter } from '../world.js';

const WRITERS = 20;

export const conflicts: Chapter = {
  name: 'conflicts',
  async run(world) {
    const { api, transcript } = world;
    const namespace = await makeNamespace(world, 'conflicts');
    const maps = `${namespace}/configmaps`;
    const old = accepted(await api.create(maps, configMap('a', { key: 'old' })));
    const stale = { resourceVersion: old.metadata?.resourceVersion ?? '' };
    const put = (value: string) => api.request('PUT', `${maps}/a`, configMap('a', { key: value }, stale));
    transcript.answer('replaced in time', await put('new'));
    transcript.answer('replaced too late', await put('newer'));
    transcript.answer(
      'merged too late',
      await api.patch(`${maps}/a`, 'merge', { metadata: stale, data: { k: 'v' } }),
    );
    const test = { op: 'test', path: '/data/key', value: 'old' };
    transcript.answer('patched after a test that fails', await api.patch(`${maps}/a`, 'json', [test]));
    const add = [
      { ...test, value: 'new' },
      { op: 'add', path: '/data/more', value: 'x' },
    ];
    transcript.answer('patched after a test that holds', await api.patch(`${maps}/a`, 'json', add));

    const apply = (manager: string, value: string) =>
      api.request(
        'PATCH',
        `${maps}/applied?fieldManager=${manager}`,
        configMap('applied', { key: value }),
        PATCH.apply,
      );
    transcript.answer('applied', await apply('one', '1'));
    transcript.answer('applied by another', await apply('two', '2'));
    const same = accepted(await api.get(`${maps}/applied`)).metadata?.resourceVersion;
    const again = accepted(await apply('one', '1')).metadata?.resourceVersion;
    transcript.note('applying the same changes nothing', again === same);

    const writers = Array.from({ length: WRITERS }, (_, index) => `writer-${String(index).padStart(2, '0')}`);
    const patches = writers.map((name) => api.patch(`${maps}/a`, 'merge', { data: { [name]: 'was here' } }));
    transcript.note(
      'patched at once',
      (await Promise.all(patches)).map(({ code }) => code),
    );
    transcript.answer('what is left of it', await api.get(`${maps}/a`));
    const { resourceVersion = '' } = accepted(await api.get(`${maps}/a`)).metadata ?? {};
    const puts = writers.map((name) =>
      api.request('PUT', `${maps}/a`, configMap('a', { winner: name }, { resourceVersion })),
    );
    const codes = (await Promise.all(puts)).map(({ code }) => code);
    transcript.note('replaced at once', codes.sort());
    const { data } = accepted(await api.get(`${maps}/a`));
    transcript.note('who won', Object.keys(data as object));
  },
};
