/** A difference as text: the answer of each side, and the commands as a test that you can paste. */
import type { ConformanceResult } from './conformance.js';
import { printed } from './print-typescript.js';

type Different = ConformanceResult & { readonly kind: 'different' };

/** Several lines, without the replay command. */
export function formatDifference(result: Different, real: string): string {
  const { difference, shrunk, drawn, seed } = result;
  const { where, inMemory, real: theirs, command } = difference;
  const place = command < shrunk.length ? `command ${command + 1} of ${shrunk.length}` : 'the end';
  return [
    `in-memory etcd and ${real} differ at ${place}, in ${where}`,
    `  in-memory: ${printed(inMemory)}`,
    `  real:      ${printed(theirs)}`,
    `sequence of seed ${seed}, shrunk from ${drawn.length} to ${shrunk.length} commands:`,
    '',
    testOf(result),
    '',
  ].join('\n');
}

/** The sequence as a test, for test/conformance. */
function testOf({ difference, shrunk }: Different): string {
  return [
    `it(${printed(`answers as etcd does: ${difference.where}`)}, async () => {`,
    '  expect(',
    '    await differenceIn([',
    ...shrunk.map((command) => `      ${printed(command)},`),
    '    ]),',
    '  ).toBeUndefined();',
    '});',
  ].join('\n');
}
