/**
 * Whether registers, one for each key, were linearizable. If every value is written at most once, each read
 * and each compare-and-swap identifies the write that it saw. An unanswered write was either seen, and then
 * happened before the first that saw it returned, or it makes no difference. That is exact, in O(n log n). If
 * values repeat, the search through orders decides, or gives up. Invariant: it judges as a search through all
 * orders would; every violation is the first that shows, and such a search has certified it.
 */
import type { Finding } from './check.js';
import { earliest } from './earliest-violation.js';
import { blocksOf, findDisorder } from './register/blocks.js';
import { checkLinearizable } from './linearizable.js';
import { certified, registerType } from './register/certify.js';
import { findMisread, hasRepeatedValues } from './register/misreads.js';
import { resolve, whatIt, type RegisterOperation } from './register/operations.js';
import { findZoneConflict } from './register/zones.js';

export type { RegisterCall, RegisterOperation } from './register/operations.js';

/** Judges the operations of all registers; the caller leaves out those that did not happen. */
export function checkRegisters(operations: readonly RegisterOperation[]): Finding {
  return earliest(operations, judge, ({ id, call, invoke }) => ({ id, call, invoke }));
}

function judge(operations: readonly RegisterOperation[]): Finding {
  const byKey = new Map<string, RegisterOperation[]>();
  for (const operation of operations) {
    const own = byKey.get(operation.call.key);
    if (own === undefined) byKey.set(operation.call.key, [operation]);
    else own.push(operation);
  }
  let undecided: Finding | undefined;
  for (const [key, own] of byKey) {
    const finding = hasRepeatedValues(own) ? searchOrders(key, own) : certified(checkRegister(own), own);
    if (finding.verdict === 'violated') return finding;
    if (finding.verdict === 'inconclusive') undecided ??= finding;
  }
  return undecided ?? { verdict: 'satisfied' };
}

function searchOrders(key: string, operations: readonly RegisterOperation[]): Finding {
  return checkLinearizable({ type: registerType, calls: operations, partOf: () => key, describe: whatIt });
}

function checkRegister(operations: readonly RegisterOperation[]): Finding {
  const misread = findMisread(operations);
  if (misread !== undefined) return misread;
  const blocks = blocksOf(resolve(operations));
  if ('verdict' in blocks) return blocks;
  for (const block of blocks) {
    const disorder = findDisorder(block);
    if (disorder !== undefined) return disorder;
  }
  return findZoneConflict(blocks) ?? { verdict: 'satisfied' };
}
