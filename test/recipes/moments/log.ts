/** What etcd's log has of a namespace, and what a call may have told of itself in view of it. */
import type { Namespace } from 'etcd3';
import { expect } from 'vitest';
import { RecipeError } from '../../../src/index.js';

/** One change of one key. */
export interface LogEntry {
  readonly kind: 'put' | 'delete';
  readonly key: string;
  readonly value: string;
  readonly lease: string;
  readonly revision: number;
}

const LAST = 'end of the log';

/** Every change of the namespace's keys, from the first one, commit records left out. */
export async function logOf(client: Namespace): Promise<LogEntry[]> {
  const log: LogEntry[] = [];
  const watcher = await client.watch().prefix('').startRevision('1').create();
  const complete = new Promise<void>((resolve) => {
    watcher.on('data', ({ events }) => {
      for (const { type, kv } of events) {
        const key = kv.key.toString();
        if (key === LAST) resolve();
        else if (!key.includes('-commits/')) {
          const kind = type === 'Put' ? 'put' : 'delete';
          const [value, lease, revision] = [kv.value.toString(), kv.lease, Number(kv.mod_revision)];
          log.push({ kind, key, value, lease, revision });
        }
      }
    });
  });
  await client.put(LAST).value('');
  await complete;
  await watcher.cancel();
  return log;
}

/** How a call ended. */
export type End =
  | { readonly kind: 'ok'; readonly answer: string }
  | { readonly kind: 'given up' | 'definite' | 'indefinite' }
  /** Its process died. */
  | { readonly kind: 'unknown' };

/** What the call resolved with, if it did. */
export function answerOf(end: End): string | undefined {
  return end.kind === 'ok' ? end.answer : undefined;
}

/** How the call ends; `reason` is that of the signal it is given up by. */
export async function endOf(call: Promise<string>, reason: unknown): Promise<End> {
  try {
    return { kind: 'ok', answer: await call };
  } catch (error) {
    if (error === reason) return { kind: 'given up' };
    if (!(error instanceof RecipeError)) throw error;
    return { kind: error.definite ? 'definite' : 'indefinite' };
  }
}

/** Holds what it told against what happened. */
export function expectTrue(end: End, times: number, context: unknown): void {
  const allowed = { ok: [1], 'given up': [0], definite: [0], indefinite: [0, 1], unknown: [0, 1] }[end.kind];
  expect({ context, end, times, allowed: allowed.includes(times) }).toEqual({
    context,
    end,
    times,
    allowed: true,
  });
}
