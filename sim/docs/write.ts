/** `npm run docs`: writes the pages that are generated from registries, from the root of the project. */
import { writeFileSync } from 'node:fs';
import { PAGES } from './pages.js';

for (const page of PAGES) {
  writeFileSync(page.path, page.render(process.cwd()));
  console.log(page.path);
}
