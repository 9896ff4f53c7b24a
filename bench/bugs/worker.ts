/** A process that does nothing but measure: told a cell, it answers with the measurement, until it is disconnected. */
import type { Cell } from './cells.js';
import { measure } from './measure.js';

// What a node of a finished baseline run still waited for is nobody's any more; a test framework would count it.
process.on('unhandledRejection', () => undefined);

process.on('message', (cell: Cell) => {
  measure(cell).then(
    (measurement) => process.send?.({ measurement }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  );
});
