/**
 * The line above the diagram of a violated run: how much of it led to the violation, how much is left out, and a button
 * that shows the rest. Invariant: its words and its button agree with the diagram.
 */
import type { Past, Rest } from '../data/past.js';
import { button, element, setText } from '../page/dom.js';
import { formatCount } from '../page/format.js';

export interface PastControlRequest {
  readonly past: Past;
  /** What did not lead to it. */
  readonly rest: Rest;
  toggle(): void;
  /** Shows only what led to the violation. */
  hideRest(): void;
}

export class PastControl {
  readonly root: HTMLElement;
  readonly #past: Past;
  readonly #rest: Rest;
  readonly #words = element('p', { class: 'past-words', role: 'status' });
  readonly #button: HTMLButtonElement;

  constructor({ past, rest, toggle, hideRest }: PastControlRequest, isLimited: boolean) {
    this.#past = past;
    this.#rest = rest;
    this.#button = button('', toggle, { class: 'limit', 'aria-keyshortcuts': 'A' });
    this.root = element('div', { class: 'past-control' }, this.#words, this.#button);
    this.root.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') hideRest();
    });
    this.show(isLimited);
  }

  show(isLimited: boolean): void {
    const { operations, messages } = this.#past;
    const led = countsOf({ operations: operations.size, messages: messages.size });
    const others = countsOf(this.#rest);
    const are = this.#rest.messages + this.#rest.operations === 1 ? 'is' : 'are';
    const further = this.#past.isWhole ? '' : ' Causes further back are not among them.';
    setText(
      this.#words,
      isLimited
        ? `${led} led to the violation.${further} ${others} ${are} left out.`
        : `${led} led to the violation and stand out.${further} ${others} ${are} pale.`,
    );
    const all = messages.size + this.#rest.messages;
    const everything =
      all === 0 ? nounOf(operations.size + this.#rest.operations, 'operation') : nounOf(all, 'message');
    setText(this.#button, isLimited ? `Show all ${everything}` : 'Show only what led to it');
  }
}

function countsOf({ messages, operations }: Rest): string {
  return [
    ...(messages === 0 ? [] : [nounOf(messages, 'message')]),
    ...(operations === 0 ? [] : [nounOf(operations, 'operation')]),
  ].join(' and ');
}

function nounOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
