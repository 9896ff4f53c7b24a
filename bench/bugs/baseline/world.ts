/**
 * What one run of the baseline's properties happens in: an etcd in the process, whose replies fast-check's scheduler
 * hands out, and fake timers, of which the next is a task of the scheduler like any other where it is near. Invariant: a
 * run ends, for after so much fake time, or so many tasks, nothing comes any more.
 */
import { Etcd3, type IOptions } from 'etcd3';
import type { Scheduler } from 'fast-check';
import { createCluster } from '../../../sim/etcd/cluster.js';
import type { EtcdCluster, EtcdHost } from '../../../sim/etcd/service.js';
import type { NodeContext } from '../../../sim/scenario/scenario.js';
import { FakeTimers } from './fake-timers.js';
import { scheduledChannel, type Delivery } from './scheduled-channel.js';

const TIME_MAX_MS = 20_000;
const TASKS_MAX = 3000;
/** A timer that is due so soon may fire before a reply that could come now. */
const NEAR_MS = 100;

const { setImmediate: realImmediate } = globalThis;

/** Lets promises, `process.nextTick` and grpc-js's streams come to rest. */
export const settle = (): Promise<void> => new Promise((resolve) => void realImmediate(resolve));

export class World implements Delivery {
  readonly timers = new FakeTimers(() => this.#armClock());
  /** Replies that were lost so far. */
  lost = 0;
  readonly #scheduler: Scheduler;
  readonly #lostReplies: ReadonlySet<number>;
  readonly #cluster: EtcdCluster;
  readonly #clients: Etcd3[] = [];
  #armed = false;
  #working = 0;
  #over = false;
  #tasks = 0;
  #replies = 0;
  #idle: (() => void) | undefined;

  /** @param lostReplies which replies are lost, counted from 0 over all unary calls of all nodes */
  constructor(scheduler: Scheduler, lostReplies: readonly number[]) {
    this.#scheduler = scheduler;
    this.#lostReplies = new Set(lostReplies);
    this.timers.install();
    let draws = 0;
    const host: EtcdHost = {
      nowMs: () => this.timers.nowMs,
      schedule: (delayMs, action) => {
        const id = this.timers.add(action, delayMs);
        return () => this.timers.remove(id);
      },
      scheduleHousekeeping: () => () => undefined,
      randomUint32: () => (draws += 0x9e3779b1) >>> 0,
    };
    this.#cluster = createCluster({ members: ['m1'], host });
  }

  /** What the code under test is given. */
  context(node: string): NodeContext {
    const etcdOptions = this.#optionsOf(node, this);
    return {
      ...{ node, etcdOptions, options: {}, prefix: 't/', client: this.#keep(new Etcd3(etcdOptions)) },
      perform: () => Promise.reject(new Error('the properties perform their steps themselves')),
      skip: () => undefined,
      count: () => undefined,
      mark: () => undefined,
      becomeDaemon: () => undefined,
      get plan(): never {
        throw new Error('a property has no plan');
      },
      get control(): never {
        throw new Error('a property has no faults');
      },
    };
  }

  /** A client whose replies come at once, for what a test looks up itself. */
  calmClient(): Etcd3 {
    return this.#keep(
      new Etcd3(this.#optionsOf('test', { next: () => Promise.resolve(), isLost: () => false })),
    );
  }

  async next(label: string): Promise<unknown> {
    if (this.#over) return new Promise(() => undefined);
    this.#tasks += 1;
    if (this.#tasks > TASKS_MAX || this.timers.nowMs > TIME_MAX_MS) this.#over = true;
    return this.#scheduler.schedule(Promise.resolve(), label);
  }

  isLost(): boolean {
    const isLost = this.#lostReplies.has(this.#replies);
    this.#replies += 1;
    if (isLost) this.lost += 1;
    return isLost;
  }

  /** As long as it is under way, time goes on. */
  async whileWorking<T>(work: Promise<T>): Promise<T> {
    this.#working += 1;
    this.#armClock();
    try {
      return await work;
    } finally {
      this.#working -= 1;
    }
  }

  /** Something else may happen first. */
  async yield(): Promise<void> {
    await this.next('the test');
  }

  /** Resolves once nothing is left to happen. */
  get idle(): Promise<void> {
    return new Promise((resolve) => (this.#idle = resolve));
  }

  /** To be called whenever all is at rest. Timers that are far away fire only where nothing else can happen. */
  rest(): void {
    if (this.#scheduler.count() > 0) return;
    if (this.#mayAdvance && this.timers.nextInMs < Infinity) this.#scheduleClock(Infinity);
    else this.#idle?.();
  }

  close(): void {
    this.#over = true;
    for (const client of this.#clients) client.close();
    this.#cluster.close();
    this.timers.uninstall();
  }

  #optionsOf(node: string, delivery: Delivery): IOptions {
    const [member] = this.#cluster.members;
    if (member === undefined) throw new Error('a cluster without members');
    return { hosts: 'http://m1:2379', grpcOptions: scheduledChannel(member, node, delivery) };
  }

  #keep(client: Etcd3): Etcd3 {
    this.#clients.push(client);
    return client;
  }

  /** The clock is one more task where a timer is near. */
  #armClock(): void {
    if (!this.#armed && this.#mayAdvance && this.timers.nextInMs <= NEAR_MS) {
      this.#scheduleClock(NEAR_MS);
    }
  }

  get #mayAdvance(): boolean {
    return !this.#over && this.#working > 0;
  }

  /** @param withinMs it does not go on where the next timer is further away by then */
  #scheduleClock(withinMs: number): void {
    this.#armed = true;
    void this.next('the clock').then(() => {
      this.#armed = false;
      if (this.#mayAdvance && this.timers.nextInMs <= withinMs) this.timers.advance();
      this.#armClock();
    });
  }
}
