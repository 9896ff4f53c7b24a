/** Lists in pages: each page continues the same moment until etcd is compacted, although objects come and go. */
import type { Answer } from '../../api.js';
import {
  compact,
  configMap,
  makeConfigMaps,
  makeNamespace,
  namesIn,
  numbered,
  versionOf,
  type Chapter,
  type World,
} from '../world.js';

/** Follows the tokens to the end; the step between two pages is given the number of pages so far. */
async function pages(
  { api, transcript }: World,
  what: string,
  collection: string,
  between: (pages: number) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const versions = new Set<string | undefined>();
  let token: string | undefined;
  for (let count = 1; ; count++) {
    const question = collection.includes('?') ? '&' : '?';
    const more = token === undefined ? '' : `&continue=${encodeURIComponent(token)}`;
    const answer: Answer = await api.get(`${collection}${question}limit=10${more}`);
    const { metadata = {} } = answer.body;
    transcript.note(`${what}, page ${count}`, [
      answer.code,
      metadata.remainingItemCount,
      namesIn(answer.body),
    ]);
    if (answer.code !== 200) transcript.answer(what, answer);
    versions.add(metadata.resourceVersion);
    token = metadata.continue;
    if (token === undefined || token === '') break;
    await between(count);
  }
  transcript.note(`${what}, moments`, versions.size);
}

export const paging: Chapter = {
  name: 'paging',
  async run(world) {
    const { api, transcript } = world;
    const namespace = await makeNamespace(world, 'paging');
    const maps = `${namespace}/configmaps`;
    await makeConfigMaps(world, namespace, numbered('page', 25));
    await pages(world, 'pages', maps);
    await pages(world, 'pages while objects come and go', maps, async (count) => {
      if (count > 1) return;
      await api.request('DELETE', `${maps}/page-15`);
      await api.create(maps, configMap('page-19-and-a-half'));
      await api.patch(`${maps}/page-24`, 'merge', { data: { changed: 'yes' } });
    });
    await pages(world, 'pages after that', maps);
    await pages(world, 'pages while etcd is compacted', maps, async (count) => {
      if (count > 1) return;
      await api.request('DELETE', `${maps}/page-17`);
      await compact(world);
    });
    await pages(world, 'pages of a selection', `${maps}?labelSelector=none`);
    transcript.answer('a token of nonsense', await api.get(`${maps}?limit=10&continue=nonsense`));

    const before = await versionOf(world, maps);
    await api.request('DELETE', `${maps}/page-00`);
    const exact = `resourceVersion=${before}&resourceVersionMatch=Exact`;
    transcript.answer('as it was', await api.get(`${maps}?${exact}&limit=100`));
    transcript.answer('as it is', await api.get(maps));
    transcript.answer('from any moment', await api.get(`${maps}?resourceVersion=0`));
    await compact(world);
    transcript.answer('as it was, compacted', await api.get(`${maps}?${exact}&limit=100`));
    const future = Number(before) + 1_000_000;
    const later = `resourceVersion=${future}&resourceVersionMatch=NotOlderThan`;
    transcript.answer('from the future', await api.get(`${maps}?${later}`));
  },
};
