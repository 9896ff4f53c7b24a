/**
 * The timeline: lanes of operations that you can zoom, move, filter and inspect. Invariant: the picture is
 * drawn at most once a frame, from the state alone.
 */
import type { Ending } from '../../sim/report/describe-run.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { endings, witnessesOf } from './operations.js';
import { brief, operationPanel } from './details.js';
import { element } from './dom.js';
import { draw } from './draw.js';
import { geometryOf, hitAt, isShown, toTimeUs, type Filter, type Geometry, type Hit } from './geometry.js';
import { laneLabels } from './lane-labels.js';
import { buildScene, type Bar, type Scene } from './lanes.js';
import { readPalette, type Palette } from './palette.js';
import { listenToKeys, listenToPointer } from './steering.js';
import { panView, revealInView, wholeView, zoomView, type View } from './scale.js';
import { createToolbar, type Toolbar } from './toolbar.js';

export class Timeline {
  readonly root: HTMLElement;
  readonly scene: Scene;
  readonly #data: RunResult;
  readonly #witnesses: ReadonlyMap<string, readonly string[]>;
  readonly #witnessBars: readonly Bar[];
  readonly #decisiveUs: number | undefined;
  readonly #canvas = element('canvas', { 'aria-hidden': 'true' });
  readonly #plot: HTMLElement;
  readonly #tooltip = element('div', { class: 'tooltip', hidden: true });
  readonly #panel = element('div', { class: 'panel', 'aria-live': 'polite' });
  readonly #toolbar: Toolbar;
  readonly #endings = new Set<Ending>(endings);
  readonly #hiddenLanes = new Set<number>();
  #witnessesOnly = false;
  #view: View;
  #geometry: Geometry;
  #palette: Palette | undefined;
  #hovered: Bar | undefined;
  #selected: Bar | undefined;
  #frame = 0;
  #follower: ((view: View, width: number, palette: Palette) => void) | undefined;

  constructor(data: RunResult) {
    this.#data = data;
    this.#witnesses = witnessesOf(data);
    const { decisive } = data.explanation ?? {};
    this.#decisiveUs = decisive?.kind === 'event' ? decisive.event.timeUs : undefined;
    this.scene = buildScene(data);
    this.#view = wholeView(this.scene.extentUs);
    this.#geometry = geometryOf(this.scene, 0);
    this.#plot = element(
      'div',
      {
        class: 'plot',
        tabindex: '0',
        role: 'application',
        'aria-label': `Operations of ${this.scene.lanes.length} nodes over time`,
        'aria-describedby': 'timeline-keys',
      },
      this.#canvas,
      this.#tooltip,
    );
    this.#witnessBars = this.scene.bars.filter((bar) => this.#witnesses.has(bar.operation.id));
    this.#toolbar = createToolbar(this.scene, this.#witnessBars.length, {
      toggleEnding: (ending, shown) => this.#toggleEnding(ending, shown),
      toggleWitnesses: (only) => {
        this.#witnessesOnly = only;
        this.#redraw();
      },
      zoom: (factor) => this.zoom(factor),
      fit: () => this.fit(),
    });
    const labels = laneLabels(this.scene, this.#geometry, this.#hiddenLanes, () => this.#redraw());
    this.root = element(
      'div',
      { class: 'timeline' },
      this.#toolbar.root,
      element('div', { class: 'stage' }, labels, this.#plot),
      element('p', { class: 'keys', id: 'timeline-keys' }, KEYS),
      this.#panel,
    );
    listenToPointer(this.#plot, this);
    listenToKeys(this.#plot, this);
    new ResizeObserver(() => this.repaint()).observe(this.#plot);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.repaint());
    this.#showSelected();
  }

  /**
   * Rereads the colours and draws at once, for a plot of this width if it differs from the one on the screen.
   */
  repaint(width: number = this.#plot.clientWidth): void {
    this.#geometry = geometryOf(this.scene, width);
    this.#palette = undefined;
    this.#draw();
  }

  /** Zooms around a point of the plot, or around its middle. */
  zoom(factor: number, x: number = this.#geometry.width / 2): void {
    const aroundUs = toTimeUs(x, this.#view, this.#geometry.width);
    this.#look(zoomView(this.#view, factor, aroundUs, this.scene.extentUs));
  }

  /** Moves by a share of the view. */
  pan(share: number): void {
    const span = this.#view.endUs - this.#view.startUs;
    this.#look(panView(this.#view, span * share, this.scene.extentUs));
  }

  panPixels(pixels: number): void {
    this.pan(pixels / Math.max(1, this.#geometry.width));
  }

  fit(): void {
    this.#look(wholeView(this.scene.extentUs));
  }

  get isWhole(): boolean {
    return this.#view.endUs - this.#view.startUs >= this.scene.extentUs;
  }

  /** Shows what lies under a point; undefined for none. */
  hover(point: { readonly x: number; readonly y: number } | undefined): void {
    const hit = point === undefined ? undefined : this.#hit(point);
    this.#hovered = hit?.kind === 'bar' ? hit.bar : undefined;
    this.#showTooltip(hit, point);
    this.#redraw();
  }

  selectAt(point: { readonly x: number; readonly y: number }): void {
    const hit = this.#hit(point);
    this.select(hit?.kind === 'bar' ? hit.bar : undefined);
  }

  select(bar: Bar | undefined): void {
    this.#selected = bar;
    if (bar !== undefined) this.#look(revealInView(this.#view, bar.startUs, bar.endUs, this.scene.extentUs));
    this.#showSelected();
    this.#redraw();
  }

  /** Selects an operation and brings it near; does nothing if no operation has that name. */
  focusOperation(id: string): void {
    const bar = this.scene.bars.find(({ operation }) => operation.id === id);
    if (bar === undefined) return;
    const span = Math.max((bar.endUs - bar.startUs) * 12, this.scene.extentUs / 100);
    const middle = (bar.startUs + bar.endUs) / 2;
    this.#look(
      zoomView(this.#view, span / (this.#view.endUs - this.#view.startUs), middle, this.scene.extentUs),
    );
    const offset = middle - (this.#view.startUs + this.#view.endUs) / 2;
    this.#look(panView(this.#view, offset, this.scene.extentUs));
    this.select(bar);
    this.#plot.focus({ preventScroll: true });
    this.#plot.scrollIntoView({ block: 'center' });
  }

  /** Brings a span of time near, with room on both sides. */
  focusTime(startUs: number, endUs: number): void {
    const { extentUs } = this.scene;
    const span = Math.max((endUs - startUs) * 2, extentUs / 1000);
    const middle = (startUs + endUs) / 2;
    this.#look(zoomView(this.#view, span / (this.#view.endUs - this.#view.startUs), middle, extentUs));
    this.#look(panView(this.#view, middle - (this.#view.startUs + this.#view.endUs) / 2, extentUs));
    this.#plot.scrollIntoView({ block: 'nearest' });
  }

  /** Highlights an operation as the pointer does; undefined for none. */
  pointAt(id: string | undefined): void {
    this.#hovered = this.scene.bars.find(({ operation }) => operation.id === id);
    this.#redraw();
  }

  /** Called for every picture, to draw another one in the same view. */
  follow(follower: (view: View, width: number, palette: Palette) => void): void {
    this.#follower = follower;
    this.#redraw();
  }

  /** Selects the next or the previous operation: of the same lane, or of all visible ones. */
  step(direction: 1 | -1, sameLane: boolean): void {
    const from = this.#selected;
    const shown = this.scene.bars.filter(
      (bar) => isShown(bar, this.#filter) && (!sameLane || from === undefined || bar.lane === from.lane),
    );
    const at = from === undefined ? -1 : shown.indexOf(from);
    const next = at === -1 ? this.#firstInView(shown, direction) : shown[at + direction];
    if (next !== undefined) this.select(next);
  }

  /** Selects the operation nearest in time on the next lane that has one. */
  stepLane(direction: 1 | -1): void {
    const from = this.#selected;
    if (from === undefined) return this.step(1, false);
    const middle = (from.startUs + from.endUs) / 2;
    const { lanes } = this.scene;
    for (let lane = from.lane + direction; lane >= 0 && lane < lanes.length; lane += direction) {
      const shown = (lanes[lane]?.rows.flat() ?? []).filter((bar) => isShown(bar, this.#filter));
      const distance = (bar: Bar) => Math.abs((bar.startUs + bar.endUs) / 2 - middle);
      const [first, ...rest] = shown;
      if (first === undefined) continue;
      this.select(rest.reduce((best, bar) => (distance(bar) < distance(best) ? bar : best), first));
      return;
    }
  }

  /** Goes from one witness to the next. */
  stepWitness(): void {
    const witnesses = this.#witnessBars;
    const at = this.#selected === undefined ? -1 : witnesses.indexOf(this.#selected);
    const next = witnesses[(at + 1) % Math.max(1, witnesses.length)];
    if (next !== undefined) this.focusOperation(next.operation.id);
  }

  get #filter(): Filter {
    const only = this.#witnessesOnly ? new Set(this.#witnesses.keys()) : undefined;
    return { endings: this.#endings, hiddenLanes: this.#hiddenLanes, only };
  }

  #firstInView(shown: readonly Bar[], direction: 1 | -1): Bar | undefined {
    const inView = shown.filter((bar) => bar.endUs >= this.#view.startUs && bar.startUs <= this.#view.endUs);
    return direction === 1 ? inView[0] : inView.at(-1);
  }

  #hit(point: { readonly x: number; readonly y: number }): Hit | undefined {
    return hitAt(point, this.scene, this.#geometry, this.#view, this.#filter);
  }

  #look(view: View): void {
    this.#view = view;
    this.#redraw();
  }

  #toggleEnding(ending: Ending, shown: boolean): void {
    if (shown) this.#endings.add(ending);
    else this.#endings.delete(ending);
    this.#redraw();
  }

  #redraw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#toolbar.show(this.#view);
    const pen = this.#canvas.getContext('2d');
    const { width, height } = this.#geometry;
    if (pen === null || width === 0) return;
    const ratio = devicePixelRatio;
    const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== pixelWidth || this.#canvas.height !== pixelHeight) {
      this.#canvas.width = pixelWidth;
      this.#canvas.height = pixelHeight;
      this.#canvas.style.height = `${height}px`;
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#palette ??= readPalette(pen);
    draw(pen, {
      scene: this.scene,
      geometry: this.#geometry,
      view: this.#view,
      filter: this.#filter,
      witnesses: this.#witnessBars,
      hovered: this.#hovered,
      selected: this.#selected,
      decisiveUs: this.#decisiveUs,
      palette: this.#palette,
    });
    this.#follower?.(this.#view, width, this.#palette);
  }

  #showTooltip(hit: Hit | undefined, point: { readonly x: number; readonly y: number } | undefined): void {
    this.#tooltip.hidden = hit === undefined;
    if (hit === undefined || point === undefined) return;
    this.#tooltip.replaceChildren(...brief(hit).map((line) => element('span', { class: 'line' }, line)));
    const left = Math.min(point.x + 14, this.#geometry.width - this.#tooltip.offsetWidth - 4);
    this.#tooltip.style.left = `${Math.max(4, left)}px`;
    this.#tooltip.style.top = `${point.y + 18}px`;
  }

  #showSelected(): void {
    const selected = this.#selected;
    this.#panel.replaceChildren(
      selected === undefined
        ? element('p', { class: 'quiet' }, 'Click an operation for its details.')
        : operationPanel(selected, this.#data, this.scene, this.#witnesses),
    );
  }
}

const KEYS =
  'Zoom with the wheel or + and −, move by dragging or with ← and →, press 0 for the whole run. N and P step through operations, ↑ and ↓ through nodes, W through witnesses. Click a node to hide it, Shift-click to hide all others.';
