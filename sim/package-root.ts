/** Where the package is on this machine: its pages, templates and tools are files of it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package `etcd-sim`, from its sources and from its build alike. */
export function packageRoot(): string {
  let directory = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = path.join(directory, 'package.json');
    if (existsSync(file)) {
      const { name } = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: string };
      if (name === 'etcd-sim') return directory;
    }
    if (path.dirname(directory) === directory)
      throw new Error('expected a package.json of etcd-sim above this file');
    directory = path.dirname(directory);
  }
}
