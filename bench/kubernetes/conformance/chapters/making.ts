/** Objects are made once, and refused where they exist, are ill-formed, or belong nowhere. */
import { configMap, makeNamespace, type Chapter } from '../world.js';

export const making: Chapter = {
  name: 'making',
  async run(world) {
    const { api, transcript } = world;
    const namespace = await makeNamespace(world, 'making');
    const maps = `${namespace}/configmaps`;
    transcript.answer('made', await api.create(maps, configMap('a', { key: 'value' })));
    transcript.answer('made again', await api.create(maps, configMap('a')));
    transcript.answer('read', await api.get(`${maps}/a`));
    transcript.answer('read what is not there', await api.get(`${maps}/b`));
    transcript.answer('made with a bad name', await api.create(maps, configMap('No Name')));
    transcript.answer('made nowhere', await api.create('/api/v1/namespaces/none/configmaps', configMap('a')));
    transcript.answer('tried', await api.create(`${maps}?dryRun=All`, configMap('dry')));
    transcript.answer('read after a trial', await api.get(`${maps}/dry`));
    const tries = Array.from({ length: 10 }, () => api.create(maps, configMap('contended')));
    const codes = (await Promise.all(tries)).map(({ code }) => code);
    transcript.note('made ten times at once', codes.sort());
    transcript.answer('replaced', await api.request('PUT', `${maps}/a`, configMap('a', { key: 'new' })));
    transcript.answer('replaced what is not there', await api.request('PUT', `${maps}/b`, configMap('b')));
  },
};
