/**
 * The Go programs of the real backend, each pinned by a module in `tools/`. Adding a version is a folder
 * there and an entry here. Invariant: the version is stated only in the folder's go.mod.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_ETCD_VERSION, type EtcdVersion } from '../../etcd/version.js';
import { packageRoot } from '../../package-root.js';

/** The environment variables of this process, or a test's own. */
export type Env = Readonly<Record<string, string | undefined>>;

export interface ProvisionOptions {
  readonly env: Env;
  /** Called with one line for every slow step. */
  progress(line: string): void;
  readonly signal?: AbortSignal | undefined;
  /** Whether a missing program is built; it is by default. */
  readonly builds?: boolean;
  /** The folder that contains `tools/`; this package's own by default. */
  readonly root?: string;
}

/** One program: its name, how it is pinned and how to find an installed one. */
export interface Tool {
  /** Its common name. */
  readonly title: string;
  /** The folder under `tools/` with its go.mod and go.sum. */
  readonly folder: string;
  /** The Go module whose version is the program's. */
  readonly goModule: string;
  /** The arguments of `go build`, relative to the folder. */
  readonly goPackage: string;
  /** A Go string variable to set to the version, if the program does not know it itself. */
  readonly goVersionVariable?: string;
  /** How long a build takes on two cores, in words; about a minute by default. */
  readonly buildTime?: string;
  /** Where an installed one may be found instead. */
  readonly installed?: {
    /** The environment variable that names its path. */
    readonly variable: string;
    /** Its name on PATH. */
    readonly command: string;
    readonly versionArguments: readonly string[];
    /** Finds the version in the output. */
    readonly versionPattern: RegExp;
    /** The oldest that is accepted. */
    readonly versionMin: string;
  };
}

export const etcdTool: Tool = {
  title: 'etcd',
  folder: 'etcd-3.6',
  goModule: 'go.etcd.io/etcd/server/v3',
  goPackage: '.',
  installed: {
    variable: 'SIM_ETCD_BIN',
    command: 'etcd',
    versionArguments: ['--version'],
    versionPattern: /etcd Version: (\d+\.\d+\.\d+\S*)/,
    versionMin: '3.4',
  },
};

/** The etcd of a run: for the default version also an installed one of any version. */
export function etcdToolFor(version: EtcdVersion): Tool {
  return version === DEFAULT_ETCD_VERSION ? etcdTool : etcdToolOf(version);
}

/** etcd of exactly this version. 3.4 is too old to be built as a dependency; it has to be installed. */
export function etcdToolOf(version: EtcdVersion): Tool {
  const own = { folder: `etcd-${version}` };
  const { installed, ...built } = etcdTool;
  if (version !== '3.4' && version !== '3.6') return { ...built, ...own };
  if (installed === undefined) throw new Error('etcd can be installed');
  return {
    ...built,
    ...own,
    installed: {
      ...installed,
      variable: version === '3.6' ? installed.variable : 'SIM_ETCD_3_4_BIN',
      versionPattern: version === '3.6' ? /etcd Version: (3\.6\.\d+\S*)/ : /etcd Version: (3\.4\.\d+\S*)/,
      versionMin: version,
    },
  };
}

export const toxiproxyTool: Tool = {
  title: 'Toxiproxy',
  folder: 'toxiproxy',
  goModule: 'github.com/Shopify/toxiproxy/v2',
  goPackage: 'github.com/Shopify/toxiproxy/v2/cmd/server',
  goVersionVariable: 'github.com/Shopify/toxiproxy/v2.Version',
  installed: {
    variable: 'SIM_TOXIPROXY_BIN',
    command: 'toxiproxy-server',
    versionArguments: ['-version'],
    // A build from its source without the release's linker flags reports its version as `git`; that is
    // accepted, too.
    versionPattern: /toxiproxy-server version (\S+)/,
    versionMin: '2.1',
  },
};

/** Reads a compose file as Docker Compose does; only the tests use it. */
export const composeConfigTool: Tool = {
  title: 'compose-config',
  folder: 'compose-config',
  goModule: 'github.com/compose-spec/compose-go/v2',
  goPackage: '.',
};

/** Checks GitHub workflows; only the tests use it. */
export const actionlintTool: Tool = {
  title: 'actionlint',
  folder: 'actionlint',
  goModule: 'github.com/rhysd/actionlint',
  goPackage: '.',
};

/** The client for the command line; only the tests of `sim serve` use it. */
export const etcdctlTool: Tool = {
  title: 'etcdctl',
  folder: 'etcdctl-3.6',
  goModule: 'go.etcd.io/etcd/etcdctl/v3',
  goPackage: '.',
};

/** A program on the official Go client; only the tests of `sim serve` use it. */
export const clientv3Tool: Tool = {
  title: 'clientv3',
  folder: 'clientv3-3.6',
  goModule: 'go.etcd.io/etcd/client/v3',
  goPackage: '.',
};

/** A program on the recipes of the official Go client; only the tests of the recipes use it. */
export const recipesTool: Tool = {
  title: 'Go recipes',
  folder: 'recipes-3.6',
  goModule: 'go.etcd.io/etcd/client/v3',
  goPackage: '.',
};

/** Kubernetes' API server and controller manager; only tests and `npm run e2e:kubernetes` use it. */
export const kubernetesTool: Tool = {
  title: 'Kubernetes',
  folder: 'kubernetes-1.34',
  goModule: 'k8s.io/kubernetes',
  goPackage: '.',
  buildTime: 'about ten minutes',
};

/** The sources of a tool. */
export interface ToolSource {
  readonly directory: string;
  /** The program's version, such as `3.6.14`. */
  readonly version: string;
  /** The oldest Go that builds it, such as `1.25`. */
  readonly goVersionMin: string;
  /** The same for the same sources on the same kind of machine, and different for all others. */
  readonly fingerprint: string;
}

/** The tool's module in this package; undefined if the package has no `tools/`. */
export function sourceOf(tool: Tool, root: string = packageRoot()): ToolSource | undefined {
  const directory = join(root, 'tools', tool.folder);
  if (!existsSync(join(directory, 'go.mod'))) return undefined;
  const goMod = readFileSync(join(directory, 'go.mod'), 'utf8');
  const words = goMod.split('\n').map((line) =>
    line
      .trim()
      .replace(/^require /, '')
      .split(/\s+/),
  );
  const version = words.find(([name]) => name === tool.goModule)?.[1];
  const go = words.find(([name]) => name === 'go')?.[1];
  if (version === undefined || go === undefined) {
    throw new Error(`expected ${tool.folder}/go.mod to require ${tool.goModule} and to name its Go version`);
  }
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${tool.goPackage}\n${goMod}`);
  for (const file of ['go.sum', 'main.go']) {
    if (existsSync(join(directory, file))) hash.update(readFileSync(join(directory, file)));
  }
  return {
    directory,
    version: version.replace(/^v/, ''),
    goVersionMin: go.split('.').slice(0, 2).join('.'),
    fingerprint: hash.digest('hex').slice(0, 12),
  };
}
