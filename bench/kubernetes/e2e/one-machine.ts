/** The same sweep without Kubernetes: one command on this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Place } from '../place.js';
import { SIM } from '../servers.js';
import type { Numbers } from './manifests.js';
import { reportOf, type Report } from './report.js';

/** @param folder for its reports */
export async function sweepHere(place: Place, folder: string, { scenario, seeds }: Numbers): Promise<Report> {
  const words = [
    ...['--scenario', scenario, '--seeds', seeds, '--keep-going', '--out', folder],
    ...['--reporter', `terminal,junit:${path.join(folder, 'junit.xml')}`],
  ];
  const child = spawn(process.execPath, [SIM, ...words], {
    // Beside its reports, so that it names them by their whole paths, as a pod does.
    ...{ cwd: place.folder('project'), detached: true },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (child.pid !== undefined) place.reaper.watch(child.pid);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (child.pid !== undefined) place.reaper.forget(child.pid);
  place.signal.throwIfAborted();
  if (code === null) throw new Error('a signal ended the sweep on one machine');
  return reportOf(folder, code, output);
}
