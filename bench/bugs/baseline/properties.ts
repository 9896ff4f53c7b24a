/**
 * The two ways in which fast-check looks for races: a script that runs under its scheduler, and commands whose beginnings
 * it schedules as well. Invariant: one property per run, for its world is the process's clock.
 */
import fc, { type AsyncCommand, type IAsyncProperty, type Scheduler, type SchedulerAct } from 'fast-check';
import { Violation, type Play, type Subject } from './subject.js';
import { settle, World } from './world.js';

export const baselineWays = ['fast-check-scheduler', 'fast-check-model-run'] as const;
export type BaselineWay = (typeof baselineWays)[number];

const STEPS_MAX = 10;
const REPLIES_LOST_MAX = 2;
const CALLS_MAX = 30;

/** Which replies are lost: in most runs none, one or two of the first thirty. */
const lostReplies = fc.uniqueArray(fc.nat(CALLS_MAX - 1), { maxLength: REPLIES_LOST_MAX });

export function propertyOf<Step>(way: BaselineWay, subject: Subject<Step>): IAsyncProperty<unknown> {
  return way === 'fast-check-scheduler' ? scriptProperty(subject) : modelProperty(subject);
}

/** Clients that each follow a script, all at the same time. */
function scriptProperty<Step>(subject: Subject<Step>): IAsyncProperty<unknown> {
  const current: Current = {};
  const script = fc.array(subject.step, { minLength: 2, maxLength: STEPS_MAX });
  return fc.asyncProperty(schedulerOf(current), script, lostReplies, (scheduler, steps, lost) =>
    inWorld(current, scheduler, lost, subject, (play, world) => playScript(play, world, scheduler, steps)),
  );
}

/** A script that failed, with the order in which its tasks were released. */
export interface FailedScript<Step> {
  readonly order: readonly number[];
  readonly steps: readonly Step[];
  readonly lost: readonly number[];
}

/** Once more, as `fc.schedulerFor` does it. Rejects where it fails again. */
export async function replayScript<Step>(subject: Subject<Step>, failed: FailedScript<Step>): Promise<void> {
  const current: Current = {};
  const scheduler = fc.schedulerFor([...failed.order], { act: actOf(current) });
  await inWorld(current, scheduler, failed.lost, subject, (play, world) =>
    playScript(play, world, scheduler, failed.steps),
  );
}

async function playScript<Step>(
  play: Play<Step>,
  world: World,
  scheduler: Scheduler,
  steps: readonly Step[],
): Promise<void> {
  const lanes = new Map<string, Step[]>();
  for (const step of steps) {
    if (!play.allows(step)) continue;
    play.plan(step);
    const lane = play.laneOf(step);
    lanes.set(lane, [...(lanes.get(lane) ?? []), step]);
  }
  const follow = async (lane: readonly Step[]) => {
    for (const step of lane) await play.play(step);
  };
  await untilDone(world, scheduler, () => Promise.all([...lanes.values()].map(follow)));
}

interface Model<Step> {
  readonly play: Play<Step>;
}

interface Real {
  readonly world: World;
  readonly begun: Promise<void>[];
  failure: Error | undefined;
}

/** Commands that begin when the scheduler says, whatever is under way. */
function modelProperty<Step>(subject: Subject<Step>): IAsyncProperty<unknown> {
  const current: Current = {};
  const commands = fc.commands([subject.step.map((step) => new StepCommand(step))], {
    maxCommands: STEPS_MAX,
  });
  return fc.asyncProperty(schedulerOf(current), commands, lostReplies, (scheduler, given, lost) =>
    inWorld(current, scheduler, lost, subject, async (play, world) => {
      const real: Real = { world, begun: [], failure: undefined };
      const model: Model<Step> = { play };
      await fc.scheduledModelRun(scheduler, () => ({ model, real }), given);
      if (real.failure !== undefined) throw real.failure;
      await untilDone(world, scheduler, () => Promise.all(real.begun));
    }),
  );
}

class StepCommand<Step> implements AsyncCommand<Model<Step>, Real> {
  readonly #step: Step;

  constructor(step: Step) {
    this.#step = step;
  }

  check({ play }: Readonly<Model<Step>>): boolean {
    return play.allows(this.#step);
  }

  run({ play }: Model<Step>, real: Real): Promise<void> {
    play.plan(this.#step);
    const played = real.world.whileWorking(play.play(this.#step));
    real.begun.push(played);
    played.catch((error: Error) => (real.failure ??= error));
    return Promise.resolve();
  }

  toString(): string {
    return JSON.stringify(this.#step);
  }
}

/** The world that the scheduler's choices are made in. */
interface Current {
  world?: World;
}

function schedulerOf(current: Current) {
  return fc.scheduler({ act: actOf(current) });
}

/** Each choice is among all that may be next: before it, grpc-js and etcd3 come to rest. */
function actOf(current: Current): SchedulerAct {
  return async (release) => {
    await release();
    await settle();
    current.world?.rest();
  };
}

async function inWorld<Step>(
  current: Current,
  scheduler: Scheduler,
  lost: readonly number[],
  subject: Subject<Step>,
  body: (play: Play<Step>, world: World) => Promise<void>,
): Promise<void> {
  const world = new World(scheduler, lost);
  current.world = world;
  try {
    const play = await subject.open(world);
    await body(play, world);
    await untilDone(world, scheduler, () => play.finish());
  } finally {
    world.close();
    delete current.world;
  }
}

/** Where nothing is left to happen before the work is done, it never will be. */
async function untilDone(world: World, scheduler: Scheduler, work: () => Promise<unknown>): Promise<void> {
  const stuck = world.idle.then(() => {
    throw new Violation('nothing is left to happen, and somebody still waits');
  });
  const done = world.whileWorking(work());
  await Promise.race([done, settle()]);
  world.rest();
  await scheduler.waitFor(Promise.race([done, stuck]));
}
