/**
 * `process.env` of a node: a copy of the command's environment, because code is configured by it. Variables
 * that name a machine, user, session or locale are fixed or left out; so are those that configure the
 * simulator. Invariant: only that process of that node sees what it writes.
 */
import { currentNode, type VirtualNode } from '../node.js';
import { slot, type Slot } from './slot.js';
import { surroundings, type Surroundings } from './surroundings.js';

type Variables = Record<string, string>;

const native = process.env;
const ownOf = new WeakMap<VirtualNode, Variables>();

/** Variables of a session, a terminal, a locale, the simulator and its starter. */
const LEFT_OUT =
  /^(_|OLDPWD|SHLVL|TERM_SESSION_ID|WINDOWID|COLUMNS|LINES|TERM|TERM_PROGRAM|TERM_PROGRAM_VERSION|COLORTERM|FORCE_COLOR|NO_COLOR|NODE_DISABLE_COLORS|INVOCATION_ID|JOURNAL_STREAM|INIT_CWD|LANGUAGE|TEMP|TMP|USERPROFILE|(SSH|XDG|LC|SIM|ETCD_SIM|npm|NODE_CHANNEL)_.*)$/;

function copyFor({ hostname }: Surroundings): Variables {
  const kept = Object.entries(native).filter(([name]) => !LEFT_OUT.test(name)) as [string, string][];
  const fixed: Variables = {
    HOME: '/var/lib/node',
    HOSTNAME: hostname,
    LANG: 'en_US.UTF-8',
    LOGNAME: 'node',
    TMPDIR: '/tmp',
    TZ: 'UTC',
    USER: 'node',
  };
  const all = Object.entries({ ...Object.fromEntries(kept), ...fixed });
  return Object.fromEntries(all.sort(([first], [second]) => (first < second ? -1 : 1)));
}

/** The environment that the running code may read and change. */
function variables(): Variables | NodeJS.ProcessEnv {
  const here = surroundings();
  if (here === undefined) return native;
  const node = currentNode();
  if (node === undefined) return copyFor(here);
  let own = ownOf.get(node);
  if (own === undefined) {
    own = copyFor(node);
    ownOf.set(node, own);
  }
  return own;
}

const environmentOfNode = new Proxy(native, {
  get: (_, name) => Reflect.get(variables(), name) as unknown,
  set: (_, name, value) => {
    const target = variables();
    // As in Node.js, every assigned value becomes text.
    return Reflect.set(target, name, target === native ? value : String(value));
  },
  has: (_, name) => Reflect.has(variables(), name),
  deleteProperty: (_, name) => Reflect.deleteProperty(variables(), name),
  ownKeys: () => Reflect.ownKeys(variables()),
  defineProperty: (_, name, descriptor) => Reflect.defineProperty(variables(), name, descriptor),
  getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(variables(), name),
});

/** `process.env`. */
export function environment(): Slot[] {
  return [slot(process, 'env', environmentOfNode)];
}
