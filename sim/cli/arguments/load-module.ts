/**
 * Loads a module of the user's. Node.js loads JavaScript. jiti loads TypeScript, so that every supported Node.js runs
 * all of its syntax, such as enums, parameter properties and decorators. Invariant: what the module imports from
 * etcd-sim is the instance that runs.
 */
import { pathToFileURL } from 'node:url';

/** A module rather than its default export, which could be a Proxy that poses as a promise. */
export interface LoadedModule {
  readonly default?: unknown;
}

/** The modules of this package by their names, such as `etcd-sim/sim`. */
export type OwnModules = Readonly<Record<string, () => Promise<object>>>;

/** Loads the file at this absolute path. Throws the module's own errors. */
export async function loadModule(file: string, ownModules: OwnModules): Promise<LoadedModule> {
  if (!isTypeScript(file)) return import(pathToFileURL(file).href) as Promise<LoadedModule>;
  const { createJiti } = await import('jiti');
  const plain = createJiti(file, { fsCache: false });
  const jiti = createJiti(file, {
    fsCache: false,
    tsconfigPaths: true,
    virtualModules: await loadAll(ownModules),
    transform: (options) => ({ code: withoutMetadata(plain.transform(options)) }),
  });
  return jiti.import<LoadedModule>(file);
}

/**
 * Without `reflect-metadata` jiti 2.7 puts `(t) => t` in place of a decorator that stores types. On a method it returns
 * the class as the method's descriptor, and the decorators before it then get that.
 */
function withoutMetadata(code: string): string {
  return code.replaceAll(
    /(Reflect\.metadata\?\.\("design:\w+", [^;]*?\)) \|\| \(\(t\) => t\)/g,
    '$1 || (() => undefined)',
  );
}

async function loadAll(modules: OwnModules): Promise<Record<string, object>> {
  const loaded: Record<string, object> = {};
  for (const [name, load] of Object.entries(modules)) loaded[name] = await load();
  return loaded;
}

function isTypeScript(file: string): boolean {
  return /\.[cm]?ts$/.test(file);
}
