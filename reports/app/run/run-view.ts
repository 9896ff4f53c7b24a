/**
 * One run on the page: its diagram, the moment that the cursor shows, its charts and its lists. Invariant: the diagram,
 * the slider and the state show the same moment.
 */
import type { Ending } from '../../../sim/report/describe-run.js';
import { ratesChart } from '../charts/rates-chart.js';
import { describeHappening } from '../../../sim/moment/describe-happening.js';
import { happeningsOf, type Happening } from '../../../sim/moment/happenings.js';
import { messagesOf, type Messages } from '../../../sim/moment/messages.js';
import { endings } from '../data/operations.js';
import { pastOf, restOf, type Past } from '../data/past.js';
import { countBelow, countUpTo } from '../../../sim/moment/search.js';
import { StateIndex } from '../../../sim/moment/state-at.js';
import type { ShownRun } from '../data/unpack.js';
import { STYLES, type Style } from '../diagram/arrows.js';
import { Diagram } from '../diagram/diagram.js';
import { readNames, readNumber, type AddressParts } from '../page/address.js';
import { element, section, setText } from '../page/dom.js';
import { formatTime } from '../page/format.js';
import { statePanel, type StatePanel } from '../state/state-panel.js';
import { PastControl } from './past-control.js';
import { Slider } from './slider.js';

export interface RunViewEvents {
  /** Something that the address holds has changed. */
  changed(): void;
}

export class RunView {
  readonly run: ShownRun;
  readonly messages: Messages | undefined;
  readonly diagram: Diagram;
  readonly #events: RunViewEvents;
  /** Undefined if nothing is left out without the rest. */
  readonly #past: Past | undefined;
  readonly #control: PastControl | undefined;
  readonly #happenings: readonly Happening[];
  readonly #state: StateIndex;
  readonly #panel: StatePanel;
  readonly #slider: Slider;
  readonly #said = element('output', { class: 'happening', role: 'status', 'aria-live': 'polite' });
  #isLimited: boolean;
  /** What the cursor steps through, with its times. */
  #steps: readonly Happening[] = [];
  #stepTimes: readonly number[] = [];
  /** The one that was stepped to last; -1 if the cursor was moved by hand. */
  #step = -1;
  #cursorUs: number;

  constructor(run: ShownRun, address: AddressParts, events: RunViewEvents) {
    this.run = run;
    this.#events = events;
    this.messages = run.recording === undefined ? undefined : messagesOf(run.recording);
    const past = pastOf(run);
    const rest = past && restOf(past, run, this.messages);
    this.#past = rest !== undefined && rest.operations + rest.messages > 0 ? past : undefined;
    this.#happenings = happeningsOf(run);
    this.#state = new StateIndex(run);
    this.#isLimited = this.#past !== undefined && address['show'] !== 'all';
    const view = { startUs: readNumber(address['from']), endUs: readNumber(address['to']) };
    this.diagram = new Diagram(
      { run, messages: this.messages, past: this.#past, isLimited: this.#isLimited },
      {
        view: isView(view) ? view : undefined,
        selected: address['op'],
        message: readNumber(address['message']),
        hiddenEndings: readNames<Ending>(address['without'], endings),
        hiddenStyles: readNames<Style>(address['without'], STYLES),
        hiddenLanes: (address['lanes'] ?? '').split('\u0000').filter((name) => name !== ''),
      },
      {
        moved: (timeUs) => this.#moveTo(timeUs),
        step: (direction) => this.#stepBy(direction),
        stepToEnd: (direction) => this.#stepTo(direction === 1 ? this.#steps.length - 1 : 0),
        toggleRest: () => this.#showRest(this.#isLimited),
        hideRest: () => this.#showRest(false),
        changed: () => events.changed(),
      },
    );
    if (this.#past !== undefined && rest !== undefined) {
      const toggle = () => this.#showRest(this.#isLimited);
      const hideRest = () => this.#showRest(false);
      this.#control = new PastControl({ past: this.#past, rest, toggle, hideRest }, this.#isLimited);
    }
    this.#panel = statePanel({
      isRecorded: run.recording !== undefined,
      filter: address['keys'] ?? '',
      filtered: () => events.changed(),
    });
    this.#slider = new Slider({
      extentUs: this.diagram.scene.extentUs,
      moved: (timeUs) => this.#moveTo(timeUs),
      step: (direction) => this.#stepBy(direction),
    });
    this.#limit();
    this.#cursorUs = readNumber(address['t']) ?? this.#interesting();
    this.#showMoment(isView(view));
  }

  get happenings(): readonly Happening[] {
    return this.#happenings;
  }

  get cursorUs(): number {
    return this.#cursorUs;
  }

  /** What the address keeps of it; undefined for what is as at first. */
  get address(): Readonly<Record<string, string | undefined>> {
    const { view, selected, message, hiddenEndings, hiddenStyles, hiddenLanes } = this.diagram.state;
    return {
      show: this.#past !== undefined && !this.#isLimited ? 'all' : undefined,
      t: this.#cursorUs === this.#interesting() ? undefined : String(Math.round(this.#cursorUs)),
      from: view === undefined ? undefined : String(Math.round(view.startUs)),
      to: view === undefined ? undefined : String(Math.round(view.endUs)),
      op: selected,
      message: message === undefined ? undefined : String(message),
      without: [...hiddenEndings, ...hiddenStyles].join(','),
      lanes: hiddenLanes.join('\u0000'),
      keys: this.#panel.filter,
    };
  }

  /** The diagram with its cursor, and the state below it. */
  parts(): HTMLElement[] {
    if (this.diagram.isEmpty) {
      return [section('Diagram', element('p', { class: 'quiet' }, 'No node began an operation.'))];
    }
    const heading = section(
      'Diagram',
      ...(this.#control === undefined ? [] : [this.#control.root]),
      this.diagram.root,
    );
    this.diagram.root.querySelector('.stage')?.after(this.#slider.root, this.#said);
    return [heading, section('State at this moment', this.#panel.root)];
  }

  /** Latency and rate below the diagram; nothing if no operation returned. */
  charts(): HTMLElement[] {
    const { operations } = this.run.result;
    if (!operations.some((operation) => operation.return !== undefined)) return [];
    const { bands, extentUs } = this.diagram.scene;
    const chart = ratesChart(operations, bands, extentUs);
    this.diagram.follow((view, width, palette) => chart.draw(view, width, palette));
    return [section('Latency and rate', chart.root)];
  }

  /** Shows all of the run if the operation is not among what led to the violation. */
  showOperation(id: string): void {
    if (this.#past?.operations.has(id) === false) this.#showRest(true);
    this.diagram.focusOperation(id);
  }

  showMoment(timeUs: number): void {
    this.#moveTo(timeUs);
    this.diagram.root.scrollIntoView({ block: 'nearest' });
  }

  /** The moment to begin with: the decisive one, else the end of what led to the violation, else the start. */
  #interesting(): number {
    const { decisive, past = [] } = this.run.result.explanation ?? {};
    if (decisive?.kind === 'event') return decisive.event.timeUs;
    const last = past.at(-1);
    if (last !== undefined) return last.timeUs;
    return this.#steps.find(({ kind }) => kind === 'invoke')?.timeUs ?? 0;
  }

  /** Shows everything, or only what led to the violation; does nothing if it shows that. */
  #showRest(isShown: boolean): void {
    if (this.#past === undefined || this.#isLimited === !isShown) return;
    this.#isLimited = !isShown;
    this.diagram.limit(this.#isLimited);
    this.#control?.show(this.#isLimited);
    this.#limit();
    this.#showMoment();
    this.#events.changed();
  }

  #limit(): void {
    const past = this.#isLimited ? this.#past : undefined;
    this.#steps =
      past === undefined ? this.#happenings : this.#happenings.filter((one) => this.#isPast(one, past));
    this.#stepTimes = this.#steps.map(({ timeUs }) => timeUs);
    this.#step = -1;
  }

  #isPast({ kind, item, timeUs }: Happening, past: Past): boolean {
    const { bars } = this.diagram.scene;
    switch (kind) {
      case 'invoke':
      case 'return':
        return past.operations.has(this.run.result.operations[item]?.id ?? '');
      case 'departure':
      case 'arrival':
        return past.messages.has(item);
      default: {
        const first = bars[0]?.startUs ?? 0;
        return timeUs >= first && bars.some(({ endUs }) => timeUs <= endUs);
      }
    }
  }

  #moveTo(timeUs: number): void {
    this.#step = -1;
    this.#cursorUs = Math.max(0, Math.min(Math.round(timeUs), this.diagram.scene.extentUs));
    this.#showMoment();
    this.#events.changed();
  }

  #stepBy(direction: 1 | -1): void {
    if (this.#step !== -1) return this.#stepTo(this.#step + direction);
    const next =
      direction === 1
        ? countUpTo(this.#stepTimes, this.#cursorUs)
        : countBelow(this.#stepTimes, this.#cursorUs) - 1;
    this.#stepTo(next);
  }

  #stepTo(step: number): void {
    const happening = this.#steps[step];
    if (happening === undefined) return;
    this.#step = step;
    this.#cursorUs = happening.timeUs;
    this.#showMoment();
    this.#events.changed();
  }

  #showMoment(isViewChosen = false): void {
    this.diagram.showCursor(this.#cursorUs, isViewChosen);
    this.#slider.timeUs = this.#cursorUs;
    this.#panel.show(this.#state.at(this.#cursorUs), this.#cursorUs);
    const at = this.#step === -1 ? countUpTo(this.#stepTimes, this.#cursorUs) - 1 : this.#step;
    const happening = this.#steps[at];
    const words = happening && describeHappening(happening, this.run, this.messages);
    setText(
      this.#said,
      happening === undefined || words === undefined
        ? 'Nothing has happened yet.'
        : `${formatTime(happening.timeUs)} · ${words.actor} ${words.text}`,
    );
  }
}

function isView(view: {
  readonly startUs: number | undefined;
  readonly endUs: number | undefined;
}): view is { readonly startUs: number; readonly endUs: number } {
  return view.startUs !== undefined && view.endUs !== undefined && view.startUs < view.endUs;
}
