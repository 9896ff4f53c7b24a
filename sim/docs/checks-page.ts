/** `docs/checks.md`: every ready-made check. Invariant: none is left out, and its example is the registry's, which a test runs. */
import { readyReference, type ReadyReference } from '../check/ready/reference.js';

const INTRODUCTION = `<!-- Made by \`npm run docs\` from sim/check/ready/; a test compares, and another runs the code. -->

# Ready-made checks

\`checks\` has one function per ready-made check. It takes the names of your operations and returns a
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

Options that read a value are functions of the operation: \`item: ({ input }) => input.job\`. They get \`id\`, \`node\`, \`name\`,
\`input\`, \`output\` (if it ended ok) and \`revision\` (if it reported one). Without the option the check looks for a field of
that name in the input or output, or takes the whole value if it is not an object. In TypeScript, name the types to have them
checked: \`({ input }: Performed<{ job: string }>) => input.job\`. Values are equal if their JSON is. An item or a
register's value is compared as etcd stores it: a number equals its text. Names (slots, holders, sessions, owners, keys,
queues) are compared strictly: 1 and \`"1"\` are two slots. A name that is null is refused, but a key or a queue may be
null: it is the only one then. An option that takes the name of an operation also takes a list of names.

An operation that ended \`indefinite\`, or never returned, may have happened at any later time or never. No check counts it
as a violation, and every check accepts it as an explanation. One that \`failed\` did not happen. An operation that lasts
while its node is inside (\`during\`, \`read\` and \`write\` of a lock, \`reign\`) counts however it ends.

\`name\` and \`description\` replace those of the check. A scenario with two checks of a kind needs two names; repros refer to
them. The keys in a log do not have the run's prefix.

If a history has operations, but none with the names of a check, the check is inconclusive and lists the existing names: a
mistyped name would otherwise go unnoticed. Use \`whenAbsent: 'satisfied'\` if your scenario plans none for some seeds.
Invalid options throw an \`InputError\` when you make the check.

A violation reports what was expected, what came, and the operations involved.
`;

const OWN = `
## Your own

A check is an object with a name, a description and a function of the history. These functions help you to read a history:

- \`operationsNamed(history, 'push', 'pop')\`: operations in order of invocation.
- \`endOf(operation)\`: \`ok\`, \`failed\` or \`indefinite\`.
- \`happenedBefore(one, other)\`: whether one returned before the other was invoked.
- \`statesOf(history)\`: every revision with its changes and the state after it.
- \`stateAt(history, revision)\`: each key and its value at a revision, or at the end.
- \`callsOf(history, operation)\`: the requests that its body sent, if the run recorded them.

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

/** Lines of at most this many characters. */
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
