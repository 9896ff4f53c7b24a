/**
 * `npm run bench`: the cost of a simulated run, the store and `sim serve`, as ratios of two measurements.
 * Each measurement alternates with its counterpart, and the median is quoted. A machine whose speed drifts
 * therefore gives the same ratio.
 */
import { bankCost } from './bank-cost.js';
import { callRate } from './call-rate.js';
import { checkers } from './checkers.js';
import { commandTime } from './command-time.js';
import { crowds } from './crowds.js';
import { formatRatio, type Ratio } from './ratio.js';
import { serveRates } from './serve.js';
import { storeCost } from './store.js';

const wanted = process.argv.slice(2);
const benchmarks: Readonly<Record<string, () => Promise<readonly Ratio[]>>> = {
  'call-rate': callRate,
  'bank-cost': bankCost,
  'command-time': commandTime,
  store: storeCost,
  crowds,
  checkers,
  serve: serveRates,
};

const unknown = wanted.filter((name) => !Object.hasOwn(benchmarks, name));
if (unknown.length > 0) {
  console.error(`bench: expected ${Object.keys(benchmarks).join(' or ')}, got ${unknown.join(', ')}`);
  process.exitCode = 64;
} else {
  let met = true;
  for (const [name, measure] of Object.entries(benchmarks)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const ratio of await measure()) {
      console.log(formatRatio(ratio));
      met &&= ratio.median >= ratio.wanted;
    }
  }
  process.exitCode = met ? 0 : 1;
}
