/**
 * How fast-check looks for races: concurrent clients that each follow a script under its scheduler, which
 * chooses the next reply. Invariant: one property per run, because its world uses the process's clock.
 */
import fc, { type IAsyncProperty, type Scheduler, type SchedulerAct } from 'fast-check';
import { Violation, type Play, type Subject } from './subject.js';
import { settle, World } from './world.js';

const STEPS_MAX = 10;
const REPLIES_LOST_MAX = 2;
const CALLS_MAX = 30;

/** Which replies are lost: in most runs none, one or two of the first thirty. */
const lostReplies = fc.uniqueArray(fc.nat(CALLS_MAX - 1), { maxLength: REPLIES_LOST_MAX });

export function raceProperty<Step>(subject: Subject<Step>): IAsyncProperty<unknown> {
  const current: Current = {};
  const script = fc.array(subject.step, { minLength: 2, maxLength: STEPS_MAX });
  const scheduled = fc.scheduler({ act: actOf(current) });
  return fc.asyncProperty(scheduled, script, lostReplies, (scheduler, steps, lost) =>
    inWorld(current, scheduler, lost, subject, (play, world) => playScript(play, world, scheduler, steps)),
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
    const lane = play.laneOf(step);
    lanes.set(lane, [...(lanes.get(lane) ?? []), step]);
  }
  const follow = async (lane: readonly Step[]) => {
    for (const step of lane) await play.play(step);
  };
  await untilDone(world, scheduler, () => Promise.all([...lanes.values()].map(follow)));
}

/** The world of the scheduler's choices. */
interface Current {
  world?: World;
}

/** Each choice is among all possible next steps: before it, grpc-js and etcd3 settle. */
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

/** If nothing is left to happen before the work is done, it never will be. */
async function untilDone(world: World, scheduler: Scheduler, work: () => Promise<unknown>): Promise<void> {
  const stuck = world.idle.then(() => {
    throw new Violation('somebody still waits, and no event is left');
  });
  const done = world.whileWorking(work());
  await Promise.race([done, settle()]);
  world.rest();
  await scheduler.waitFor(Promise.race([done, stuck]));
}
