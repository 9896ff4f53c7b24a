/** The repros of the specimens as files, and their table for the page. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { table } from '../../sim/docs/table.js';
import { parseRepro, type RunnableRepro } from '../../sim/repro/parse-repro.js';
import { specimens } from '../../scenarios/index.js';

/** Below the root of the project. */
export const REPROS = 'docs/examples/repros';

export interface SpecimenRepro extends RunnableRepro {
  readonly operations: number;
  readonly faults: number;
  readonly nodes: number;
}

/** One for every specimen, in their order. @param root of the project */
export function readRepros(root: string): readonly SpecimenRepro[] {
  return specimens.map(({ name }) => {
    const parsed = parseRepro(readFileSync(path.join(root, REPROS, `${name}.json`), 'utf8'), specimens);
    if (parsed.kind === 'malformed') throw new Error(`${name}: ${parsed.message}`);
    const { nodes, faults } = parsed.value.repro.plan;
    const operations = nodes.reduce((sum, node) => sum + node.operations.length, 0);
    return { ...parsed.value, operations, faults: faults.length, nodes: nodes.length };
  });
}

export function reproTable(repros: readonly SpecimenRepro[]): string {
  return table(
    ['repro of', 'operations', 'faults', 'nodes', 'fails with'],
    repros.map(({ repro, scenario, operations, faults, nodes }) => [
      `[\`${scenario.name}\`](examples/repros/${scenario.name}.json)`,
      ...[operations, faults, nodes].map(String),
      repro.signature ?? 'nothing',
    ]),
  );
}
