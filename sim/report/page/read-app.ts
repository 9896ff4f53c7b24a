/** Reads the page's application as built: the modules that its entry needs, and its style sheets in their order. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../package-root.js';
import { ENTRY, type PageApp } from '../html.js';

/** In `reports/app/styles`; a later one goes before an earlier one. */
const STYLES = ['base', 'story', 'diagram', 'state', 'facts', 'sweep', 'trend', 'print'] as const;

export async function readPageApp(): Promise<PageApp> {
  const root = packageRoot();
  const modules: Record<string, string> = {};
  const take = async (name: string): Promise<void> => {
    if (Object.hasOwn(modules, name)) return;
    modules[name] = '';
    const code = await readFile(path.join(root, 'dist', 'page', `${name}.js`), 'utf8');
    modules[name] = code;
    for (const [, needed = ''] of code.matchAll(/\brequire\("(\.[^"]*)\.js"\)/g)) {
      await take(path.posix.join(path.posix.dirname(name), needed));
    }
  };
  await take(ENTRY);
  const styles = await Promise.all(
    STYLES.map((name) => readFile(path.join(root, 'reports', 'app', 'styles', `${name}.css`), 'utf8')),
  );
  return { modules, style: styles.join('\n') };
}
