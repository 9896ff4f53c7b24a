/**
 * The second run of `--check-determinism`, in another process: the same command, with another process id, host name, time
 * zone and locale. There the plan is run twice, and the second of these runs is the one that counts, so that what a run
 * leaves behind in its process shows as well. Invariant: the process ends with the one that started it.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { EnvironmentError } from '../backend/environment-error.js';
import { StepRecorder } from '../engine/steps.js';
import type { Plan } from '../plan/plan.js';
import type { PlanRunner } from '../harness/plan-runner.js';
import type { SecondRuns } from '../harness/run-twice.js';

/** The program to start again, with its arguments. */
export interface Program {
  readonly file: string;
  readonly arguments: readonly string[];
}

/** The other process. */
export interface SecondProcess extends SecondRuns {
  close(): void;
}

/** Tells the command that it is the second process. */
export const SECOND_RUN = 'ETCD_SIM_SECOND_RUN';
/** What the second process takes for its host name. */
export const OTHER_HOST = 'another-host';

type Question = { readonly scenario: string; readonly plan: Plan } | { readonly stackOf: number };
type Answer =
  | { readonly kind: 'run'; readonly texts: readonly string[]; readonly hash: string | undefined }
  | { readonly kind: 'stack'; readonly stack: string }
  | { readonly kind: 'failed'; readonly message: string };

/** Starts the other process. */
export function startSecondRuns(
  program: Program,
  env: Readonly<Record<string, string | undefined>>,
): SecondProcess {
  const child = fork(program.file, [...program.arguments], {
    env: {
      ...env,
      TZ: 'Asia/Kathmandu',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      HOSTNAME: OTHER_HOST,
      [SECOND_RUN]: '1',
    },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new EnvironmentError(`the process that runs each seed a second time ended with ${String(code)}`);
  });
  // It is of interest only to those who wait for an answer.
  ended.catch(() => undefined);
  const ask = async (question: Question): Promise<Answer> => {
    const answered = once(child, 'message').then(([answer]) => answer as Answer);
    child.send(question);
    return Promise.race([answered, ended]);
  };
  return {
    async run(scenario, plan) {
      const answer = await ask({ scenario, plan });
      if (answer.kind !== 'run') throw new EnvironmentError(`the second run failed: ${textOf(answer)}`);
      return {
        ...answer,
        stackOf: async (index) => textOf(await ask({ stackOf: index })),
      };
    },
    close: () => end(child),
  };
}

function textOf(answer: Answer): string {
  if (answer.kind === 'run') return '';
  return answer.kind === 'stack' ? answer.stack : answer.message;
}

function end(child: ChildProcess): void {
  if (child.connected) child.disconnect();
  child.kill('SIGKILL');
}

/** Is the other process: answers until the first one has gone. */
export async function serveSecondRuns(runnerOf: (scenario: string) => Promise<PlanRunner>): Promise<void> {
  let recorder = new StepRecorder();
  const answer = async (question: Question): Promise<Answer> => {
    if ('stackOf' in question) {
      return { kind: 'stack', stack: recorder.steps[question.stackOf]?.stack.stack ?? '' };
    }
    const { scenario, plan } = question;
    const runner = await runnerOf(scenario);
    await runner.runPlan(plan, { stacks: false });
    recorder = new StepRecorder();
    const { trace } = await runner.runPlan(plan, { stacks: true, observe: recorder.observe });
    return { kind: 'run', texts: recorder.steps.map(({ text }) => text), hash: trace?.hash };
  };
  process.on('message', (question: Question) => {
    answer(question)
      .catch((error: unknown): Answer => ({ kind: 'failed', message: String(error) }))
      .then((given) => process.send?.(given))
      .catch(() => process.disconnect());
  });
  if (process.connected) await once(process, 'disconnect');
}
