/**
 * A gRPC channel over the simulated network that behaves like grpc-js's own. It connects on first use, then
 * retries by itself and fails calls at once after a failed attempt. It becomes idle when its connection
 * breaks or after half an hour without calls, and throws when used after it was closed. Invariant: every call
 * that waits in it is begun or failed exactly once.
 */
import {
  connectivityState,
  type ChannelInterface,
  type ChannelOptions,
  type Deadline,
  type Metadata,
} from '@grpc/grpc-js';
import type { VirtualNode } from '../engine/node.js';
import { CODE } from '../etcd/errors.js';
import type { EtcdMember } from '../etcd/service.js';
import { SimulatedCall, type CallChannel, type WaitingCall } from './call.js';
import type { ObserveCall } from './call-observer.js';
import type { Connection, ConnectionState, ConnectionUser } from './connection.js';
import { Exchange, type ExchangeListener } from './exchange.js';
import type { Link } from './link.js';
import { MessageLimits } from './message-limits.js';
import { textMetadata } from './text-metadata.js';

const STATES = {
  idle: connectivityState.IDLE,
  connecting: connectivityState.CONNECTING,
  ready: connectivityState.READY,
  failed: connectivityState.TRANSIENT_FAILURE,
} as const;

const CHANNEL_CLOSED = 'Channel closed before call started';

/** grpc-js: a channel without calls for this long gives up its connection (`grpc.client_idle_timeout_ms`). */
const IDLE_AFTER_MS = 30 * 60 * 1000;

/** Where a channel leads. */
export interface Route {
  readonly link: Link;
  readonly member: EtcdMember;
  /** It is a server in another node. */
  readonly isNode?: true;
}

export interface ChannelRequest {
  readonly node: VirtualNode;
  readonly target: string;
  /** The member that the target names; undefined if there is none. */
  readonly route: Route | undefined;
  /** The options that the client passed. */
  readonly options: ChannelOptions;
  nextCallNumber(): number;
  readonly observeCall?: ObserveCall | undefined;
}

export class SimulatedChannel implements ChannelInterface, ConnectionUser, CallChannel {
  readonly limits: MessageLimits;
  readonly #request: ChannelRequest;
  readonly #idleAfterUs: number;
  readonly #watchers = new Set<() => void>();
  #state: ConnectionState = 'idle';
  #waiting = new Map<Exchange, WaitingCall>();
  /** The last error of the connection that this channel has seen. */
  #lastError = 'null';
  #closed = false;
  #calls = 0;
  #lastActivityUs: number;

  constructor(request: ChannelRequest) {
    this.#request = request;
    this.limits = new MessageLimits(request.options);
    const idleAfterMs = Number(request.options['grpc.client_idle_timeout_ms'] ?? IDLE_AFTER_MS);
    this.#idleAfterUs = Math.max(1000, idleAfterMs) * 1000;
    this.#lastActivityUs = request.node.engine.nowUs;
  }

  get node(): VirtualNode {
    return this.#request.node;
  }

  get isAwaited(): boolean {
    return this.#waiting.size > 0;
  }

  close(): void {
    if (this.#closed) return;
    this.#leave();
    this.#closed = true;
    this.#tellWatchers();
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const [exchange, call] of waiting) {
      exchange.cancel();
      process.nextTick(() => call.status({ code: CODE.unavailable, details: CHANNEL_CLOSED }));
    }
    this.#connection?.forgetIfUnused();
  }

  getTarget(): string {
    const { target } = this.#request;
    return target.startsWith('dns:') ? target : `dns:${target}`;
  }

  getConnectivityState(tryToConnect: boolean): connectivityState {
    if (this.#closed) return connectivityState.SHUTDOWN;
    this.#becomeIdleIfUnused();
    // As in grpc-js, the answer is the state before the attempt.
    const state = this.#connection === undefined ? connectivityState.TRANSIENT_FAILURE : STATES[this.#state];
    if (tryToConnect) {
      this.#lastActivityUs = this.node.engine.nowUs;
      this.#exitIdle();
    }
    return state;
  }

  watchConnectivityState(
    currentState: connectivityState,
    deadline: Date | number,
    callback: (error?: Error) => void,
  ): void {
    if (this.#closed) throw new Error('Channel has been shut down');
    const { node } = this.#request;
    const untilMs = typeof deadline === 'number' ? deadline : deadline.getTime();
    const end = (error?: Error): void => {
      this.#watchers.delete(look);
      cancelTimer?.();
      process.nextTick(() => node.run(() => callback(error)));
    };
    const look = (): void => {
      if (this.getConnectivityState(false) !== currentState) end();
    };
    this.#watchers.add(look);
    const cancelTimer = Number.isFinite(untilMs)
      ? node.engine.schedule(
          node.timerLane,
          Math.max(0, Math.ceil(untilMs - node.wallClockMs())) * 1000,
          'channel watch deadline',
          () => end(new Error('Deadline passed without connectivity state change')),
          node,
        )
      : undefined;
  }

  getChannelzRef(): ReturnType<ChannelInterface['getChannelzRef']> {
    return { kind: 'channel', id: 0, name: this.#request.target } as ReturnType<
      ChannelInterface['getChannelzRef']
    >;
  }

  createCall(method: string, deadline: Deadline): SimulatedCall {
    if (this.#closed) throw new Error('Channel has been shut down');
    this.#becomeIdleIfUnused();
    this.#calls++;
    return new SimulatedCall(this, method, deadline, this.#request.nextCallNumber());
  }

  /** A call that this channel made has ended. */
  onCallEnd(): void {
    this.#calls--;
    this.#lastActivityUs = this.node.engine.nowUs;
  }

  /** The way of a call that has just started; undefined if the target's name is unknown. */
  exchange(
    method: string,
    metadata: Metadata,
    number: number,
    listener: ExchangeListener,
    remainingMs: () => number,
  ): Exchange | undefined {
    const { route, observeCall } = this.#request;
    if (route === undefined) return undefined;
    const seen = observeCall?.({
      ...{ node: this.node.name, member: route.member.name, method, number },
      isNode: route.isNode === true,
    });
    return new Exchange(route, method, number, textMetadata(metadata), listener, remainingMs, seen);
  }

  /** Connects the call, now that it holds everything it sends at once. */
  attach(exchange: Exchange, call: WaitingCall): void {
    if (!this.#closed) this.#exitIdle();
    this.#pick(exchange, call);
  }

  onConnection(state: ConnectionState): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    if (state === 'ready') {
      this.#enter('ready');
    } else if (this.#state === 'ready') {
      connection.leave(this);
      this.#enter('idle');
    } else {
      // After a failure the channel keeps trying, and keeps failing calls until an attempt succeeds.
      if (state === 'failed') {
        this.#lastError = connection.lastError;
        this.#enter('failed');
      }
      connection.connect();
    }
  }

  /** Takes up the connection if the channel does not use it yet. */
  #exitIdle(): void {
    const connection = this.#connection;
    if (connection === undefined || this.#state !== 'idle') return;
    connection.use(this);
    if (connection.state === 'ready') {
      this.#enter('ready');
      return;
    }
    this.#enter(connection.state === 'failed' ? 'failed' : 'connecting');
    connection.connect();
  }

  #pick(exchange: Exchange, call: WaitingCall): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    if (this.#closed) {
      connection.failSoon(exchange, CHANNEL_CLOSED);
    } else if (this.#state === 'ready') {
      call.onPicked();
      connection.run(exchange);
    } else if (this.#state === 'failed' && !call.waitForReady) {
      const details = `No connection established. Last error: ${this.#lastError}. Resolution note: `;
      connection.failSoon(exchange, details);
    } else {
      this.#waiting.set(exchange, call);
      connection.waiting.add(exchange);
      if (this.#state === 'failed') connection.await();
    }
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const [exchange, call] of waiting) {
      this.#connection?.waiting.delete(exchange);
      if (!exchange.hasEnded) this.#pick(exchange, call);
    }
    this.#tellWatchers();
  }

  #tellWatchers(): void {
    for (const look of [...this.#watchers]) look();
  }

  #becomeIdleIfUnused(): void {
    const sinceUs = this.node.engine.nowUs - this.#lastActivityUs;
    if (this.#calls > 0 || this.#state === 'idle' || sinceUs < this.#idleAfterUs) return;
    this.#leave();
    this.#connection?.forgetIfUnused();
  }

  #leave(): void {
    this.#connection?.leave(this);
    this.#state = 'idle';
  }

  get #connection(): Connection | undefined {
    return this.#request.route?.link.connection;
  }
}
