/**
 * The pages under `docs/` that are generated from registries. Adding one is a file beside this and an entry
 * here.
 */
import { checksPage } from './checks-page.js';
import { errorsPage } from './errors-page.js';
import { faultsPage } from './faults-page.js';
import { reproSchemaPage } from './repro-schema-page.js';
import { resultSchemaPage } from './result-schema-page.js';
import { strategiesPage } from './strategies-page.js';
import { versionsPage } from './versions-page.js';

export interface Page {
  /** From the root of the project. */
  readonly path: string;
  /** The whole file, formatted as Prettier would. */
  /** @param root of the project */
  render(root: string): string;
}

export const PAGES: readonly Page[] = [
  { path: 'docs/checks.md', render: checksPage },
  { path: 'docs/errors.md', render: errorsPage },
  { path: 'docs/faults.md', render: faultsPage },
  { path: 'docs/strategies.md', render: strategiesPage },
  { path: 'docs/versions.md', render: versionsPage },
  { path: 'docs/repro.schema.json', render: reproSchemaPage },
  { path: 'docs/result.schema.json', render: resultSchemaPage },
];
