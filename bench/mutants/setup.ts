/** What every test file does first under `npm run mutants`: a property that failed once has told enough. */
import { configureGlobal } from 'fast-check';

configureGlobal({ endOnFailure: true });
