/** A reporter that ends every run with the slowest files, so that they stay in sight. */
import type { Reporter, TestModule } from 'vitest/node';

const SHOWN = 10;

interface FileTime {
  readonly file: string;
  readonly tests: number;
  /** Imports, hooks and tests. */
  readonly ms: number;
}

export default class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length > SHOWN) process.stdout.write(describeSlowest(modules.map(timeOf)));
  }
}

function timeOf(module: TestModule): FileTime {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return {
    file: module.relativeModuleId,
    tests: [...module.children.allTests()].length,
    ms: collectDuration + setupDuration + duration,
  };
}

/** The slowest, and their share of the time of all files. */
export function describeSlowest(times: readonly FileTime[]): string {
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  const slowest = times.toSorted((a, b) => b.ms - a.ms).slice(0, SHOWN);
  const share = slowest.reduce((sum, { ms }) => sum + ms, 0) / (total || 1);
  const lines = slowest.map(
    ({ file, tests, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file} (${tests} tests)`,
  );
  const head = `The ${slowest.length} slowest of ${times.length} files take ${Math.round(share * 100)} % of ${Math.round(total / 1000)} s:`;
  return `\n${head}\n${lines.join('\n')}\n`;
}
