/**
 * Banned constructs, each with its replacement. Most important: under `sim/` and `scenarios/` nothing may use
 * time, randomness, locale or I/O that the run does not control, because one such call makes a seed
 * worthless. A single exception is a comment with a reason (`// eslint-disable-next-line RULE -- reason`);
 * folders that work with the real world are listed at the end. `test/architecture/lint-bans.test.ts` shows
 * that each ban fires.
 */
import tseslint from 'typescript-eslint';

/**
 * One kind of banned construct.
 *
 * @typedef {object} Ban
 * @property {string[]} [globals] names of globals
 * @property {[object: string, property: string][]} [properties] properties of globals
 * @property {string[]} [members] methods that are banned on every object
 * @property {string} [modules] a regular expression over module names
 * @property {string} message what to use instead
 */

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate'];

/** @type {(message: string) => Ban} */
const time = (message) => ({
  globals: ['Date', 'performance', ...TIMERS],
  properties: [
    ['process', 'hrtime'],
    ['process', 'uptime'],
    ['AbortSignal', 'timeout'],
  ],
  modules: '^(node:)?(timers|timers/promises|perf_hooks)$',
  message,
});

/** @type {(message: string) => Ban} */
const randomness = (message) => ({
  globals: ['crypto'],
  properties: [['Math', 'random']],
  members: [
    'randomUUID',
    'randomBytes',
    'randomInt',
    'randomFill',
    'randomFillSync',
    'getRandomValues',
    'pseudoRandomBytes',
  ],
  message,
});

/** @type {Ban} */
const locale = {
  globals: ['Intl'],
  members: [
    'localeCompare',
    'toLocaleString',
    'toLocaleDateString',
    'toLocaleTimeString',
    'toLocaleLowerCase',
    'toLocaleUpperCase',
  ],
  message: 'The locale differs between machines: compare with < and >, format with String().',
};

/** @type {Ban} */
const inexactMath = {
  properties: [
    'acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1',
    'hypot log log10 log1p log2 pow sin sinh tan tanh',
  ]
    .flatMap((names) => names.split(' '))
    .map((name) => ['Math', name]),
  message:
    'Its last digits differ between engines: use integers, the operators + - * / %, powers by **2 as x * x, or a table.',
};

/** @type {(message: string) => Ban} */
const io = (message) => ({
  globals: ['fetch', 'WebSocket', 'console'],
  modules:
    '^(node:)?(fs|fs/promises|net|tls|http|https|http2|dns|dns/promises|dgram|child_process|cluster|worker_threads|readline|os|process)$',
  message,
});

/** Each one ever used stays with the process, and slows every promise. */
const storagesMade = {
  selector: ':matches(:function, ClassBody) NewExpression[callee.name="AsyncLocalStorage"]',
  message:
    'Make an AsyncLocalStorage once, at the top of a module: it outlives its run and slows every promise.',
};

/**
 * The rules that enforce some bans. If two entries of a config set a rule, ESLint replaces its options
 * completely, so every folder names all of its bans at once.
 *
 * @param {Ban[]} bans
 */
function ban(...bans) {
  const globals = bans.flatMap((b) => (b.globals ?? []).map((name) => ({ name, message: b.message })));
  const properties = bans.flatMap((b) =>
    (b.properties ?? []).map(([object, property]) => ({ object, property, message: b.message })),
  );
  const modules = bans.filter((b) => b.modules !== undefined);
  return {
    'no-restricted-globals': ['error', { globals, checkGlobalObject: true }],
    'no-restricted-properties': ['error', ...properties],
    'no-restricted-imports': [
      'error',
      { patterns: modules.map((b) => ({ regex: b.modules, message: b.message })) },
    ],
    'no-restricted-syntax': [
      'error',
      storagesMade,
      ...bans.flatMap((b) => {
        const names = b.members?.join('|');
        if (names === undefined) return [];
        return [
          { selector: `MemberExpression[property.name=/^(${names})$/]`, message: b.message },
          { selector: `MemberExpression[property.value=/^(${names})$/]`, message: b.message },
          { selector: `ImportSpecifier[imported.name=/^(${names})$/]`, message: b.message },
        ];
      }),
      ...modules.map((b) => ({
        selector: `ImportExpression[source.value=/${(b.modules ?? '').replaceAll('/', '\\/')}/]`,
        message: b.message,
      })),
    ],
  };
}

const simTime = time(
  'Real time makes a run unrepeatable: use engine.nowUs and engine.schedule, in the in-memory etcd host.nowMs() and host.schedule().',
);
const simRandomness = randomness(
  'Only the seed may decide: use engine.random.stream(key), in the in-memory etcd host.randomUint32(key), in a plan an arbitrary.',
);
const simIo = io(
  'This room is pure: take data as an argument and return it; files, processes and sockets belong to sim/cli, sim/report/write.ts and sim/backend/real*.',
);
const scenarioTime = time(
  'In a scenario time belongs to the run: draw a delay in nodes() so that it is part of the plan, or wait for etcd (a watch, a lease); the context has the rest.',
);
const scenarioRandomness = randomness(
  'In a scenario chance belongs to the plan: draw it in nodes() and find it in operation.input.',
);
const scenarioIo = io(
  'In a scenario use the context: client speaks to etcd, perform() records, count() counts, summarize() prints.',
);

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'reports/*', '!reports/app/', '.cache/', 'node_modules/'] },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'no-duplicate-imports': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        // `default: return value satisfies never` marks an exhaustive switch.
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      // `signal.throwIfAborted()` has no counterpart for an aborted promise: a signal's reason may be
      // rethrown.
      '@typescript-eslint/only-throw-error': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      // Functions of an object literal are written as methods here, and can be destructured safely.
      '@typescript-eslint/unbound-method': 'off',
      // Interfaces return promises although one of two implementations has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['sim/**/*.ts'],
    rules: ban(simTime, simRandomness, locale, inexactMath, simIo),
  },
  {
    files: ['scenarios/**/*.ts'],
    rules: ban(scenarioTime, scenarioRandomness, locale, inexactMath, scenarioIo),
  },

  // Folders that work with the real world.
  {
    // Replaces ambient time and randomness, and therefore names both.
    files: ['sim/engine/ambient/**/*.ts'],
    rules: ban(locale, inexactMath, simIo),
  },
  {
    // Runs processes, sockets and real time; prefixes, ports and tokens are random so that two runs do not
    // conflict.
    files: ['sim/backend/real.ts', 'sim/backend/real/**/*.ts'],
    rules: ban(locale, inexactMath),
  },
  {
    // A client of a real etcd, which may never answer.
    files: ['sim/conformance/real-side.ts'],
    rules: ban(simRandomness, locale, inexactMath, simIo),
  },
  {
    // The in-memory etcd's host in the real world: its clock, its timers, its randomness.
    files: ['sim/serve/real-host.ts'],
    rules: ban(locale, inexactMath, simIo),
  },
  {
    // A channel in the real world: its deadlines are the machine's.
    files: ['sim/serve/in-process/**/*.ts'],
    rules: ban(simRandomness, locale, inexactMath, simIo),
  },
  {
    // Listens on a port, and speaks HTTP and gRPC there.
    files: ['sim/serve/**/*.ts'],
    ignores: ['sim/serve/real-host.ts', 'sim/serve/in-process/**'],
    rules: ban(simTime, simRandomness, locale, inexactMath),
  },
  {
    // Writes the pages that are generated from registries.
    files: ['sim/docs/write.ts', 'sim/docs/versions-page.ts'],
    rules: ban(simTime, simRandomness, locale, inexactMath),
  },
  {
    // Reads config files and arguments, writes to the terminal.
    files: ['sim/cli/**/*.ts'],
    rules: ban(simTime, simRandomness, locale, inexactMath),
  },
  {
    // Watches the process from another thread, by its clock.
    files: ['sim/watchdog/**/*.ts'],
    rules: ban(simRandomness, locale, inexactMath),
  },
  {
    // Reads the repro for a test to replay, and the environment's settings.
    files: ['sim/harness/tests/simulate.ts', 'sim/harness/tests/asked-repro.ts'],
    rules: ban(simTime, simRandomness, locale, inexactMath),
  },
  {
    // Keeps failures, and what a sweep has done, on disk.
    files: ['sim/harness/corpus/corpus-store.ts', 'sim/harness/sweep/*-file.ts'],
    rules: ban(simTime, simRandomness, locale, inexactMath),
  },
  {
    // Processes that run seeds and plans, and the module that they load.
    files: ['sim/harness/workers/*.ts'],
    rules: ban(simTime, simRandomness, locale, inexactMath),
  },
  {
    // Its body is code of a node, whose timers are the run's.
    files: ['sim/harness/tests/run/moments/waits.ts', 'sim/harness/tests/run/others/endpoints.ts'],
    rules: ban(simRandomness, locale, inexactMath, simIo),
  },
  {
    // Writes reports to disk.
    files: [
      'sim/report/write.ts',
      'sim/report/page/read-app.ts',
      'sim/report/make-directory.ts',
      'sim/report/replace-file.ts',
      // Where the package is.
      'sim/package-root.ts',
    ],
    rules: ban(simTime, simRandomness, locale, inexactMath),
  },
  {
    // The composition root of the command: hands the process to sim/cli.
    files: ['scenarios/main.ts', 'scenarios/command.ts'],
    rules: ban(scenarioRandomness, locale, inexactMath),
  },
  {
    // Readers of operations take inputs and outputs of any shape, as users of the ready-made checks write
    // them.
    files: ['test/check/ready/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
    },
  },
);
