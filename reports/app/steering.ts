/** The effects of pointer, wheel and keys on the timeline. */

/** The verbs a timeline has for its user. Points are relative to the plot. */
export interface Steerable {
  zoom(factor: number, x?: number): void;
  pan(share: number): void;
  panPixels(pixels: number): void;
  fit(): void;
  /** True while the whole run is in view. */
  readonly isWhole: boolean;
  hover(point: { readonly x: number; readonly y: number } | undefined): void;
  selectAt(point: { readonly x: number; readonly y: number }): void;
  select(nothing: undefined): void;
  step(direction: 1 | -1, sameLane: boolean): void;
  stepLane(direction: 1 | -1): void;
  stepWitness(): void;
}

/** A pointer that moved less than this between down and up has clicked. */
const CLICK_REACH = 4;
const LINE_HEIGHT = 16;

export function listenToPointer(plot: HTMLElement, timeline: Steerable): void {
  let dragFromX: number | undefined;
  let movedBy = 0;
  const pointOf = (event: MouseEvent) => {
    const box = plot.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  plot.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    dragFromX = event.clientX;
    movedBy = 0;
    plot.setPointerCapture(event.pointerId);
  });
  plot.addEventListener('pointermove', (event) => {
    if (dragFromX === undefined) {
      timeline.hover(pointOf(event));
      return;
    }
    const byX = event.clientX - dragFromX;
    movedBy += Math.abs(byX);
    if (movedBy < CLICK_REACH) return;
    dragFromX = event.clientX;
    plot.classList.add('dragging');
    timeline.hover(undefined);
    timeline.panPixels(-byX);
  });
  const release = (event: PointerEvent) => {
    if (event.type === 'pointerup' && dragFromX !== undefined && movedBy < CLICK_REACH) {
      timeline.selectAt(pointOf(event));
    }
    dragFromX = undefined;
    plot.classList.remove('dragging');
  };
  plot.addEventListener('pointerup', release);
  plot.addEventListener('pointercancel', release);
  plot.addEventListener('pointerleave', () => timeline.hover(undefined));
  plot.addEventListener(
    'wheel',
    (event) => {
      const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1;
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        if (timeline.isWhole) return;
        event.preventDefault();
        timeline.panPixels(sideways * scale);
        return;
      }
      // If the view cannot zoom out further, the page scrolls.
      if (event.deltaY > 0 && timeline.isWhole) return;
      event.preventDefault();
      timeline.zoom(Math.exp((event.deltaY * scale) / 400), pointOf(event).x);
    },
    { passive: false },
  );
}

export function listenToKeys(plot: HTMLElement, timeline: Steerable): void {
  const actions: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    '+': () => timeline.zoom(0.5),
    '=': () => timeline.zoom(0.5),
    '-': () => timeline.zoom(2),
    '0': () => timeline.fit(),
    Home: () => timeline.fit(),
    ArrowLeft: (event) => (event.shiftKey ? timeline.step(-1, true) : timeline.pan(-0.2)),
    ArrowRight: (event) => (event.shiftKey ? timeline.step(1, true) : timeline.pan(0.2)),
    ArrowUp: () => timeline.stepLane(-1),
    ArrowDown: () => timeline.stepLane(1),
    n: () => timeline.step(1, false),
    p: () => timeline.step(-1, false),
    w: () => timeline.stepWitness(),
    Escape: () => timeline.select(undefined),
  };
  plot.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action === undefined) return;
    event.preventDefault();
    action(event);
  });
}
