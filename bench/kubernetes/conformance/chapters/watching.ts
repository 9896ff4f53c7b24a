/** Watches: every change once and in order, from any moment that etcd still has. */
import {
  compact,
  configMap,
  makeConfigMaps,
  makeNamespace,
  numbered,
  takeEvents,
  versionOf,
  type Chapter,
  type World,
} from '../world.js';

export const watching: Chapter = {
  name: 'watching',
  async run(world) {
    // The first kind reaches etcd with each request, the second one goes through the API server's cache.
    await watchKind(world, 'configmaps', 'watching-etcd');
    await watchKind(world, 'secrets', 'watching-cache');
  },
};

async function watchKind(world: World, kind: string, name: string): Promise<void> {
  const { api, transcript } = world;
  const namespace = await makeNamespace(world, name);
  const collection = `${namespace}/${kind}`;
  const make = (object: string, labels = {}) =>
    api.create(collection, { metadata: { name: object, labels } });
  await make('before');
  const start = await versionOf(world, collection);
  const from = `${collection}?resourceVersion=${start}`;
  const watchers = Array.from({ length: 10 }, () => takeEvents(world, from, 7));
  const chosen = takeEvents(world, `${from}&labelSelector=chosen%3Dyes`, 4);
  const one = takeEvents(world, `${from}&fieldSelector=metadata.name%3Db`, 3);

  await make('a');
  await make('b', { chosen: 'yes' });
  await api.patch(`${collection}/a`, 'merge', { metadata: { labels: { chosen: 'yes' } } });
  await api.patch(`${collection}/b`, 'merge', { metadata: { labels: { chosen: 'no' } } });
  await api.request('DELETE', `${collection}/b`);
  await api.request('DELETE', `${collection}/a`);
  await make('c');
  const [first = [], ...others] = await Promise.all(watchers);
  transcript.events(`${kind}, changes`, first);
  const texts = new Set([first, ...others].map((events) => JSON.stringify(events)));
  transcript.note(`${kind}, what ten watchers saw`, texts.size);
  transcript.events(`${kind}, changes of a selection`, await chosen);
  transcript.events(`${kind}, changes of one object`, await one);
  transcript.events(`${kind}, history`, await takeEvents(world, from, 7));
  const versions = first.map(({ object }) => Number(object.metadata?.resourceVersion));
  transcript.note(
    `${kind}, versions grow`,
    versions.every((one, index) => one > (versions[index - 1] ?? 0)),
  );
  transcript.events(
    `${kind}, from any moment`,
    await takeEvents(world, `${collection}?resourceVersion=0`, 2),
  );
}

/** A compaction takes the past from new watches, and nothing from open ones. */
export const compacting: Chapter = {
  name: 'compacting',
  async run(world) {
    const { api, transcript } = world;
    const namespace = await makeNamespace(world, 'compacting');
    const maps = `${namespace}/configmaps`;
    const start = await versionOf(world, maps);
    await makeConfigMaps(world, namespace, numbered('old', 5));
    const now = await versionOf(world, maps);
    const live = takeEvents(world, `${maps}?resourceVersion=${now}`, 2);
    await compact(world);
    transcript.events(
      'a watch of what was compacted',
      await takeEvents(world, `${maps}?resourceVersion=${start}`, 9),
    );
    await api.create(maps, configMap('new'));
    await api.request('DELETE', `${maps}/old-00`);
    transcript.events('a watch that was open', await live);
    transcript.answer('a list', await api.get(maps));
  },
};
