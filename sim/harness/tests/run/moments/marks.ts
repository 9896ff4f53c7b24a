/** The moments of a run that its code has named. Invariant: a wait for one says so while a stuck run is described. */
import { quote } from '../../../../input/parsed.js';
import type { RunControl } from '../../../../scenario/scenario.js';
import type { Coverage } from '../../coverage.js';
import { gate, type Gate } from './gate.js';

export class Marks {
  readonly #control: Pick<RunControl, 'awaits'>;
  readonly #coverage: Coverage;
  readonly #gates = new Map<string, Gate>();
  readonly #marked = new Set<string>();

  constructor(control: Pick<RunControl, 'awaits'>, coverage: Coverage) {
    this.#control = control;
    this.#coverage = coverage;
  }

  mark(name: string): void {
    this.#coverage.marks(name);
    this.#marked.add(name);
    this.#gateOf(name).open();
  }

  /** Resolves once the moment was marked. */
  async when(name: string, who: string): Promise<void> {
    this.#coverage.awaits(name, who);
    const release = this.#control.awaits(() => {
      const marked = [...this.#marked].map((mark) => quote(mark)).join(', ');
      return `${who} waits for the mark ${quote(name)}; marked so far: ${marked === '' ? 'none' : marked}`;
    });
    await this.#gateOf(name).opened;
    release();
  }

  #gateOf(name: string): Gate {
    const known = this.#gates.get(name) ?? gate();
    this.#gates.set(name, known);
    return known;
  }
}
