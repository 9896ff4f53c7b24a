/** Objects are deleted under conditions, wait for their finalizers, and go in numbers. */
import { accepted } from '../../api.js';
import {
  configMap,
  makeConfigMaps,
  makeNamespace,
  namesIn,
  numbered,
  takeEvents,
  versionOf,
  type Chapter,
} from '../world.js';

export const deleting: Chapter = {
  name: 'deleting',
  async run(world) {
    const { api, transcript } = world;
    const namespace = await makeNamespace(world, 'deleting');
    const maps = `${namespace}/configmaps`;
    const remove = (name: string, preconditions?: object) =>
      api.request('DELETE', `${maps}/${name}`, { kind: 'DeleteOptions', apiVersion: 'v1', preconditions });
    const { metadata } = accepted(await api.create(maps, configMap('a')));
    const wrong = { uid: '00000000-0000-0000-0000-000000000000' };
    transcript.answer('another object of that name', await remove('a', wrong));
    await api.patch(`${maps}/a`, 'merge', { data: { changed: 'yes' } });
    const late = { resourceVersion: metadata?.resourceVersion };
    transcript.answer('an object that has changed', await remove('a', late));
    transcript.answer('that object', await remove('a', { uid: metadata?.uid }));
    transcript.answer('once more', await remove('a'));

    const start = await versionOf(world, maps);
    const events = takeEvents(world, `${maps}?resourceVersion=${start}`, 4);
    await api.create(maps, configMap('kept', {}, { finalizers: ['example.com/one', 'example.com/two'] }));
    transcript.answer('with finalizers', await remove('kept'));
    transcript.answer('what waits', await api.get(`${maps}/kept`));
    const without = (names: readonly string[]) =>
      api.patch(`${maps}/kept`, 'merge', { metadata: { finalizers: names } });
    transcript.answer('with one finalizer', await without(['example.com/two']));
    transcript.answer('with none', await without([]));
    transcript.answer('what is gone', await api.get(`${maps}/kept`));
    transcript.events('changes', await events);

    await makeConfigMaps(world, namespace, numbered('some', 30));
    for (const name of numbered('some', 12)) {
      await api.patch(`${maps}/${name}`, 'merge', { metadata: { labels: { chosen: 'yes' } } });
    }
    transcript.answer('a selection', await api.request('DELETE', `${maps}?labelSelector=chosen%3Dyes`));
    transcript.note('what is left', namesIn((await api.get(maps)).body));

    transcript.answer('the namespace', await api.request('DELETE', namespace));
    transcript.answer('made in it', await api.create(maps, configMap('late')));
    const finalize = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'deleting' },
      spec: { finalizers: [] },
    };
    transcript.answer('finalized', await api.request('PUT', `${namespace}/finalize`, finalize));
    transcript.answer('the namespace once more', await api.get(namespace));
  },
};
