/** When, where and of which commit something was measured. */
import { execFileSync } from 'node:child_process';
import os from 'node:os';

/** One line below or above a table. */
export function provenance(): string {
  const git = (...words: readonly string[]) => execFileSync('git', words, { encoding: 'utf8' }).trim();
  const changed =
    git('status', '--porcelain', '--', 'src', 'sim', 'scenarios', 'bench') === '' ? '' : ' and changes';
  const date = new Date().toISOString().slice(0, 10);
  const commit = `${git('rev-parse', '--short=7', 'HEAD')}${changed}`;
  const cpus = os.cpus();
  const machine = `${cpus.length} × ${cpus[0]?.model ?? 'unknown processor'}`;
  return `Measured ${date}, commit ${commit}, Node.js ${process.versions.node}, ${machine}.`;
}
