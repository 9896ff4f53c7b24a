/** What happened, in one sentence. Pure. */
import type { LogEntry } from '../history/history.js';
import type { Messages } from './messages.js';
import type { Happening } from './happenings.js';
import { fates } from './tables.js';
import type { RecordedRun } from './recorded-run.js';

/** A sentence without its time, and the actor that it belongs to. */
export interface HappeningWords {
  readonly actor: string;
  readonly text: string;
}

export function describeHappening(
  { kind, item }: Happening,
  run: RecordedRun,
  messages: Messages | undefined,
): HappeningWords {
  const { result, recording } = run;
  switch (kind) {
    case 'invoke':
    case 'return': {
      const operation = result.operations[item];
      const { node = '', name = '', id = '', outcome } = operation ?? {};
      if (kind === 'invoke') return { actor: node, text: `begins ${name} ${id}` };
      const end = outcome?.kind === 'ok' ? 'is ok' : (outcome?.kind ?? '');
      const why = outcome === undefined || outcome.kind === 'ok' ? '' : `: ${outcome.error.message}`;
      return { actor: node, text: `${name} ${id} ${end}${why}` };
    }
    case 'departure':
    case 'arrival':
      return messages === undefined ? { actor: '', text: '' } : describeMessage(kind, item, run, messages);
    case 'commit': {
      const revision = recording?.commits.revision[item] ?? 0;
      const changes = entryOf(result.log, revision)?.events ?? [];
      const text = changes.map(({ type, key, value }) =>
        type === 'delete' ? `${key} deleted` : `${key} = ${value}`,
      );
      return {
        actor: 'etcd',
        text: `makes revision ${revision}${text.length === 0 ? '' : `: ${text.join(', ')}`}`,
      };
    }
    case 'fault begins':
    case 'fault ends': {
      const { text = '' } = result.faults[item] ?? {};
      return { actor: 'fault', text: `${kind === 'fault begins' ? 'begins' : 'ends'}: ${text}` };
    }
    case 'crashed':
    case 'restarted': {
      const incident = result.incidents?.[item];
      const node = incident !== undefined && 'node' in incident ? incident.node : '';
      return { actor: node, text: kind === 'crashed' ? 'crashes' : 'starts again' };
    }
    case 'lease expired': {
      const incident = result.incidents?.[item];
      const keys = incident?.kind === 'lease expired' ? incident.keys : [];
      return { actor: 'etcd', text: `deletes ${keys.join(', ')}, whose lease has expired` };
    }
    default:
      return kind satisfies never;
  }
}

/** The entry of a revision; the log is in their order. */
function entryOf(log: readonly LogEntry[], revision: number): LogEntry | undefined {
  let low = 0;
  let high = log.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const entry = log[middle];
    if (entry === undefined || entry.revision === revision) return entry;
    if (entry.revision < revision) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

function describeMessage(
  kind: 'departure' | 'arrival',
  message: number,
  { recording }: RecordedRun,
  messages: Messages,
): HappeningWords {
  const call = messages.call[message] ?? 0;
  const name = (end: number | undefined) => recording?.actors[end ?? -1] ?? '';
  const method = `${recording?.methods[recording.calls.method[call] ?? 0] ?? ''} #${recording?.calls.number[call] ?? 0}`;
  const [from, to] = [name(messages.from[message]), name(messages.to[message])];
  const isReply = messages.isReply[message] === 1;
  const fate = fates[messages.fate[message] ?? 0];
  if (kind === 'departure') {
    const what = isReply ? `answers ${method} of ${to}` : `sends ${method} to ${to}`;
    return { actor: from, text: fate === 'lost' ? `${what}, and it is lost` : what };
  }
  const what = isReply ? `hears the answer of ${from} to ${method}` : `gets ${method} of ${from}`;
  return { actor: to, text: fate === 'ignored' ? `${what}, too late` : what };
}
