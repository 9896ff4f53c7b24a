/**
 * The world of one run of the baseline's properties: an etcd in the process, with replies that fast-check's
 * scheduler releases, and fake timers. If the next timer is near, it is a task of the scheduler like any
 * other. Invariant: a run ends, because after a limit of fake time, or of tasks, nothing more happens.
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
/** A timer due this soon may fire before a reply that could arrive now. */
const NEAR_MS = 100;

const { setImmediate: realImmediate } = globalThis;

/** Lets promises, `process.nextTick` and grpc-js's streams settle. */
export const settle = (): Promise<void> => new Promise((resolve) => void realImmediate(resolve));

export class World implements Delivery {
  readonly timers = new FakeTimers(() => this.#armClock());
  /** Replies lost so far. */
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

  /** The parts for the code under test. */
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

  /** A client with immediate replies, for a test's own queries. */
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

  /** While it is under way, time advances. */
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

  /** Call it whenever everything has settled. Distant timers fire only if nothing else can happen. */
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

  /** If a timer is near, the clock is one more task. */
  #armClock(): void {
    if (!this.#armed && this.#mayAdvance && this.timers.nextInMs <= NEAR_MS) {
      this.#scheduleClock(NEAR_MS);
    }
  }

  get #mayAdvance(): boolean {
    return !this.#over && this.#working > 0;
  }

  /** @param withinMs it stops if the next timer is further away by then */
  #scheduleClock(withinMs: number): void {
    this.#armed = true;
    void this.next('the clock').then(() => {
      this.#armed = false;
      if (this.#mayAdvance && this.timers.nextInMs <= withinMs) this.timers.advance();
      this.#armClock();
    });
  }
}
