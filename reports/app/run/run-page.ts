/** The page of a run, and of the smaller one that shrinking made of it. */
import type { PageRun, RunPage } from '../../../sim/report/page/page-data.js';
import { unpackRun, type ShownRun } from '../data/unpack.js';
import { downloads } from '../export/downloads.js';
import { counters, faults, parameters, summary } from '../facts/facts.js';
import { readAddress, showAddress, writeAddress, type AddressParts } from '../page/address.js';
import { element, section } from '../page/dom.js';
import { checks } from '../story/checks.js';
import { futures } from '../story/futures.js';
import { runHead, runFacts } from '../story/run-head.js';
import { problems, skips } from '../story/problems.js';
import { replayBox } from '../story/replay.js';
import { story, type StoryActions } from '../story/story.js';
import { eventList, happeningList } from '../trace/lists.js';
import { pagedTable } from '../trace/paged-table.js';
import { comparison } from './comparison.js';
import { runSwitch, type Choice } from './run-switch.js';
import { RunView } from './run-view.js';

/** Builds the page into the document: the first screen at once, everything below once that is painted. */
export class RunPageView {
  readonly #page: RunPage;
  readonly #main = element('main', {});
  #choice: Choice;
  #original: ShownRun | undefined;
  #shrunk: ShownRun | undefined;
  #views: RunView[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The address that this page has written itself. */
  #written: string | undefined;

  constructor(page: RunPage) {
    this.#page = page;
    this.#choice = page.shrunk === undefined ? 'original' : 'shrunk';
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
    const isChoice = run === 'original' || run === 'both' || run === 'shrunk';
    if (this.#page.shrunk !== undefined && isChoice) this.#choice = run;
    this.#build(address);
  }

  #build(address: AddressParts): void {
    const { run, shrunk } = this.#page;
    delete this.#main.dataset['built'];
    this.#views = [];
    this.#main.replaceChildren(this.#head(this.#choice === 'original' ? run : (shrunk ?? run)));
    afterPaint(() => {
      this.#main.append(...this.#rest(address));
      this.#main.dataset['built'] = '';
    });
  }

  #head(page: PageRun): HTMLElement {
    const { result } = page;
    const told = story(
      page,
      actionsOf(() => this.#views[0]),
    );
    const { run, shrunk } = this.#page;
    return element(
      'div',
      {},
      runHead(
        page,
        replayBox(result.replay),
        ...(told.length === 0 ? [] : [element('div', { class: 'story' }, ...told)]),
        runFacts(page),
        ...page.cuts.map((cut) => element('p', { class: 'cut' }, cut)),
      ),
      ...(shrunk === undefined
        ? []
        : [
            runSwitch(this.#choice, { original: run, shrunk }, (choice) => {
              this.#choice = choice;
              this.#build({});
              this.#changed();
            }),
          ]),
    );
  }

  #rest(address: AddressParts): HTMLElement[] {
    const { run, shrunk } = this.#page;
    const changed = (): void => this.#changed();
    if (this.#choice !== 'original' && shrunk !== undefined) this.#shrunk ??= unpackRun(shrunk);
    if (this.#choice !== 'shrunk') this.#original ??= unpackRun(run);
    if (this.#choice === 'both' && this.#shrunk !== undefined && this.#original !== undefined) {
      const small = new RunView(this.#shrunk, partsWith('', address), { changed });
      const whole = new RunView(this.#original, partsWith('original.', address), { changed });
      this.#views = [small, whole];
      return this.#sideBySide(small, whole);
    }
    const shown = this.#choice === 'original' ? this.#original : this.#shrunk;
    if (shown === undefined) return [];
    const view = new RunView(shown, partsWith('', address), { changed });
    this.#views = [view];
    return this.#alone(view, address);
  }

  #alone(view: RunView, address: AddressParts): HTMLElement[] {
    const { run } = view;
    const { result, page } = run;
    const explained = result.explanation === undefined ? undefined : futures(result.explanation);
    const parts = view.parts();
    const rates = view.charts();
    if (explained !== undefined) view.diagram.follow((...picture) => explained.chart.draw(...picture));
    const found = checks(result, (id) => view.showOperation(id));
    const checksComeFirst = result.verdict !== 'satisfied' && result.explanation === undefined;
    return [
      ...problems(result),
      // Where a story tells it, the picture follows the story.
      ...(checksComeFirst ? [found] : []),
      ...parts,
      ...(checksComeFirst ? [] : [found]),
      ...(explained === undefined ? [] : [explained.root]),
      ...rates,
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
    this.#main.dataset['address'] = 'late';
    this.#timer = setTimeout(() => {
      const [first, second] = this.#views;
      const open = this.#main.querySelector<HTMLDetailsElement>('details.folded-section[open]');
      const others = Object.entries(second?.address ?? {}).map(([name, value]) => [
        `original.${name}`,
        value,
      ]);
      this.#written = writeAddress({
        run: this.#page.shrunk === undefined || this.#choice === 'shrunk' ? undefined : this.#choice,
        ...first?.address,
        ...(Object.fromEntries(others) as Record<string, string | undefined>),
        open: open?.dataset['name'],
        find: open?.querySelector('input')?.value,
      });
      showAddress(this.#written);
      delete this.#main.dataset['address'];
    }, ADDRESS_AFTER_MS);
  }
}

/** An address that changes with every step of a held key is of no use, and browsers limit its changes. */
const ADDRESS_AFTER_MS = 150;

/** @param view undefined until it is built */
function actionsOf(view: () => RunView | undefined): StoryActions {
  return {
    show: (id) => view()?.showOperation(id),
    point: (id) => view()?.diagram.pointAt(id),
    showTime: (startUs, endUs) => view()?.diagram.focusTime(startUs, endUs),
    showMoment: (timeUs) => view()?.showMoment(timeUs),
  };
}

/** Calls back in a turn of its own, once what is in the document has been painted. */
function afterPaint(action: () => void): void {
  requestAnimationFrame(() => setTimeout(action));
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
