/** `Intl.DateTimeFormat` without a date means now, which in a node is what the node's clock says. */
import { currentNode } from '../node.js';
import { redefine, replace } from './replace.js';

type Format = (date?: unknown) => unknown;

function orNow(date: unknown): unknown {
  return date === undefined ? (currentNode()?.wallClockMs() ?? date) : date;
}

/** Replaces what formats a date that need not be given; returns how to restore it. */
export function replaceDateFormats(): (() => void)[] {
  // eslint-disable-next-line no-restricted-globals -- a formatter that nodes are kept from asking for the real time
  const prototype = Intl.DateTimeFormat.prototype;
  const format = Object.getOwnPropertyDescriptor(prototype, 'format')?.get as (this: unknown) => Format;
  const formatToParts = prototype.formatToParts as Format;
  return [
    redefine(prototype, 'format', {
      get(this: unknown): Format {
        const bound = format.call(this);
        return (date) => bound(orNow(date));
      },
    }),
    replace(prototype, 'formatToParts', function (this: unknown, date?: unknown) {
      return formatToParts.call(this, orNow(date));
    }),
  ];
}
