/**
 * What an API server answered, as lines that two servers can be compared by. Invariant: a line has nothing that
 * may differ between two right servers: no ids, no times, no numbers of revisions.
 */
import type { Answer, ApiObject, WatchEvent } from '../api.js';

export class Transcript {
  readonly lines: string[] = [];

  /** @param value anything that JSON can hold */
  note(what: string, value: unknown): void {
    this.lines.push(`${what}: ${JSON.stringify(value)}`);
  }

  /** How a request was answered, and what the object says that came back. */
  answer(what: string, { code, body }: Answer): void {
    this.note(what, { code, ...summaryOf(body) });
  }

  events(what: string, events: readonly WatchEvent[]): void {
    this.note(
      what,
      events.map(({ type, object }) => ({ type, ...summaryOf(object) })),
    );
  }
}

function summaryOf(object: ApiObject): object {
  const { kind, metadata = {}, reason, message, data, items } = object;
  return {
    kind,
    name: metadata.name,
    reason,
    message: typeof message === 'string' ? withoutNumbers(message) : undefined,
    data,
    labels: metadata.labels,
    finalizers: metadata.finalizers,
    isDeleting: metadata.deletionTimestamp === undefined ? undefined : true,
    items: Array.isArray(items) ? items.length : undefined,
  };
}

/** Ids of objects, revisions and addresses differ between two servers. */
function withoutNumbers(message: string): string {
  return message
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replace(/\d{2,}/g, 'N')
    .slice(0, 300);
}

/** The first line in which the two differ; undefined if none does. */
export function firstDifference(
  one: readonly string[],
  other: readonly string[],
): { readonly line: number; readonly one: string; readonly other: string } | undefined {
  for (let line = 0; line < Math.max(one.length, other.length); line++) {
    if (one[line] === other[line]) continue;
    return { line: line + 1, one: one[line] ?? 'nothing more', other: other[line] ?? 'nothing more' };
  }
  return undefined;
}
