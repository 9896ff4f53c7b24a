/** Kinds that are defined at run time: their objects come, are listed, are too large, and go with their kind. */
import { setTimeout } from 'node:timers/promises';
import { accepted, type ApiObject } from '../../api.js';
import { namesIn, numbered, type Chapter, type World } from '../world.js';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const THINGS = '/apis/example.com/v1/things';
const MEBIBYTE = 2 ** 20;

const definition: ApiObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.com' },
  spec: {
    ...{
      group: 'example.com',
      scope: 'Cluster',
      names: { plural: 'things', singular: 'thing', kind: 'Thing' },
    },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { size: { type: 'integer' }, text: { type: 'string' } },
          },
        },
      },
    ],
  },
};

/** Asks until the API server has followed its own definition. */
async function untilCode({ api }: World, path: string, code: number): Promise<void> {
  while ((await api.get(path)).code !== code) await setTimeout(100);
}

/** The objects of the kind: the API server's path to them is the key. */
async function countInEtcd({ etcd }: World): Promise<number> {
  return etcd.getAll().prefix('/registry/example.com/things/').count();
}

export const custom: Chapter = {
  name: 'custom',
  async run(world) {
    const { api, transcript } = world;
    transcript.answer('defined', await api.create(DEFINITIONS, definition));
    await untilCode(world, THINGS, 200);
    const make = (name: string, fields: object) =>
      api.create(THINGS, { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name }, ...fields });
    for (const [size, name] of numbered('thing', 12).entries()) accepted(await make(name, { size }));
    transcript.answer('of the wrong type', await make('wrong', { size: 'large' }));
    transcript.answer('large', await make('large', { text: 'x'.repeat(MEBIBYTE) }));
    transcript.answer('too large for etcd', await make('too-large', { text: 'x'.repeat(1.75 * MEBIBYTE) }));
    const list = accepted(await api.get(`${THINGS}?limit=5`));
    transcript.note('a page', [namesIn(list), list.metadata?.remainingItemCount]);
    transcript.note('kept in etcd', await countInEtcd(world));
    transcript.answer('no longer defined', await api.request('DELETE', `${DEFINITIONS}/things.example.com`));
    await untilCode(world, `${DEFINITIONS}/things.example.com`, 404);
    await untilCode(world, THINGS, 404);
    transcript.note('left in etcd', await countInEtcd(world));
  },
};
