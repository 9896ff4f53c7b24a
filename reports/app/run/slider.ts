/** The slider below the diagram, and the buttons that step. Invariant: its value is a time of the run. */
import { button, element } from '../page/dom.js';
import { formatTime } from '../page/format.js';

export interface SliderRequest {
  readonly extentUs: number;
  moved(timeUs: number): void;
  step(direction: 1 | -1): void;
}

export class Slider {
  readonly root: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #readout = element('output', { class: 'moment' });

  constructor({ extentUs, moved, step }: SliderRequest) {
    this.#input = element('input', {
      type: 'range',
      name: 'moment',
      min: '0',
      max: String(Math.ceil(extentUs)),
      step: '1',
      'aria-label': 'Moment of the run',
    });
    this.#input.addEventListener('input', () => moved(Number(this.#input.value)));
    // The arrow keys step through what happened, as they do on the diagram.
    this.#input.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      event.preventDefault();
      step(event.key === 'ArrowRight' ? 1 : -1);
    });
    this.root = element(
      'div',
      { class: 'slider' },
      button('◀', () => step(-1), { 'aria-label': 'Step back', title: 'Step back' }),
      button('▶', () => step(1), { 'aria-label': 'Step forward', title: 'Step forward' }),
      this.#input,
      this.#readout,
    );
  }

  set timeUs(timeUs: number) {
    this.#input.value = String(timeUs);
    this.#input.setAttribute('aria-valuetext', formatTime(timeUs));
    this.#readout.textContent = formatTime(timeUs);
  }
}
