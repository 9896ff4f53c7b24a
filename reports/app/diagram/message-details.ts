/** The details of a message: short in a tooltip, complete in a panel. */
import type { Messages } from '../../../sim/moment/messages.js';
import { fates } from '../../../sim/moment/tables.js';
import type { ShownRun } from '../data/unpack.js';
import { element, terms, type Term } from '../page/dom.js';
import { formatCount, formatDuration, formatTime } from '../page/format.js';

/** What a message is, in words. */
export interface MessageWords {
  readonly method: string;
  readonly call: number;
  readonly from: string;
  readonly to: string;
  /** Undefined outside of every operation. */
  readonly operation: string | undefined;
  readonly isReply: boolean;
  readonly departUs: number;
  readonly arriveUs: number | undefined;
  readonly bytes: number;
  readonly end: string;
}

export function messageWords({ recording }: ShownRun, messages: Messages, message: number): MessageWords {
  const call = messages.call[message] ?? 0;
  const arriveUs = messages.arriveUs[message] ?? -1;
  const fate = fates[messages.fate[message] ?? 0];
  return {
    method: recording?.methods[recording.calls.method[call] ?? 0] ?? '',
    call: recording?.calls.number[call] ?? 0,
    from: recording?.actors[messages.from[message] ?? 0] ?? '',
    to: recording?.actors[messages.to[message] ?? 0] ?? '',
    operation: recording?.operations[recording.calls.operation[call] ?? -1],
    isReply: messages.isReply[message] === 1,
    departUs: messages.departUs[message] ?? 0,
    arriveUs: arriveUs === -1 || fate === 'lost' ? undefined : arriveUs,
    bytes: messages.bytes[message] ?? 0,
    end: endText(fate),
  };
}

function endText(fate: (typeof fates)[number] | undefined): string {
  switch (fate) {
    case 'arrived':
      return 'arrived';
    case 'lost':
      return 'lost: a fault took it, or its connection broke on the way';
    case 'ignored':
      return 'came too late: its caller had given the call up';
    default:
      return 'never arrived before the run ended';
  }
}

/** Two or three lines. */
export function messageBrief(words: MessageWords): string[] {
  const { method, call, from, to, isReply, departUs, arriveUs, end } = words;
  return [
    `${from} → ${to}: ${isReply ? 'answer to ' : ''}${method} #${call}`,
    arriveUs === undefined
      ? `${formatTime(departUs)}, ${end}`
      : `${formatTime(departUs)} to ${formatTime(arriveUs)}, took ${formatDuration(arriveUs - departUs)}`,
    ...(end === 'arrived' || arriveUs === undefined ? [] : [end]),
  ];
}

export function messagePanel(words: MessageWords, showOperation: (id: string) => void): HTMLElement {
  const { method, call, from, to, operation, isReply, departUs, arriveUs, bytes, end } = words;
  const rows: Term[] = [
    { label: 'Left', value: `${from} at ${formatTime(departUs)}` },
    {
      label: 'Arrived',
      value:
        arriveUs === undefined
          ? 'never'
          : `${to} at ${formatTime(arriveUs)}, after ${formatDuration(arriveUs - departUs)}`,
    },
    ...(end === 'arrived' ? [] : [{ label: 'End', value: end }]),
    { label: 'Size', value: `${formatCount(bytes)} bytes` },
  ];
  if (operation !== undefined) {
    const link = element('button', { type: 'button', class: 'witness' }, operation);
    link.addEventListener('click', () => showOperation(operation));
    rows.push({ label: 'Operation', value: link });
  }
  return element(
    'div',
    { class: 'operation' },
    element(
      'h3',
      {},
      `${isReply ? 'Answer to ' : ''}${method} `,
      element('span', { class: 'quiet' }, `call ${call}, ${from} → ${to}`),
    ),
    terms(rows),
  );
}
