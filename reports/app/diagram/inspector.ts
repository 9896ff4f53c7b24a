/** What the diagram says about one thing: a tooltip under the pointer, a panel for what is selected. */
import type { Messages } from '../../../sim/moment/messages.js';
import { witnessesOf } from '../data/operations.js';
import { isInPast, type Past } from '../data/past.js';
import type { ShownRun } from '../data/unpack.js';
import { element } from '../page/dom.js';
import { brief, operationPanel } from './details.js';
import type { Hit, Point } from './geometry.js';
import { messageBrief, messagePanel, messageWords, type MessageWords } from './message-details.js';
import type { Bar, Scene } from './scene.js';

/** An operation or a message, or nothing. */
export interface Selection {
  readonly bar: Bar | undefined;
  /** Position among all messages. */
  readonly message: number | undefined;
}

export const NOTHING: Selection = { bar: undefined, message: undefined };

export class Inspector {
  readonly tooltip = element('div', { class: 'tooltip', hidden: true });
  readonly panel = element('div', { class: 'panel', 'aria-live': 'polite' });
  /** Operations that show a violation, each with the checks it is a witness of. */
  readonly witnesses: ReadonlyMap<string, readonly string[]>;
  readonly #run: ShownRun;
  readonly #messages: Messages | undefined;

  constructor(run: ShownRun, messages: Messages | undefined) {
    this.#run = run;
    this.#messages = messages;
    this.witnesses = witnessesOf(run.result);
  }

  /** @param width of the plot, out of which it must not reach */
  point(hit: Hit | undefined, point: Point | undefined, { arrows }: Scene, width: number): void {
    this.tooltip.hidden = hit === undefined;
    if (hit === undefined || point === undefined) return;
    const lines = brief(hit, (arrow) => {
      const words = this.#wordsOf(arrows.message[arrow]);
      return words === undefined ? [] : messageBrief(words);
    });
    this.tooltip.replaceChildren(...lines.map((line) => element('span', { class: 'line' }, line)));
    const left = Math.min(point.x + 14, width - this.tooltip.offsetWidth - 4);
    this.tooltip.style.left = `${Math.max(4, left)}px`;
    this.tooltip.style.top = `${point.y + 18}px`;
  }

  select({ bar, message }: Selection, scene: Scene, showOperation: (id: string) => void): void {
    const words = this.#wordsOf(message);
    this.panel.replaceChildren(
      ...(words !== undefined
        ? [messagePanel(words, showOperation)]
        : bar !== undefined
          ? [operationPanel(bar, this.#run.result, scene, this.witnesses)]
          : []),
    );
  }

  /** Messages that stand back: of others than the selected operation or message, or of those that led to nothing. */
  fading(
    { bar, message }: Selection,
    { arrows }: Scene,
    past: Past | undefined,
  ): ((arrow: number) => boolean) | undefined {
    const { recording } = this.#run;
    const messages = this.#messages;
    if (recording === undefined || messages === undefined) return undefined;
    const callOf = (arrow: number) => messages.call[arrows.message[arrow] ?? 0] ?? 0;
    if (message !== undefined) {
      const call = messages.call[message];
      return (arrow) => callOf(arrow) !== call;
    }
    if (bar === undefined) return past && ((arrow) => !isInPast(past, arrows.message[arrow] ?? -1));
    const operation = recording.operations.indexOf(bar.operation.id);
    return (arrow) => recording.calls.operation[callOf(arrow)] !== operation;
  }

  methodOf(message: number | undefined): string {
    return this.#wordsOf(message)?.method ?? '';
  }

  #wordsOf(message: number | undefined): MessageWords | undefined {
    const messages = this.#messages;
    if (messages === undefined || message === undefined || message >= messages.count) return undefined;
    return messageWords(this.#run, messages, message);
  }
}
