/**
 * Audits the functions of Node.js. Each has a replacement in a run, or is refused, or is listed here as
 * harmless with its reason.
 */
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { Ambient } from '../../sim/engine/ambient/ambient.js';

const require = createRequire(import.meta.url);
const builtIn = (name: string) => require(`node:${name}`) as object;

/**
 * Functions whose answer depends only on their arguments, or that lead to functions that are audited
 * themselves.
 */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  // Reads no measurement of the process: its directory, its mask and its flags are inputs.
  process:
    /^(_exiting|exitCode|allowedNodeEnvironmentFlags|assert|_fatalException|hasUncaughtExceptionCaptureCallback|emitWarning|nextTick|_tickCallback|sourceMapsEnabled|setSourceMapsEnabled|getBuiltinModule|stdout|stderr|umask|cwd|report|ref|unref|noDeprecation|traceDeprecation|finalization|permission|features|exit|on|once|emit|domain|_channel)$/,
  os: /^(arch|endianness|platform|type|machine|devNull)$/,
  // Hashes, ciphers and keys with given input; methods of the classes that draw are refused.
  // `getRandomValues` of the module, unlike that of the global object, is an accessor that cannot be
  // redefined: see docs/determinism.md.
  crypto:
    /^(checkPrimeSync|create(Cipher|Decipher)(iv)?|createDiffieHellmanGroup|create(ECDH|Hash|Hmac|PrivateKey|PublicKey|SecretKey|Sign|Verify)|get(Ciphers|CipherInfo|Curves|DiffieHellman|Hashes|Fips)|hkdfSync|pbkdf2Sync|scryptSync|argon2Sync|private(Decrypt|Encrypt)|publicDecrypt|timingSafeEqual|hash|fips|webcrypto|subtle|getRandomValues|[A-Z]\w*)$/,
  'crypto.subtle': /^supports$/,
  perf_hooks: /^(Performance\w*|createHistogram)$/,
  performance: /^(clearResourceTimings|setResourceTimingBufferSize|onresourcetimingbufferfull)$/,
  v8: /^((De)?serialize|(Default)?(Des|S)erializer|deserialize|serialize|isStringOneByteRepresentation|promiseHooks|startupSnapshot)$/,
  // A node's synchronous use of files is an input, or an output that it looks at.
  fs: /(Sync|^[FRWX]_OK$|^close|^unwatchFile|^Dirent|^Stats|^_toUnixTimestamp|^Dir|^promises)$/,
  'fs.Dir': /^(path|readSync|closeSync)$/,
  timers: /^promises$/,
  dns: /^((get|set)\w+|Resolver|promises)$/,
  'dns/promises': /^((get|set)\w+|Resolver)$/,
  zlib: /^(crc32|\w+Sync)$/,
  vm: /^(Script|createScript|runInThisContext|isContext|compileFunction|Module|SourceTextModule|SyntheticModule)$/,
  // The ids name contexts: they are keys of maps, and mean nothing elsewhere.
  async_hooks:
    /^(AsyncLocalStorage|createHook|executionAsyncId|triggerAsyncId|executionAsyncResource|AsyncResource)$/,
  worker_threads:
    /^(MessagePort|markAsUntransferable|isMarkedAsUntransferable|markAsUncloneable|receiveMessageOnPort|getEnvironmentData|locks)$/,
  // They all end in `ChildProcess.spawn`, which is refused.
  child_process: /^(_forkChild|ChildProcess|exec|execFile|fork|spawn)$/,
  Math: /^(?!random$)/,
  Atomics: /^(load|store|add|sub|and|or|xor|exchange|compareExchange|isLockFree|notify|pause)$/,
  WebAssembly: /^(validate|promising|JSTag|[A-Z]\w*)$/,
  Intl: /^(getCanonicalLocales|supportedValuesOf|Locale)$/,
  Blob: /^(type|size|slice)$/,
  'dns.Resolver': /^$/,
  'dns.promises.Resolver': /^$/,
  'fs/promises': /^$/,
  'timers/promises': /^$/,
};

const PLACES: Readonly<Record<string, object>> = {
  process,
  performance,
  Math,
  Atomics,
  Intl,
  WebAssembly: Reflect.get(globalThis, 'WebAssembly') as object,
  Blob: Blob.prototype,
  'crypto.subtle': Object.getPrototypeOf(crypto.subtle) as object,
  'fs.Dir': (builtIn('fs') as { readonly Dir: { readonly prototype: object } }).Dir.prototype,
  'dns.Resolver': (builtIn('dns') as { readonly Resolver: { readonly prototype: object } }).Resolver
    .prototype,
  'dns.promises.Resolver': (builtIn('dns/promises') as { readonly Resolver: { readonly prototype: object } })
    .Resolver.prototype,
  ...Object.fromEntries(
    [
      ...['os', 'crypto', 'perf_hooks', 'v8', 'fs', 'fs/promises', 'timers', 'timers/promises', 'dns'],
      ...['dns/promises', 'zlib', 'vm', 'async_hooks', 'worker_threads', 'child_process'],
    ].map((name) => [name, builtIn(name)]),
  ),
};

/**
 * The names of functions and accessors, including those of a class's prototype if the value is an instance. Objects
 * of `performance` count too: they tell the time at every look.
 */
function namesOf(place: object): string[] {
  const holders = place === performance ? [place, Object.getPrototypeOf(place) as object] : [place];
  return [...new Set(holders.flatMap((holder) => Object.getOwnPropertyNames(holder)))].filter((name) => {
    const found = descriptorOf(place, name);
    return name !== 'constructor' && (isTelling(place, found?.value) || found?.get !== undefined);
  });
}

function isTelling(place: object, value: unknown): boolean {
  return (
    typeof value === 'function' || (place === performance && typeof value === 'object' && value !== null)
  );
}

function descriptorOf(place: object, name: string): PropertyDescriptor | undefined {
  return (
    Object.getOwnPropertyDescriptor(place, name) ??
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(place) as object, name)
  );
}

function snapshot(): Map<string, PropertyDescriptor | undefined> {
  return new Map(
    Object.entries(PLACES).flatMap(([module, place]) =>
      namesOf(place).map((name) => [`${module} ${name}`, descriptorOf(place, name)]),
    ),
  );
}

it('every function of Node.js is replaced in a run, refused, or harmless', () => {
  const before = snapshot();
  const release = Ambient.hold();
  const during = snapshot();
  release();
  const unclassified = [...before].flatMap(([called, native]) => {
    const [module = '', name = ''] = called.split(' ');
    const ours = during.get(called);
    const isReplaced = ours?.value !== native?.value || ours?.get !== native?.get;
    return isReplaced || HARMLESS[module]?.test(name) === true ? [] : [called];
  });
  // Give each a replacement in sim/engine/ambient, refuse it in refused.ts, or add it above with the reason.
  expect(unclassified, `Node.js ${process.version} has what nobody has thought about`).toEqual([]);
  expect(before.size).toBeGreaterThan(400);
});
