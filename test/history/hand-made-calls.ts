/** Calls, logs and watches in compact notation, for hand-written tests. */
import type {
  Call,
  CallMoment,
  FailedComparison,
  KeyRead,
  Look,
  Watched,
  Written,
} from '../../sim/history/calls.js';
import type { LogEntry, LogEvent, Operation } from '../../sim/history/history.js';
import type { Moment } from '../../sim/history/moment.js';

/** The moment with this number in every order. */
export function at(number: number): CallMoment {
  return { sequence: number, timeUs: number * 1000, order: number };
}

export interface CallWords {
  /** Such as `n1-2`, of node `n1`. */
  readonly by: string;
  /** Of the operation; `work` by default. */
  readonly name?: string;
  readonly sent: number;
  /** Infinity if it has not returned; right after it was sent by default. */
  readonly returned?: number;
  readonly method?: string;
  readonly answered?: boolean;
  /** Such as `3: a b-`: at revision 3, a was put and b deleted. */
  readonly wrote?: number | string;
  /** When the member answered. */
  readonly wroteAt?: number;
  /** Such as `a@3`. */
  readonly reads?: readonly string[];
  /** Such as `a@4` for the key alone, `a*@4` for every key with the prefix. */
  readonly looks?: readonly string[];
  readonly watches?: readonly Watched[];
  /** A comparison of this key's create revision with 0 that failed, such as `a@3`. */
  readonly failed?: string;
}

export function call(words: CallWords): Call {
  const { by, sent, returned = sent + 1, method = 'KV.Txn', answered = true } = words;
  const then = at(returned);
  return {
    node: nodeOf(by),
    ...(by.includes('-') ? { operation: by, operationName: words.name ?? 'work' } : {}),
    ...{ member: 'm1', method, sent: at(sent), answered },
    ...(words.returned === Infinity ? {} : { returned: then }),
    ...(words.wrote === undefined
      ? {}
      : { wrote: { ...writtenOf(words.wrote), known: 'answered', at: at(words.wroteAt ?? sent) } }),
    reads: (words.reads ?? []).map((text) => readOf(text, then)),
    looks: (words.looks ?? []).map((text) => lookOf(text, then)),
    watches: words.watches ?? [],
    ...(words.failed === undefined ? {} : { failed: failedOf(words.failed) }),
  };
}

function failedOf(text: string): FailedComparison {
  const [key = '', revision = ''] = text.split('@');
  return { key, of: 'create revision', relation: '=', expected: '0', revision: Number(revision) };
}

/** A stream that still exists. */
export function watch(by: string, watched: Watched, reads: readonly string[] = []): Call {
  return {
    ...call({ by, sent: watched.asked.order, method: 'Watch.Watch', watches: [watched], reads }),
    ...(watched.state === 'open' ? { returned: at(Number.MAX_SAFE_INTEGER) } : {}),
  };
}

export function watchOf(
  keys: string,
  { by, from, ...more }: { readonly by?: string; readonly from: number } & Partial<Watched>,
): Watched {
  return {
    ...rangeOf(keys),
    ...(by === undefined ? {} : { operation: by }),
    ...(from > 0 ? { createdRevision: from } : {}),
    ...{ asked: at(0), fromRevision: from, state: 'open', ...more },
  };
}

/** Such as `3: a=1 b`: at revision 3, a was put and b deleted. */
export function log(...entries: readonly string[]): LogEntry[] {
  return entries.map((text) => {
    const [revision = '', changes = ''] = text.split(': ');
    return { revision: Number(revision), events: changes.split(' ').map(eventOf) };
  });
}

/** An operation from one moment to another; without the second it has not returned. */
export function operation(id: string, from: number, until?: number): Operation {
  const moment = (sequence: number): Moment => ({ sequence, timeUs: sequence * 1000 });
  return {
    ...{ id, node: nodeOf(id), name: 'work', input: null, invoke: moment(from) },
    ...(until === undefined ? {} : { return: moment(until), outcome: { kind: 'ok', output: null } }),
  };
}

function nodeOf(id: string): string {
  return id.split('-')[0] ?? '';
}

function readOf(text: string, then: CallMoment): KeyRead {
  const [key = '', revision = ''] = text.split('@');
  return { key, revision: Number(revision), at: then };
}

function writtenOf(words: number | string): Pick<Written, 'revision' | 'changes'> {
  const [revision = '', keys = ''] = String(words).split(': ');
  const changes = keys
    .split(' ')
    .filter((key) => key !== '')
    .map((key) => ({
      key: key.replace(/-$/, ''),
      type: key.endsWith('-') ? ('delete' as const) : ('put' as const),
    }));
  return { revision: Number(revision), changes };
}

function lookOf(text: string, then: CallMoment): Look {
  const [keys = '', revision = ''] = text.split('@');
  return { ...rangeOf(keys), revision: Number(revision), complete: true, at: then };
}

function rangeOf(keys: string): { readonly key: string; readonly rangeEnd?: string } {
  if (!keys.endsWith('*')) return { key: keys };
  const key = keys.slice(0, -1);
  const last = key.length - 1;
  return { key, rangeEnd: key.slice(0, last) + String.fromCharCode(key.charCodeAt(last) + 1) };
}

function eventOf(change: string): LogEvent {
  const [key = '', value] = change.split('=');
  const type = value === undefined ? ('delete' as const) : ('put' as const);
  return { type, key, value: value ?? '', createRevision: 1, version: 1 };
}
