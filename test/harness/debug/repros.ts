/** Timelines of the repros in docs, each run once. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createSimulatedBackend } from '../../../sim/backend/simulated.js';
import type { EventObserver } from '../../../sim/engine/steps.js';
import { openTimeline } from '../../../sim/harness/debug/open-timeline.js';
import type { Timeline } from '../../../sim/harness/debug/timeline.js';
import { readRepro } from '../../../sim/harness/replay.js';
import { reproRunner } from '../../../sim/harness/repro-runner.js';
import { steps } from '../../../sim/harness/steps.js';
import type { RunnableRepro } from '../../../sim/repro/parse-repro.js';
import type { RunResult } from '../../../sim/run/run-result.js';
import { scenarios, specimens } from '../../../scenarios/index.js';
import { root } from '../../documents.js';

const folder = path.join(root, 'docs/examples/repros');

export function reproNamed(name: string): RunnableRepro {
  return readRepro(readFileSync(path.join(folder, `${name}.json`), 'utf8'), [...scenarios, ...specimens]);
}

function runnerOf(repro: RunnableRepro) {
  const signal = new AbortController().signal;
  return reproRunner({ repro, backend: createSimulatedBackend(), replay: '', signal, steps });
}

const opened = new Map<string, Promise<Timeline>>();

export function timelineOf(name: string): Promise<Timeline> {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const repro = reproNamed(name);
  const { signal } = new AbortController();
  const timeline = openTimeline(repro.repro, runnerOf(repro), { signal, notice: () => undefined }).then(
    (result) => result.timeline,
  );
  opened.set(name, timeline);
  return timeline;
}

export function runRepro(name: string, onEvent: EventObserver): Promise<RunResult> {
  const repro = reproNamed(name);
  return runnerOf(repro).runPlan(repro.repro.plan, { stacks: true, onEvent });
}
