import { Etcd3 } from 'etcd3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveEtcd, type ServedEtcd } from '../../sim/serve/serve.js';
import { describeInPipes } from './pipe-contract.js';
import { recipeInPipe, runRecipe } from './support/recipe-process.js';

describe('the programs in pipes, against the in-memory etcd', () => {
  let etcd: ServedEtcd;
  let client: Etcd3;
  beforeAll(async () => {
    etcd = await serveEtcd();
    client = new Etcd3({ hosts: [...etcd.endpoints] });
  });
  afterAll(async () => {
    client.close();
    await etcd.close();
  });
  describeInPipes(() => ({ endpoint: etcd.endpoints.join(','), client }));
});

describe('recipe', () => {
  it('reports early that etcd is out of reach, keeps trying, and runs the command when etcd is there', async () => {
    const first = await serveEtcd();
    const [endpoint = ''] = first.endpoints;
    await first.close();
    const recipe = recipeInPipe('queue', '-addr', endpoint);
    recipe.type('push a');
    recipe.type('pop');
    const { host } = new URL(endpoint);
    await recipe.saysLine(`cannot reach etcd at ${endpoint}: connect ECONNREFUSED ${host}; trying again`);
    const second = await serveEtcd({ listen: host });
    await recipe.says('etcd answers again\n');
    recipe.endInput();
    expect(await recipe.ended).toMatchObject({ code: 0, stdout: 'a\n' });
    await second.close();
  });

  it('ends even if etcd is out of reach', async () => {
    const etcd = await serveEtcd();
    await etcd.close();
    const recipe = recipeInPipe('queue', '-addr', etcd.endpoints.join(','));
    recipe.type('pop');
    await recipe.says('cannot reach etcd');
    recipe.signal('SIGINT');
    await recipe.says('given up: nothing was taken');
    recipe.type('quit');
    expect((await recipe.ended).code).toBe(0);
  });

  it('a second interruption does not wait for the outcome of a push', async () => {
    const etcd = await serveEtcd();
    const recipe = recipeInPipe('queue', '-addr', etcd.endpoints.join(','));
    recipe.type('push a');
    recipe.type('pop');
    await recipe.saysLine('a');
    etcd.pauseMember(etcd.members[0] ?? '');
    recipe.type('push b');
    await recipe.says('still pushing');
    recipe.signal('SIGINT');
    await recipe.says('finding out whether it was applied');
    recipe.signal('SIGINT');
    await recipe.says('ended at once: a cancelled or released command may still take effect');
    expect((await recipe.ended).code).toBe(130);
    await etcd.close();
  });

  it('ends although etcd does not answer, and reports it', async () => {
    const etcd = await serveEtcd();
    const recipe = recipeInPipe('queue', '-addr', etcd.endpoints.join(','), '-name', 'jobs');
    recipe.type('push a');
    recipe.type('pop');
    await recipe.saysLine('a');
    etcd.pauseMember(etcd.members[0] ?? '');
    recipe.type('quit');
    expect((await recipe.ended).code).toBe(0);
    await recipe.says('cannot release the queue jobs: etcd does not answer\n');
    await etcd.close();
  });

  it('prints help on stdout', async () => {
    const done = await runRecipe(['help']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain('recipe priority-queue   push VALUE PRIORITY, pop');
  });

  it('ends with 64 and one line if the arguments are invalid', async () => {
    const done = await runRecipe(['queue', '--adr', 'x']);
    expect(done).toMatchObject({ code: 64, stdout: '' });
    expect(done.stderr).toMatch(/^recipe: .*'--adr'.*; see recipe help\n$/);
  });
});
