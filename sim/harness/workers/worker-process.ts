/**
 * The program of a worker process of the library: imports the scenario's module, and runs the seeds and plans that it is
 * asked for. Invariant: it is silent but for the watchdog, and ends with the process that started it.
 */
import process from 'node:process';
import { createSimulatedBackend } from '../../backend/simulated.js';
import { Ambient } from '../../engine/ambient/ambient.js';
import type { Heartbeat } from '../../engine/heartbeat.js';
import { callOf } from '../check-options.js';
import { PlanRunner } from '../plan-runner.js';
import { steps } from '../steps.js';
import { watched } from '../watched.js';
import { loadScenario } from './load-scenario.js';
import { serveSeeds } from './serve-seeds.js';
import type { WorkerSetup } from './start.js';

// As `etcd-sim/sim` does, before the code under test takes timers of its own.
Ambient.install();

process.once('message', (setup: WorkerSetup) => {
  void watched(setup.watchdogSeconds, (heartbeat) => {
    const runner = runnerOf(setup, heartbeat);
    // Each question gets its error as its answer.
    runner.catch(() => undefined);
    return serveSeeds(() => runner);
  }).finally(() => process.exit());
});

async function runnerOf(
  { origin, parameters: sent }: WorkerSetup,
  heartbeat: Heartbeat | undefined,
): Promise<PlanRunner> {
  const parameters = { ...sent, scenario: await loadScenario(origin.module, origin.name) };
  return new PlanRunner({
    parameters,
    backend: createSimulatedBackend(),
    mutes: true,
    heartbeat,
    replayOf: (seed) => callOf(parameters, seed),
    signal: new AbortController().signal,
    steps,
  });
}
