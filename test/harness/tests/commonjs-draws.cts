/**
 * Draws as CommonJS code of a user types them, with the declaration of fast-check for CommonJS. It is compiled, not run.
 */
import fc = require('fast-check');
import type { Sim } from '../../../sim/harness/tests/sim.js' with { 'resolution-mode': 'import' };

function drawIn(sim: Sim): readonly number[] {
  const numbers: number[] = sim.draw(fc.array(fc.nat(99)));
  const text: string = sim.draw(fc.constantFrom('a', 'b'));
  // @ts-expect-error -- a drawn string is no number
  const wrong: number = sim.draw(fc.string());
  return [...numbers, text.length, wrong];
}

export = drawIn;
