/**
 * Stops a run in the user's own code when an event comes, for a debugger that is attached to this process. Breakpoints lie
 * at every statement of that code while the event lasts, and the first one that is reached stands for all. Invariant: time
 * does not pass then, and the run and its trace are those without a stop.
 */
import { Session, type Debugger } from 'node:inspector';
import { outsideEveryNode } from '../../engine/node.js';
import type { EventObserver, HappenedEvent } from '../../engine/steps.js';

export interface Stop {
  /** The event that reached the code: the one asked for, or the next one that runs code of the user's. */
  readonly event: HappenedEvent;
  /** The path of the file, and the line: `lock.ts:31`. */
  readonly place: string;
}

export interface BreakRequest {
  /** The number of the event. */
  readonly event: number;
  /** Whether this is code in which the run may stop; by its URL. */
  isOfUser(url: string): boolean;
  /** Called while the run stands. */
  onStop(stop: Stop): void;
}

export interface Break {
  /** Hears every event of the run before it happens. */
  readonly onEvent: EventObserver;
  /** Where it has stopped; undefined if it never did. */
  readonly stop: Stop | undefined;
  /** Takes everything away again. */
  end(): void;
}

/** The run must begin after this. */
export function breakAt(request: BreakRequest): Break {
  const breakpoints = new Breakpoints(request.isOfUser);
  let stop: Stop | undefined;
  /** The node in whose code to stop; any, where the event is of no node. */
  let node: string | undefined;
  let armed: HappenedEvent | undefined;
  breakpoints.onHit = (place) => {
    if (armed === undefined || stop !== undefined) return;
    stop = { event: armed, place };
    breakpoints.clear();
    // This is the user's code: what it calls must not count as a node's.
    outsideEveryNode(() => stop && request.onStop(stop));
  };
  return {
    onEvent(event) {
      if (armed !== undefined) breakpoints.clear();
      armed = undefined;
      if (stop !== undefined || event.number < request.event) return;
      if (event.number === request.event) node = event.node;
      if (event.node === undefined || event.node !== (node ?? event.node)) return;
      armed = event;
      breakpoints.set();
    },
    get stop() {
      return stop;
    },
    end() {
      breakpoints.end();
    },
  };
}

/** Breakpoints at every statement of the user's code. */
class Breakpoints {
  onHit: (place: string) => void = () => undefined;
  readonly #session = new Session();
  readonly #scripts = new Map<string, Debugger.ScriptParsedEventDataType>();
  /** The possible ones of each script. */
  readonly #locations = new Map<string, readonly Debugger.Location[]>();
  #set: string[] = [];

  constructor(isOfUser: (url: string) => boolean) {
    this.#session.connect();
    this.#session.on('Debugger.scriptParsed', ({ params }) => {
      if (isOfUser(params.url)) this.#scripts.set(params.scriptId, params);
    });
    this.#session.on('Debugger.paused', ({ params }) => {
      const [frame] = params.callFrames;
      const isOurs = (params.hitBreakpoints ?? []).some((id) => this.#set.includes(id));
      if (frame === undefined || !isOurs) return;
      const url = this.#scripts.get(frame.location.scriptId)?.url ?? frame.url;
      this.onHit(`${decodeURI(url.replace(/^file:\/\//, ''))}:${frame.location.lineNumber + 1}`);
    });
    this.#session.post('Debugger.enable');
  }

  set(): void {
    for (const { scriptId } of this.#scripts.values()) {
      for (const location of this.#locationsOf(scriptId)) {
        this.#session.post('Debugger.setBreakpoint', { location }, (error, made) => {
          if (error === null) this.#set.push(made.breakpointId);
        });
      }
    }
  }

  clear(): void {
    for (const breakpointId of this.#set) this.#session.post('Debugger.removeBreakpoint', { breakpointId });
    this.#set = [];
  }

  end(): void {
    this.clear();
    this.#session.disconnect();
  }

  #locationsOf(scriptId: string): readonly Debugger.Location[] {
    const known = this.#locations.get(scriptId);
    if (known !== undefined) return known;
    let locations: readonly Debugger.Location[] = [];
    const start = { scriptId, lineNumber: 0, columnNumber: 0 };
    // The answer comes before the call returns.
    this.#session.post('Debugger.getPossibleBreakpoints', { start }, (error, found) => {
      if (error === null) locations = found.locations;
    });
    this.#locations.set(scriptId, locations);
    return locations;
  }
}
