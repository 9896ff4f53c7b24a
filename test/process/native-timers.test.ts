/** A timer that a module took before the simulator was loaded: the failure names it, and what to do. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const SIM = new URL('../../dist/sim/index.js', import.meta.url).href;

/** @param body of a node; `taken` is the native function. @param more options */
function messageOf(body: string, more = ''): string {
  const program = `
    const taken = setTimeout;
    const { simulate } = await import(${JSON.stringify(SIM)});
    const real = (ms) => new Promise((resolve) => taken(resolve, ms));
    const test = async (sim) => {
      sim.nodes(2, async ({ name, op, sleep }) => op('go', null, async () => { ${body} }));
      await sim.nodesEnded();
    };
    const options = { seeds: 1, faults: 'none', reports: false, ${more} };
    await simulate(test, options).then(() => console.log('it holds'), ({ message }) => console.log(message));
    process.exit();
  `;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).stdout;
}

it('that fires during the run ends it, with what to do', () => {
  // The other node has events for as long as that takes.
  const keepsOn = 'for (let round = 0; round < 1e9; round++) await sleep(1);';
  expect(messageOf(`if (name === 'n1') await real(1); ${keepsOn}`)).toMatch(
    /^n1 called code after a timer that a module took before etcd-sim was loaded.*import etcd-sim before your code/,
  );
});

it('that a node waits for in a deadlock is named with its line', () => {
  expect(messageOf('await real(100_000);')).toMatch(
    /n[12] has set a native timer at [^]*import etcd-sim first/,
  );
});
