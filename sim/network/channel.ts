/**
 * A gRPC channel over the simulated network, with the behaviour clients can observe of grpc-js's own: it connects
 * on first use, fails calls that cannot be sent, and throws when used after it was closed.
 */
import { connectivityState, type ChannelInterface, type Deadline, type Metadata } from '@grpc/grpc-js';
import type { VirtualNode } from '../engine/node.js';
import type { CallMetadata } from '../etcd/service.js';
import { SimulatedCall } from './call.js';
import type { Connection } from './connection.js';
import { Exchange, type ExchangeListener, type Route } from './exchange.js';

const STATES = {
  idle: connectivityState.IDLE,
  connecting: connectivityState.CONNECTING,
  ready: connectivityState.READY,
  refused: connectivityState.TRANSIENT_FAILURE,
} as const;

export interface ChannelRequest {
  readonly node: VirtualNode;
  readonly target: string;
  /** Where the target leads; undefined where no member has that name. */
  readonly route: Route | undefined;
  nextCallNumber(): number;
}

export class SimulatedChannel implements ChannelInterface {
  readonly #request: ChannelRequest;
  /** Calls of this channel that wait for the connection: closing the channel ends them. */
  readonly #waiting = new Map<Exchange, ExchangeListener>();
  #closed = false;

  constructor(request: ChannelRequest) {
    this.#request = request;
  }

  get node(): VirtualNode {
    return this.#request.node;
  }

  close(): void {
    this.#closed = true;
    for (const [exchange, listener] of this.#waiting) {
      exchange.cancel();
      listener.status({ code: 14, details: 'Channel closed before call started' });
    }
    this.#waiting.clear();
  }

  getTarget(): string {
    return this.#request.target;
  }

  getConnectivityState(tryToConnect: boolean): connectivityState {
    if (this.#closed) return connectivityState.SHUTDOWN;
    const connection = this.#connection;
    if (connection === undefined) return connectivityState.TRANSIENT_FAILURE;
    // As in grpc-js, the answer is the state before the attempt.
    const state = STATES[connection.state];
    if (tryToConnect) connection.connect();
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
    let finish = (_error?: Error): void => undefined;
    const unwatch = this.#connection?.watch(() => {
      if (this.getConnectivityState(false) !== currentState) finish();
    });
    const cancelTimer = Number.isFinite(untilMs)
      ? node.engine.schedule(
          node.timerLane,
          Math.max(0, untilMs - node.wallClockMs()) * 1000,
          'channel watch deadline',
          () => finish(new Error('Deadline passed without connectivity state change')),
          node,
        )
      : undefined;
    finish = (error) => {
      finish = () => undefined;
      unwatch?.();
      cancelTimer?.();
      process.nextTick(() => node.run(() => callback(error)));
    };
  }

  getChannelzRef(): ReturnType<ChannelInterface['getChannelzRef']> {
    return { kind: 'channel', id: 0, name: this.#request.target } as ReturnType<
      ChannelInterface['getChannelzRef']
    >;
  }

  createCall(method: string, deadline: Deadline): SimulatedCall {
    if (this.#closed) throw new Error('Channel has been shut down');
    return new SimulatedCall(this, method, deadline, this.#request.nextCallNumber());
  }

  /** The way of a call that has just started; undefined where the target's name leads nowhere. */
  exchange(
    method: string,
    metadata: Metadata,
    number: number,
    listener: ExchangeListener,
  ): Exchange | undefined {
    const { route } = this.#request;
    if (route === undefined) return undefined;
    return new Exchange(route, method, number, textMetadata(metadata), listener);
  }

  /** Connects the call, now that everything it sends at once is in it. */
  attach(exchange: Exchange, listener: ExchangeListener): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    connection.attach(exchange);
    if (connection.state !== 'connecting') return;
    this.#waiting.set(exchange, listener);
    const unwatch = connection.watch(() => {
      if (connection.state === 'connecting') return;
      unwatch();
      this.#waiting.delete(exchange);
    });
  }

  get #connection(): Connection | undefined {
    return this.#request.route?.link.connection;
  }
}

const NO_METADATA: CallMetadata = new Map();

function textMetadata(metadata: Metadata): CallMetadata {
  const values = metadata.getMap();
  // Most calls carry none, and a call is made a hundred thousand times a second.
  let text: Map<string, string> | undefined;
  for (const name in values) (text ??= new Map()).set(name, String(values[name]));
  return text ?? NO_METADATA;
}
