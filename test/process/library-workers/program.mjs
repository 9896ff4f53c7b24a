/** Calls the library with one process and with three, as a user's program does, and prints as JSON what came. */
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { check, explain, formatRepro, loadScenario, readRepro, reproOf, shrink } from 'etcd-sim/sim';

const { PROCESSES } = process.env;
const module = new URL('./scenarios.mjs', import.meta.url);
const scenario = (name) => loadScenario(module, name);

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** What came, how many processes there were, and how many are left. */
async function counted(work) {
  writeFileSync(PROCESSES, '');
  const came = await work();
  const pids = readFileSync(PROCESSES, 'utf8').split('\n').filter(Boolean).map(Number);
  return { came, processes: pids.length, left: pids.filter(isAlive).length };
}

/** As data, without the time that it took. */
const data = (came) =>
  JSON.parse(JSON.stringify(came, (key, value) => (key === 'wallTimeMs' ? undefined : value)));

async function both(work) {
  const one = await counted(() => work(1));
  const three = await counted(() => work(3));
  return {
    isEqual: isDeepStrictEqual(data(one.came), data(three.came)),
    alone: one.processes === 0,
    others: three.processes > 0,
    left: one.left + three.left,
    came: three.came,
  };
}

const common = { seeds: 9, faults: 'none' };
const [holds, fails, loses] = await Promise.all(['holds', 'fails', 'loses'].map(scenario));

const green = await both((workers) => check(holds, { ...common, workers }));
const failing = await both((workers) => check(fails, { ...common, workers }));

const found = await check(fails, { ...common, shrink: false, explain: false, workers: 1 });
const repro = readRepro(formatRepro(reproOf(found.failures[0].result, found.budget)), [fails]);
const shrunk = await both((workers) => shrink(repro, { maxRuns: 30, workers }));
const explained = await both((workers) => explain(repro, { workers }));

const lost = await counted(() => check(loses, { ...common, workers: 2, watchdogSeconds: 1 }));

const stop = new AbortController();
const aborted = await counted(() =>
  check(loses, {
    ...{ ...common, workers: 2, watchdogSeconds: 0, signal: stop.signal },
    onProgress: (progress) => {
      // By then the check waits for the seed that hangs.
      if (progress.kind === 'seed' && progress.record.seed === 1) setImmediate(() => stop.abort());
    },
  }),
);

const refused = await check({ ...holds }, { ...common, workers: 2 }).catch((error) => error.message);

const brief = ({ came, processes: _, ...rest }) => ({
  ...rest,
  outcome: came.outcome,
  seedsRun: came.sweep?.seedsRun,
});
console.log(
  JSON.stringify({
    green: brief(green),
    failing: { ...brief(failing), smallest: failing.came.failures[0].smallest.operations.length },
    shrunk: { ...brief(shrunk), smallest: shrunk.came.result.operations.length },
    explained: { ...brief(explained), sentence: explained.came?.sentence },
    lost: { ...brief(lost), seeds: lost.came.sweep.lost },
    aborted: brief(aborted),
    refused,
  }),
);
