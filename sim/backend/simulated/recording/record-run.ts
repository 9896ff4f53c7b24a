/**
 * Records what moves in a simulated run, for pictures of it: calls, messages, leases, watches, members, events.
 * Invariant: it only observes: the trace and every draw are the same without it.
 */
import { currentPlace, currentWork } from '../../../engine/node.js';
import type { HappenedEvent } from '../../../engine/steps.js';
import type { LeaseEvent } from '../../../etcd/lease/lessor.js';
import type { EtcdCluster } from '../../../etcd/service.js';
import type { OwnLog } from '../../../history/own-log.js';
import { FATES, LEASE_EVENTS, type Fate, type Recording } from '../../../history/recording.js';
import type { CallObserver, ObserveCall } from '../../../network/call-observer.js';
import type { MessageObserver, ObserveMessage } from '../../../network/message-observer.js';
import { OBSERVER } from '../../../scenario/expect-nodes.js';
import { shortMethod } from '../../call-contents.js';
import { ProcessRecorder, type ProcessState } from './record-processes.js';
import { WATCH, WatchRecorder, type WatchClock } from './record-watches.js';
import { Names, Table } from './table.js';

/** The engine, as the recorder reads it. */
export interface RecordedEngine {
  readonly nowUs: number;
  /** How many events have happened. */
  readonly events: number;
  /** The last number that the history has given. */
  readonly sequence: number;
}

/** A run with more, which takes minutes, is recorded up to here. */
const MESSAGES_MAX = 2_000_000;

type Roles = Pick<EtcdCluster, 'leader' | 'isRunning'>;

/** The parts of the world that the recorder reads after each event. */
export interface RecordedWorld {
  readonly cluster: Roles;
  /** The process of each node. */
  process(node: string): ProcessState;
}

export class RunRecorder {
  readonly #engine: RecordedEngine;
  readonly #members: readonly string[];
  /** The name and the position among the actors of each node. */
  readonly #nodes: readonly (readonly [string, number])[];
  readonly #actors: Names;
  readonly #methods = new Names();
  readonly #operations = new Names();
  readonly #labels = new Names();
  readonly #leaseIds = new Names();
  readonly #calls = new Table(
    ...(['number', 'caller', 'callee', 'method', 'operation', 'startUs', 'endUs', 'status'] as const),
  );
  readonly #messages = new Table('call', 'back', 'bytes', 'fate');
  readonly #moments = new Table('message', 'arrives', 'timeUs', 'event', 'sequence');
  readonly #leases = new Table('lease', 'kind', 'timeUs', 'member', 'value');
  readonly #roleChanges = new Table('timeUs', 'leader', 'running');
  readonly #events = new Table('timeUs', 'label', 'number', 'node');
  readonly #watches: WatchRecorder;
  readonly #processes = new ProcessRecorder();
  readonly #places = new Names();
  /** In which events the rows of calls, commits, leases and members happened; see {@link StepTable}. */
  readonly #callSteps = new Table('callStart', 'callEnd', 'callPlace');
  readonly #commitSteps: number[] = [];
  readonly #leaseSteps: number[] = [];
  readonly #memberSteps: number[] = [];
  readonly #sequences: number[] = [];
  /** Positions in the table of calls, by the calls' numbers. */
  readonly #rowOf = new Map<number, number>();
  #leaseChanges = 0;
  #lastRoles = '';
  #isOver = false;

  /** @param prefix of every key of the run; the record omits it */
  constructor(
    engine: RecordedEngine,
    cast: { readonly nodes: readonly string[]; readonly members: readonly string[] },
    prefix: string,
  ) {
    this.#engine = engine;
    this.#members = cast.members;
    this.#actors = new Names([...cast.nodes, ...cast.members, OBSERVER]);
    this.#nodes = [...cast.nodes, OBSERVER].map((name) => [name, this.#actors.of(name)]);
    this.#watches = new WatchRecorder(engine, prefix);
  }

  /** Observes every call, except the observer's watch of the log. */
  readonly observeCall: ObserveCall = ({ node, member, method, number }) => {
    if (node === OBSERVER && method === WATCH) return undefined;
    const work = currentWork();
    const place = currentPlace();
    this.#callSteps.add({
      callStart: this.#engine.events,
      callEnd: -1,
      callPlace: place === undefined ? -1 : this.#places.of(place),
    });
    const row = this.#calls.add({
      number,
      caller: this.#actors.of(node),
      callee: this.#actors.of(member),
      method: this.#methods.of(shortMethod(method)),
      operation: work === undefined ? -1 : this.#operations.of(work.id),
      startUs: this.#engine.nowUs,
      endUs: -1,
      status: -1,
    });
    this.#rowOf.set(number, row);
    return this.#observer(row, method === WATCH ? this.#watches.stream(row) : undefined);
  };

  #observer(row: number, watches: CallObserver | undefined): CallObserver {
    const { endUs, status: statuses } = this.#calls.columns;
    const { callEnd } = this.#callSteps.columns;
    return {
      sent: (bytes) => watches?.sent(bytes),
      answered: (bytes) => watches?.answered(bytes),
      received: () => undefined,
      forgotten: () => watches?.forgotten(),
      ended: (how, status) => {
        watches?.ended(how, status);
        if (endUs[row] !== -1) return;
        endUs[row] = this.#engine.nowUs;
        callEnd[row] = this.#engine.events;
        statuses[row] = status?.code ?? -1;
      },
    };
  }

  readonly observeMessage: ObserveMessage = ({ direction, call, bytes }) => {
    const row = this.#rowOf.get(call);
    if (row === undefined || this.#messages.length >= MESSAGES_MAX) return UNRECORDED;
    const message = this.#messages.add({
      call: row,
      back: direction === 'reply' ? 1 : 0,
      bytes,
      fate: numberOf('on its way'),
    });
    const { fate } = this.#messages.columns;
    this.#moment(message, 0);
    return {
      lost: () => void (fate[message] = numberOf('lost')),
      arrived: () => {
        fate[message] = numberOf('arrived');
        this.#moment(message, 1);
      },
      ignored: () => void (fate[message] = numberOf('ignored')),
    };
  };

  #moment(message: number, arrives: 0 | 1): void {
    const { nowUs, events, sequence } = this.#engine;
    this.#moments.add({ message, arrives, timeUs: nowUs, event: events, sequence });
  }

  readonly observeLease = (event: LeaseEvent, member: string): void => {
    if (event.kind !== 'dated') {
      // Another member has made this change before.
      if (event.change <= this.#leaseChanges) return;
      this.#leaseChanges = event.change;
    }
    this.#leaseSteps.push(this.#engine.events);
    this.#leases.add({
      lease: this.#leaseIds.of(String(event.id)),
      kind: LEASE_EVENTS.indexOf(event.kind),
      timeUs: this.#engine.nowUs,
      member: this.#actors.of(member),
      value:
        event.kind !== 'dated' ? event.ttlSeconds : event.expiryMs === Infinity ? -1 : event.expiryMs * 1000,
    });
  };

  /** A member has made one revision more. */
  made(): void {
    this.#commitSteps.push(this.#engine.events);
  }

  /** An event is about to happen. */
  event({ timeUs, label, node }: HappenedEvent): void {
    this.#sequences.push(this.#engine.sequence);
    const number = /#(\d+)$/.exec(label)?.[1];
    this.#events.add({
      timeUs,
      label: this.#labels.of(number === undefined ? label : label.slice(0, -number.length)),
      number: number === undefined ? -1 : Number(number),
      node: node === undefined ? -1 : this.#actors.of(node),
    });
  }

  /** Looks at what may have changed up to the last event, at this time. */
  look(last: WatchClock, { cluster, process }: RecordedWorld): void {
    this.#roles(last, cluster);
    if (this.#isOver) return;
    for (const [name, node] of this.#nodes) this.#processes.look(last.events, node, process(name));
  }

  /** The run is given up, and its processes are about to be ended: they count as they are now. */
  lastLook(now: WatchClock, world: RecordedWorld): void {
    this.look(now, world);
    this.#isOver = true;
  }

  #roles(last: WatchClock, cluster: Roles): void {
    const leader = cluster.leader === undefined ? -1 : this.#actors.of(cluster.leader);
    const running = this.#members.reduce(
      (bits, name, at) => bits + (cluster.isRunning(name) ? 2 ** at : 0),
      0,
    );
    const now = `${leader} ${running}`;
    if (now === this.#lastRoles) return;
    this.#lastRoles = now;
    for (const name of this.#members)
      if (!cluster.isRunning(name)) this.#endWatchesAt(this.#actors.of(name), last);
    this.#memberSteps.push(last.events);
    this.#roleChanges.add({ timeUs: last.nowUs, leader, running });
  }

  /** A process that ends takes its watches along, even those whose cancellation it never got. */
  #endWatchesAt(member: number, last: WatchClock): void {
    const { callee } = this.#calls.columns;
    this.#watches.endWhere(last, (call) => callee[call] === member);
  }

  /** @param hidden keys that are no part of the log */
  recording(own: OwnLog, hidden: ReadonlySet<string>): Recording {
    return {
      actors: this.#actors.list,
      methods: this.#methods.list,
      operations: this.#operations.list,
      calls: this.#calls.columns,
      messages: this.#messages.columns,
      moments: this.#moments.columns,
      commits: columnsOf(own.commits),
      attachments: this.#attachments(own, hidden),
      leases: { ids: this.#leaseIds.list, ...this.#leases.columns },
      watches: this.#watches.spans,
      members: this.#roleChanges.columns,
      events: { ...this.#events.columns, labels: this.#labels.list },
      processes: this.#processes.columns,
      steps: {
        ...this.#callSteps.columns,
        ...this.#watches.steps,
        places: this.#places.list,
        commit: this.#commitSteps,
        lease: this.#leaseSteps,
        member: this.#memberSteps,
        sequence: this.#sequences,
      },
      complete: this.#messages.length < MESSAGES_MAX,
    };
  }

  #attachments(own: OwnLog, hidden: ReadonlySet<string>): Recording['attachments'] {
    const table = new Table('revision', 'change', 'lease');
    for (const { revision, change, lease } of own.attachments(hidden)) {
      table.add({ revision, change, lease: this.#leaseIds.of(String(lease)) });
    }
    return table.columns;
  }
}

const UNRECORDED: MessageObserver = {
  lost: () => undefined,
  arrived: () => undefined,
  ignored: () => undefined,
};

function numberOf(fate: Fate): number {
  return FATES.indexOf(fate);
}

function columnsOf(commits: OwnLog['commits']): Recording['commits'] {
  return {
    revision: commits.map(({ revision }) => revision),
    timeUs: commits.map(({ timeUs }) => timeUs),
  };
}
