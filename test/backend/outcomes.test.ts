/** How a failed operation is classified: by its error's own statement, or otherwise by its calls. */
import { describe, expect, it } from 'vitest';
import { type NodeContext, type PerformOptions, NothingHappenedError } from '../../sim/scenario/scenario.js';
import { run, sleep } from './fault-runs.js';

/** How n1's operation with this body ended. */
async function outcomeOf(
  body: (context: NodeContext) => Promise<unknown>,
  given: {
    readonly options?: PerformOptions;
    /** Done beside the operation, by the same node. */
    readonly beside?: (context: NodeContext) => Promise<unknown>;
    /** Done after it. */
    readonly then?: (context: NodeContext) => Promise<unknown>;
  } = {},
): Promise<string | undefined> {
  const result = await run(async (context, operation) => {
    if (context.node !== 'n1') {
      context.skip(operation, 'n1 does this alone');
      return;
    }
    const whole = async () => {
      await body(context);
      return { output: null };
    };
    await Promise.all([
      context.perform(operation, whole, given.options),
      given.beside?.(context).catch(() => undefined),
    ]);
    await given.then?.(context);
  }, []);
  return result.operations.find(({ id }) => id === 'n1-1')?.outcome?.kind;
}

const put = ({ client, prefix }: NodeContext) => client.put(`${prefix}key`).value('x').exec();
/** etcd refuses it in any state. */
const refused = ({ client }: NodeContext) => client.put('').value('x').exec();
const read = ({ client, prefix }: NodeContext) => client.get(`${prefix}key`).string();
const fail = (parts: object = {}): never => {
  throw Object.assign(new Error('no'), parts);
};

describe('an operation that threw', () => {
  it('failed if its only request was refused', async () => {
    expect(await outcomeOf(refused)).toBe('failed');
  });

  it('is indefinite if a request of it was applied before another was refused', async () => {
    expect(await outcomeOf(async (context) => [await put(context), await refused(context)])).toBe(
      'indefinite',
    );
  });

  it('is indefinite if a request of it is still open', async () => {
    const open = async (context: NodeContext) => {
      put(context).catch(() => undefined);
      await new Promise(setImmediate);
      fail({ code: 9, details: 'etcdserver: auth: authentication is not enabled' });
    };
    expect(await outcomeOf(open, { then: () => sleep(20) })).toBe('indefinite');
  });

  it('failed if it sent nothing, or only reads', async () => {
    expect(await outcomeOf(() => fail())).toBe('failed');
    expect(await outcomeOf(async (context) => fail({ read: await read(context) }))).toBe('failed');
  });

  it('failed if its transaction changed nothing, and is indefinite if it did', async () => {
    const transact =
      (version: number) =>
      async ({ client, prefix }: NodeContext) => {
        const key = `${prefix}key`;
        await client.if(key, 'Version', '==', version).then(client.put(key).value('x')).commit();
        fail();
      };
    expect(await outcomeOf(transact(7))).toBe('failed');
    expect(await outcomeOf(transact(1))).toBe('indefinite');
  });

  it('is classified by its error’s own statement', async () => {
    const afterPut = (error: unknown) => async (context: NodeContext) => {
      await put(context);
      throw error;
    };
    expect(await outcomeOf(afterPut(new NothingHappenedError('undone')))).toBe('failed');
    expect(await outcomeOf(afterPut(Object.assign(new Error('undone'), { nothingHappened: true })))).toBe(
      'failed',
    );
    expect(await outcomeOf(() => fail({ definite: false }))).toBe('indefinite');
  });

  it('is classified by its call’s statement if it is one call, and not if it is several', async () => {
    const definiteAfterPut = async (context: NodeContext) => {
      await put(context);
      fail({ definite: true });
    };
    expect(await outcomeOf(definiteAfterPut, { options: { isOneCall: true } })).toBe('failed');
    expect(await outcomeOf(definiteAfterPut)).toBe('indefinite');
  });

  it('is indefinite if its node wrote something in between that may belong to it', async () => {
    const body = async () => {
      await sleep(20);
      fail();
    };
    expect(await outcomeOf(body, { beside: (context) => put(context) })).toBe('indefinite');
    expect(await outcomeOf(body, { then: (context) => put(context) })).toBe('indefinite');
  });

  it('is indefinite if it continues and writes after it was given up', async () => {
    const givenUp = async (context: NodeContext) => {
      const work = sleep(40).then(() => put(context));
      await Promise.race([work, sleep(10).then(() => fail())]);
    };
    expect(await outcomeOf(givenUp, { then: () => sleep(100) })).toBe('indefinite');
    expect(await outcomeOf(() => fail(), { then: read })).toBe('failed');
  });
});

it('records the cause of an error that says that nothing happened', async () => {
  const result = await run(async ({ perform }, operation) => {
    await perform(operation, () => {
      throw new NothingHappenedError('not mine', { cause: new TypeError('the reason') });
    });
  }, []);
  expect(result.operations[0]?.outcome).toMatchObject({
    kind: 'failed',
    error: { name: 'TypeError', message: 'the reason' },
  });
});
