/** The page of a run, and of the smaller one that shrinking made of it. */
import type { RunPage } from '../../../sim/report/page/page-data.js';
import { unpackRun, type ShownRun } from '../data/unpack.js';
import { downloads } from '../export/downloads.js';
import { counters, faults, parameters, summary } from '../facts/facts.js';
import { readAddress, showAddress, writeAddress, type AddressParts } from '../page/address.js';
import { element, section } from '../page/dom.js';
import { checks } from '../story/checks.js';
import { futures } from '../story/futures.js';
import { masthead, runFacts } from '../story/masthead.js';
import { problems, skips } from '../story/problems.js';
import { replayBox } from '../story/replay.js';
import { story, type StoryActions } from '../story/story.js';
import { eventList, happeningList } from '../trace/lists.js';
import { pagedTable } from '../trace/paged-table.js';
import { comparison } from './comparison.js';
import { RunSwitch, type Choice } from './run-switch.js';
import { RunView } from './run-view.js';

/** Builds the page into the document. */
export class RunPageView {
  readonly #original: ShownRun;
  readonly #shrunk: ShownRun | undefined;
  readonly #main = element('main', {});
  #choice: Choice;
  #views: RunView[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The address that this page has written itself. */
  #written: string | undefined;

  constructor({ run, shrunk }: RunPage) {
    this.#original = unpackRun(run);
    this.#shrunk = shrunk === undefined ? undefined : unpackRun(shrunk);
    this.#choice = this.#shrunk === undefined ? 'original' : 'shrunk';
    document.body.append(this.#main);
    this.#showAddress();
    addEventListener('hashchange', () => {
      if (location.hash.slice(1) !== this.#written) this.#showAddress();
    });
  }

  /** Draws everything again, for a plot of this width on paper. */
  repaint(width?: number): void {
    for (const view of this.#views) view.diagram.repaint(width);
  }

  #showAddress(): void {
    const address = readAddress(location.hash);
    const { run } = address;
    if (this.#shrunk !== undefined && (run === 'original' || run === 'both' || run === 'shrunk'))
      this.#choice = run;
    this.#build(address);
  }

  #build(address: AddressParts): void {
    const changed = (): void => this.#changed();
    const shown = this.#choice === 'original' ? this.#original : (this.#shrunk ?? this.#original);
    if (this.#choice === 'both' && this.#shrunk !== undefined) {
      const small = new RunView(this.#shrunk, partsWith('', address), { changed });
      const whole = new RunView(this.#original, partsWith('original.', address), { changed });
      this.#views = [small, whole];
      this.#main.replaceChildren(this.#head(shown, small), ...this.#sideBySide(small, whole));
    } else {
      const view = new RunView(shown, partsWith('', address), { changed });
      this.#views = [view];
      this.#main.replaceChildren(this.#head(shown, view), ...this.#alone(view, address));
    }
  }

  #head(shown: ShownRun, view: RunView): HTMLElement {
    const { result, page } = shown;
    const told = story(shown, actionsOf(view));
    return element(
      'div',
      {},
      masthead(
        result,
        page.sentence,
        replayBox(result.replay),
        ...(told.length === 0 ? [] : [element('div', { class: 'story' }, ...told)]),
        runFacts(result),
        ...page.cuts.map((cut) => element('p', { class: 'cut' }, cut)),
      ),
      ...(this.#shrunk === undefined
        ? []
        : [
            new RunSwitch(
              this.#choice,
              { original: this.#original.result, shrunk: this.#shrunk.result },
              (choice) => {
                this.#choice = choice;
                this.#build({});
                this.#changed();
              },
            ).root,
          ]),
    );
  }

  #alone(view: RunView, address: AddressParts): HTMLElement[] {
    const { run } = view;
    const { result, page } = run;
    const explained = result.explanation === undefined ? undefined : futures(result.explanation);
    const parts = view.parts();
    const rates = view.charts();
    if (explained !== undefined) view.diagram.follow((...picture) => explained.chart.draw(...picture));
    return [
      ...problems(result),
      ...(result.verdict === 'satisfied' ? [] : [checks(result, (id) => view.showOperation(id))]),
      ...parts,
      ...(explained === undefined ? [] : [explained.root]),
      ...rates,
      ...(result.verdict === 'satisfied' ? [checks(result, (id) => view.showOperation(id))] : []),
      ...skips(result),
      faults(result),
      element('div', { class: 'facts-grid' }, ...summary(result), ...counters(result), parameters(page)),
      ...this.#lists(view, address),
      section(
        'Export',
        downloads(run, view.messages, () => view.happenings),
      ),
    ];
  }

  #sideBySide(small: RunView, whole: RunView): HTMLElement[] {
    const column = (title: string, view: RunView) =>
      element('div', { class: 'side' }, element('h2', {}, title), ...view.parts());
    return [
      element('div', { class: 'sides' }, column('Shrunk', small), column('Original', whole)),
      comparison(small.run.page, whole.run.page),
    ];
  }

  #lists(view: RunView, address: AddressParts): HTMLElement[] {
    const { run, messages, happenings } = view;
    const { recording, result } = run;
    const cursorUs = (): number => view.cursorUs;
    const filtered = (): void => this.#changed();
    const folded = (title: string, name: string, make: () => HTMLElement) => {
      const details = element('details', { class: 'section folded-section', open: address['open'] === name });
      details.append(element('summary', {}, element('h2', {}, title)));
      const fill = (): void => {
        if (details.open && details.childElementCount === 1) details.append(make());
      };
      details.addEventListener('toggle', () => {
        fill();
        this.#changed();
      });
      details.dataset['name'] = name;
      fill();
      return details;
    };
    const filter = address['find'] ?? '';
    return [
      folded('Everything that happened', 'happened', () => {
        const list = happeningList(happenings, run, messages);
        return pagedTable({ list, noun: 'moments', filter, cursorUs, filtered }).root;
      }),
      ...(recording === undefined
        ? []
        : [
            folded('Raw trace', 'trace', () => {
              const list = eventList(recording.events, recording.actors, result.trace?.events ?? 0);
              return pagedTable({ list, noun: 'events', filter, cursorUs, filtered }).root;
            }),
          ]),
    ];
  }

  /** The address follows the page, a moment later. */
  #changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const [first, second] = this.#views;
      const open = this.#main.querySelector<HTMLDetailsElement>('details.folded-section[open]');
      const others = Object.entries(second?.address ?? {}).map(([name, value]) => [
        `original.${name}`,
        value,
      ]);
      this.#written = writeAddress({
        run: this.#shrunk === undefined || this.#choice === 'shrunk' ? undefined : this.#choice,
        ...first?.address,
        ...(Object.fromEntries(others) as Record<string, string | undefined>),
        open: open?.dataset['name'],
        find: open?.querySelector('input')?.value,
      });
      showAddress(this.#written);
    }, ADDRESS_AFTER_MS);
  }
}

/** An address that changes with every step of a held key is of no use, and browsers limit its changes. */
const ADDRESS_AFTER_MS = 150;

function actionsOf(view: RunView): StoryActions {
  return {
    show: (id) => view.showOperation(id),
    point: (id) => view.diagram.pointAt(id),
    showTime: (startUs, endUs) => view.diagram.focusTime(startUs, endUs),
    showMoment: (timeUs) => view.showMoment(timeUs),
  };
}

/** The parts of the address with this prefix, without it. */
function partsWith(prefix: string, address: AddressParts): AddressParts {
  if (prefix === '') return address;
  return Object.fromEntries(
    Object.entries(address).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}
