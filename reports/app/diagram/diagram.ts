/**
 * The space-time diagram: lanes of operations and messages that you can zoom, move, filter and inspect. Invariant: the
 * picture is drawn at most once a frame, from the state alone.
 */
import type { Ending } from '../../../sim/report/describe-run.js';
import { endings } from '../data/operations.js';
import type { Past } from '../data/past.js';
import { element, freshId } from '../page/dom.js';
import { STYLES, type Style } from './arrows.js';
import { DiagramCanvas } from './canvas.js';
import type { DiagramEvents, DiagramRequest, DiagramState } from './diagram-state.js';
import { fittingView, sameView } from './fitting.js';
import { geometryOf, hitAt, toTimeUs, type Filter, type Geometry, type Hit, type Point } from './geometry.js';
import { Inspector, NOTHING, type Selection } from './inspector.js';
import { laneLabels } from './labels.js';
import type { Palette } from './palette.js';
import { buildScene, type Bar, type Scene } from './scene.js';
import { panView, revealInView, wholeView, zoomView, type View } from './scale.js';
import { KEYS, listenToKeys, listenToPointer, type Steerable } from './steering.js';
import { nextOnLane, nextOperation } from './stepping.js';
import { createToolbar, type Toolbar } from './toolbar.js';

export class Diagram implements Steerable {
  readonly root: HTMLElement;
  readonly #shown: DiagramRequest;
  readonly #inspector: Inspector;
  readonly #events: DiagramEvents;
  readonly #plot: HTMLElement;
  readonly #canvas = new DiagramCanvas();
  readonly #toolbarPlace = element('div', {});
  readonly #labelsPlace = element('div', { class: 'labels-place' });
  readonly #note = element('p', { class: 'quiet note', hidden: true });
  readonly #endings: Set<Ending>;
  readonly #styles: Set<Style>;
  readonly #hiddenLanes = new Set<number>();
  #hiddenActors: Set<string>;
  #toolbar: Toolbar | undefined;
  #scene: Scene;
  #view: View;
  #geometry: Geometry;
  #cursorUs = 0;
  #hovered: Hit | undefined;
  #selection: Selection = NOTHING;
  #frame = 0;
  /** Whether anything but the cursor and the pointer has changed since the last picture. */
  #isOld = true;
  /** The last picture that followers have heard of. */
  #followed: View | undefined;
  #witnessBars: readonly Bar[] = [];
  readonly #followers: ((view: View, width: number, palette: Palette) => void)[] = [];

  #isLimited: boolean;

  constructor(shown: DiagramRequest, state: DiagramState, events: DiagramEvents) {
    const { run, messages, isLimited } = shown;
    this.#shown = shown;
    this.#isLimited = isLimited;
    this.#events = events;
    this.#inspector = new Inspector(run, messages);
    this.#endings = new Set(endings.filter((ending) => !state.hiddenEndings.includes(ending)));
    this.#styles = new Set(STYLES.filter((style) => !state.hiddenStyles.includes(style)));
    this.#hiddenActors = new Set(state.hiddenLanes);
    this.#scene = this.#buildScene();
    this.#view = state.view ?? fittingView(this.#scene);
    this.#geometry = geometryOf(this.#scene, 0);
    const keysId = freshId('keys');
    this.#plot = element(
      'div',
      {
        class: 'plot',
        tabindex: '0',
        role: 'application',
        'aria-label': 'Space-time diagram: nodes and members over time',
        'aria-describedby': keysId,
      },
      this.#canvas.element,
      this.#inspector.tooltip,
    );
    this.root = element(
      'div',
      { class: 'diagram' },
      this.#toolbarPlace,
      element('div', { class: 'stage' }, this.#labelsPlace, this.#plot),
      this.#note,
      element('p', { class: 'keys', id: keysId }, KEYS),
      this.#inspector.panel,
    );
    listenToPointer(this.#plot, this);
    listenToKeys(this.#plot, this);
    new ResizeObserver(() => this.repaint()).observe(this.#plot);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.repaint());
    this.#showScene();
    this.#selection = { bar: this.#barOf(state.selected), message: state.message };
    this.#showSelected();
  }

  get scene(): Scene {
    return this.#scene;
  }

  get isEmpty(): boolean {
    return this.#scene.lanes.length === 0;
  }

  /** What the address keeps of it. */
  get state(): DiagramState {
    const isFitted = sameView(this.#view, fittingView(this.#scene));
    return {
      view: isFitted ? undefined : this.#view,
      selected: this.#selection.bar?.operation.id,
      message: this.#selection.message,
      hiddenEndings: endings.filter((ending) => !this.#endings.has(ending)),
      hiddenStyles: STYLES.filter((style) => !this.#styles.has(style)),
      hiddenLanes: [...this.#hiddenActors],
    };
  }

  /** Shows only what led to the violation, or everything around it. A view that was chosen stays. */
  limit(isLimited: boolean): void {
    const isFitted = sameView(this.#view, fittingView(this.#scene));
    this.#isLimited = isLimited;
    this.#scene = this.#buildScene();
    const id = this.#selection.bar?.operation.id;
    this.#selection = { ...this.#selection, bar: this.#barOf(id) };
    this.#hovered = undefined;
    if (isFitted && isLimited) this.#view = fittingView(this.#scene);
    this.#showScene();
    this.#showSelected();
    this.repaint();
  }

  /** Shows a moment, and brings it into view unless the view was chosen. */
  showCursor(timeUs: number, isViewChosen = false): void {
    this.#cursorUs = timeUs;
    const { extentUs } = this.#scene;
    const view = isViewChosen ? this.#view : revealInView(this.#view, timeUs, timeUs, extentUs);
    const isMoved = view !== this.#view;
    this.#view = view;
    this.#redraw(isMoved);
  }

  /** Rereads the colours and draws at once, for a plot of this width if it differs from the one on the screen. */
  repaint(width: number = this.#plot.clientWidth): void {
    this.#geometry = geometryOf(this.#scene, width);
    this.#canvas.forgetColours();
    this.#isOld = true;
    this.#followed = undefined;
    this.#draw();
  }

  zoom(factor: number, x: number = this.#geometry.width / 2): void {
    const aroundUs = toTimeUs(x, this.#view, this.#geometry.width);
    this.#look(zoomView(this.#view, factor, aroundUs, this.#scene.extentUs));
  }

  pan(share: number): void {
    const span = this.#view.endUs - this.#view.startUs;
    this.#look(panView(this.#view, span * share, this.#scene.extentUs));
  }

  panPixels(pixels: number): void {
    this.pan(pixels / Math.max(1, this.#geometry.width));
  }

  fit(): void {
    const fitting = fittingView(this.#scene);
    this.#look(sameView(this.#view, fitting) ? wholeView(this.#scene.extentUs) : fitting);
  }

  get isWhole(): boolean {
    return this.#view.endUs - this.#view.startUs >= this.#scene.extentUs;
  }

  hover(point: Point | undefined): void {
    this.#hovered = point === undefined ? undefined : this.#hit(point);
    this.#inspector.point(this.#hovered, point, this.#scene, this.#geometry.width);
    this.#redraw(false);
  }

  /** A click moves the cursor too. */
  selectAt(point: Point): void {
    const hit = this.#hit(point);
    this.#events.moved(toTimeUs(point.x, this.#view, this.#geometry.width));
    this.#select({
      bar: hit?.kind === 'bar' ? hit.bar : undefined,
      message: hit?.kind === 'arrow' ? this.#scene.arrows.message[hit.arrow] : undefined,
    });
  }

  /** Without a selection, it hides what did not lead to the violation. */
  deselect(): void {
    const { bar, message } = this.#selection;
    if (bar === undefined && message === undefined) this.#events.hideRest();
    else this.#select(NOTHING);
  }

  toggleRest(): void {
    this.#events.toggleRest();
  }

  step(direction: 1 | -1): void {
    this.#events.step(direction);
  }

  stepToEnd(direction: 1 | -1): void {
    this.#events.stepToEnd(direction);
  }

  stepOperation(direction: 1 | -1): void {
    const next = nextOperation(this.#scene, this.#filter, this.#view, this.#selection.bar, direction);
    if (next !== undefined) this.#goTo(next);
  }

  stepLane(direction: 1 | -1): void {
    const from = this.#selection.bar;
    if (from === undefined) return this.stepOperation(1);
    const next = nextOnLane(this.#scene, this.#filter, from, direction);
    if (next !== undefined) this.#goTo(next);
  }

  stepWitness(): void {
    const witnesses = this.#witnessBars;
    const at = this.#selection.bar === undefined ? -1 : witnesses.indexOf(this.#selection.bar);
    const next = witnesses[(at + 1) % Math.max(1, witnesses.length)];
    if (next !== undefined) this.focusOperation(next.operation.id);
  }

  /** Selects an operation and brings it near; does nothing if no operation of the scene has that name. */
  focusOperation(id: string): void {
    const bar = this.#barOf(id);
    if (bar === undefined) return;
    this.focusTime(bar.startUs, bar.endUs, 3);
    this.#goTo(bar);
    this.#plot.focus({ preventScroll: true });
  }

  /** Brings a span of time near, with room on both sides. */
  focusTime(startUs: number, endUs: number, room = 2): void {
    const { extentUs } = this.#scene;
    const span = Math.max((endUs - startUs) * room, extentUs / 1000);
    const middle = (startUs + endUs) / 2;
    const near = zoomView(this.#view, span / (this.#view.endUs - this.#view.startUs), middle, extentUs);
    this.#look(panView(near, middle - (near.startUs + near.endUs) / 2, extentUs));
    this.#plot.scrollIntoView({ block: 'nearest' });
  }

  /** Highlights an operation as the pointer does; undefined for none. */
  pointAt(id: string | undefined): void {
    const bar = this.#barOf(id);
    this.#hovered = bar === undefined ? undefined : { kind: 'bar', bar };
    this.#redraw(false);
  }

  /** It is called for every picture, to draw another one in the same view. */
  follow(follower: (view: View, width: number, palette: Palette) => void): void {
    this.#followers.push(follower);
    this.#followed = undefined;
    this.#redraw();
  }

  get #filter(): Filter {
    return { endings: this.#endings, styles: this.#styles, hiddenLanes: this.#hiddenLanes };
  }

  #buildScene(): Scene {
    return buildScene({ ...this.#shown, past: this.#isLimited ? this.#shown.past : undefined });
  }

  /** While everything is shown, it pales beside what led to the violation. */
  get #standsOut(): Past | undefined {
    return this.#isLimited ? undefined : this.#shown.past;
  }

  #goTo(bar: Bar): void {
    this.#look(revealInView(this.#view, bar.startUs, bar.endUs, this.#scene.extentUs));
    this.#events.moved(bar.startUs);
    this.#select({ bar, message: undefined });
  }

  #select(selection: Selection): void {
    this.#selection = selection;
    this.#showSelected();
    this.#redraw();
    this.#events.changed();
  }

  #showSelected(): void {
    this.#inspector.select(this.#selection, this.#scene, (id) => this.focusOperation(id));
  }

  #barOf(id: string | undefined): Bar | undefined {
    return this.#scene.bars.find(({ operation }) => operation.id === id);
  }

  #hit(point: Point): Hit | undefined {
    return hitAt(point, this.#scene, this.#geometry, this.#view, this.#filter);
  }

  #look(view: View): void {
    this.#view = view;
    this.#redraw();
    this.#events.changed();
  }

  /** Everything around the canvas that depends on what is in the scene. */
  #showScene(): void {
    this.#witnessBars = this.#scene.bars.filter(({ operation }) =>
      this.#inspector.witnesses.has(operation.id),
    );
    const change = (): void => {
      this.#redraw();
      this.#events.changed();
    };
    const flip =
      <T>(set: Set<T>) =>
      (one: T, isShown: boolean) => {
        if (isShown) set.add(one);
        else set.delete(one);
        change();
      };
    this.#toolbar = createToolbar(
      this.#scene,
      { endings: this.#endings, styles: this.#styles },
      {
        toggleEnding: flip(this.#endings),
        toggleStyle: flip(this.#styles),
        zoom: (factor) => this.zoom(factor),
        fit: () => this.fit(),
      },
    );
    this.#toolbarPlace.replaceChildren(this.#toolbar.root);
    this.#geometry = geometryOf(this.#scene, this.#geometry?.width ?? 0);
    const { lanes, lanesLeftOut } = this.#scene;
    this.#hiddenLanes.clear();
    lanes.forEach(({ actor }, lane) => void (this.#hiddenActors.has(actor) && this.#hiddenLanes.add(lane)));
    this.#labelsPlace.replaceChildren(
      laneLabels(this.#scene, this.#geometry, this.#hiddenLanes, () => {
        this.#hiddenActors = new Set([...this.#hiddenLanes].map((lane) => lanes[lane]?.actor ?? ''));
        change();
      }),
    );
    this.#note.hidden = lanesLeftOut === 0;
    this.#note.textContent = `${lanesLeftOut} more nodes and members have no lane: there is no room for them.`;
  }

  /** @param all false if only the cursor or the pointer has moved */
  #redraw(all = true): void {
    this.#isOld ||= all;
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#toolbar?.show(this.#view);
    const hit = this.#hovered;
    const picture = {
      scene: this.#scene,
      geometry: this.#geometry,
      view: this.#view,
      filter: this.#filter,
      witnesses: this.#witnessBars,
      hovered: hit?.kind === 'bar' ? hit.bar : undefined,
      selected: this.#selection.bar,
      hoveredArrow: hit?.kind === 'arrow' ? hit.arrow : undefined,
      selectedArrow: this.#arrowOf(this.#selection.message),
      isFaded: this.#inspector.fading(this.#selection, this.#scene, this.#standsOut),
      standsOut: this.#standsOut?.operations,
      labelOf: (arrow: number) => this.#inspector.methodOf(this.#scene.arrows.message[arrow]),
      decisiveUs: this.#decisiveUs,
      cursorUs: this.#cursorUs,
    };
    const palette = this.#canvas.draw(picture, this.#isOld);
    if (palette === undefined) return;
    this.#isOld = false;
    if (this.#followed === this.#view) return;
    this.#followed = this.#view;
    for (const follower of this.#followers) follower(this.#view, this.#geometry.width, palette);
  }

  get #decisiveUs(): number | undefined {
    const { decisive } = this.#shown.run.result.explanation ?? {};
    return decisive?.kind === 'event' ? decisive.event.timeUs : undefined;
  }

  #arrowOf(message: number | undefined): number | undefined {
    if (message === undefined) return undefined;
    const arrow = this.#scene.arrows.message.indexOf(message);
    return arrow === -1 ? undefined : arrow;
  }
}
