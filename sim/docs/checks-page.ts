/** `docs/checks.md`: every ready-made check. Invariant: none is left out, and its example is the registry's, which a test runs. */
import { readyReference, type ReadyReference } from '../check/ready/reference.js';

const INTRODUCTION = `<!-- Made by \`npm run docs\` from sim/check/ready/; a test compares, and another runs the code. -->

# Ready-made checks

\`checks\` has a function for each thing that etcd-sim checks itself. It takes the names of your operations and gives a
check for a scenario:

\`\`\`js
import { checks } from 'etcd-sim/sim';

const rules = [
  checks.mutualExclusion({ during: 'hold' }),
  checks.exactlyOnce({ operation: 'pay', effect: 'receipts/' }),
];
\`\`\`

In a [test](testing.md) \`sim.check\` has the same functions: \`sim.check.mutualExclusion({ during: 'hold' })\`.

${list(Object.keys(readyReference).map((name) => `[\`${name}\`](#${name.toLowerCase()})`))}

## What they have in common

Where a thing lies is a function of the operation: \`item: ({ input }) => input.job\`. It sees \`id\`, \`node\`, \`name\`,
\`input\`, \`output\` (of one that ended ok) and \`revision\` (where it told one). Without it the check looks for a field of
that name in input or output, or takes the whole where it is no object. In TypeScript name the types to have them
checked: \`({ input }: Performed<{ job: string }>) => input.job\`. Equal things have equal JSON; a number and its text are
the same, because etcd knows only texts. Wherever one name of an operation stands, a list of names may.

An operation that ended \`indefinite\`, or never came back, may have happened at any later time or never. No check holds it
against anybody, and every check accepts it as an explanation. One that \`failed\` did not happen. An operation that lasts
while its node is inside (\`during\`, \`read\` and \`write\` of a lock, \`reign\`) counts however it ends.

\`name\` and \`description\` replace those of the check: a scenario with two of a kind needs two names, and repros refer to
them. The keys of a log have no run's prefix.

A check whose operations a history does not have, while it has others, is inconclusive and says which names there are: a
mistyped name would otherwise never be noticed. \`whenAbsent: 'satisfied'\` is for scenarios that plan none for some seeds.
Options that make no sense throw an \`InputError\` when the check is made.

A violation says what was expected, what came, and in whose operations.
`;

const OWN = `
## Your own

A check is an object with a name, a description and a function of the history. These help to look at one:

- \`operationsNamed(history, 'push', 'pop')\`: operations in order of invocation.
- \`endOf(operation)\`: \`ok\`, \`failed\` or \`indefinite\`.
- \`happenedBefore(one, other)\`: whether one had returned before the other was invoked.
- \`statesOf(history)\`: every revision with what it changed and the state after it.
- \`stateAt(history, revision)\`: each key and its value at a revision, or at the end.
- \`callsOf(history, operation)\`: requests that its body sent, where the run recorded them.

\`\`\`js
import { statesOf } from 'etcd-sim/sim';

const noneBelowZero = {
  name: 'none-below-zero',
  description: 'No account is ever below zero.',
  check(history) {
    for (const { revision, state } of statesOf(history)) {
      const below = [...state].find(([key, value]) => key.startsWith('account/') && Number(value) < 0);
      if (below === undefined) continue;
      const message = \`\${below[0]} is \${below[1]} at revision \${revision}\`;
      return { verdict: 'violated', message, operations: [], revisions: [revision] };
    }
    return { verdict: 'satisfied' };
  },
};
\`\`\`
`;

export function checksPage(): string {
  const sections = Object.entries(readyReference).map(([name, reference]) => section(name, reference));
  return `${INTRODUCTION}${sections.join('')}${OWN}`;
}

function section(name: string, { demands, example, options, cannotSee }: ReadyReference): string {
  const all = Object.entries(options).map(([option, meaning]) => `\`${option}\`: ${meaning}.`);
  return `
## ${name}

${wrap(demands)}

\`\`\`js
${example}
\`\`\`
${all.length === 0 ? '' : `\n${list(all)}\n`}
${wrap(`What it cannot see: ${decapitalize(cannotSee)}`)}
`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${wrap(item, '  ')}`).join('\n');
}

const WIDTH = 118;

/** Lines of at most so many characters. */
function wrap(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}

function decapitalize(text: string): string {
  return text.startsWith('`') ? text : text.charAt(0).toLowerCase() + text.slice(1);
}
