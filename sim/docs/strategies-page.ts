/**
 * `docs/strategies.md`: the values of `--strategy`. Invariant: no strategy is left out, and each supplies its
 * own text.
 */
import { mix, strategyDescriptions, strategyNames } from '../explore/strategies/strategy-selection.js';
import { table } from './table.js';

const INTRODUCTION = `<!-- Made by \`npm run docs\` from sim/explore/strategies/; a test compares. -->

# Strategies

A strategy orders the events of a run that are due at about the same time. Virtual time decides everything else, with a
delay that is drawn for each message.

`;

const BEHIND = `
\`--strategy\` takes one name, or several with commas. If you name several, each seed draws one of them. The default,
\`mix\`, draws from ${mix.map((name) => `\`${name}\``).join(', ')}: together they find the specimens in the least CPU time
([benchmarks](benchmarks.md#how-soon-bugs-are-found)).

\`\`\`sh
npx sim --seeds 3 --scenario transactions --strategy pos,pct
\`\`\`

## Within a window

\`walk\`, \`pos\` and \`pct\` choose among the events that are due within a window. Each seed draws its window, from 0.5 to
50 ms. An event that is passed over happens late, as on a busy machine. The events of one node keep their order. \`pct\` has
a depth of 2 to 5, drawn per seed.

The strategy is part of the plan, and so of the repro. Shrinking first tries to do without it. Otherwise it keeps the
choices that matter, as a script.

## Campaigns

A campaign makes several runs of each seed: up to 100 with \`exhaustive\`, up to 30 with \`guided\`. Use one for a small
plan that you want to know well.

- \`exhaustive\` runs the plan once. Then it takes a small part of it: few operations that touched the same key. It tries
  every order of their events that differs from the order of time in one or two choices, and says whether any are left.
- \`guided\` keeps each run that reached something new: a key passed from one operation to another, or an operation that
  ended in a new way beside a fault. It continues from there with other futures, faults in the midst of operations, and
  other draws. Every other run is a plan drawn anew.

\`\`\`sh
npx sim --seed 1 --scenario lease --strategy exhaustive
\`\`\`

## Which one to choose

Begin with the default. Over the specimens no strategy wins, and one per seed costs least. Choose \`time\` when you want to
read a run: the earliest event is always next.
`;

export function strategiesPage(): string {
  const rows = strategyNames.map((name) => [`\`${name}\``, strategyDescriptions[name]]);
  return `${INTRODUCTION}${table(['strategy', 'what it does'], rows)}\n${BEHIND}`;
}
