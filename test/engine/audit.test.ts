/**
 * Audits the functions of Node.js. Each has a replacement in a run, or is refused, or is listed here as
 * harmless with its reason.
 */
import { createRequire } from 'node:module';
import { EventEmitter } from 'node:events';
import { createHistogram } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { Ambient } from '../../sim/engine/ambient/ambient.js';

const require = createRequire(import.meta.url);
const builtIn = (name: string) => require(`node:${name}`) as object;

/** Globals of the language. What they tell of time, locale, garbage or randomness has a replacement of its own. */
const LANGUAGE = [
  ...[
    'Object',
    'Function',
    'Array',
    'Number',
    'parse(Float|Int)',
    'Boolean',
    'String',
    'Symbol',
    'Promise',
    'RegExp',
  ],
  ...[
    '(\\w+)?Error',
    'ArrayBuffer',
    'SharedArrayBuffer',
    '(Big)?(Ui|I)nt\\d+(Clamped)?Array',
    'Float\\d+Array',
  ],
  ...['DataView', 'Map', 'BigInt', 'Set', 'WeakMap', 'WeakSet', 'Proxy', 'FinalizationRegistry', 'Iterator'],
  ...['(de|en)codeURI(Component)?', '(un)?escape', 'eval', 'is(Finite|NaN)', '(Async)?DisposableStack'],
].join('|');

/** Globals of Node.js and the web that are audited elsewhere, or compute from given data. */
const WEB = [
  ...[
    'process',
    'Buffer',
    'URL',
    'URLSearchParams',
    'URLPattern',
    'DOMException',
    'AbortController',
    'AbortSignal',
  ],
  ...[
    'Event',
    'CustomEvent',
    'EventTarget',
    'MessageEvent',
    'CloseEvent',
    'ErrorEvent',
    'Text(En|De)coder(Stream)?',
  ],
  ...[
    '(Transform|Writable|Readable)(Byte)?Stream\\w*',
    '\\w+QueuingStrategy',
    'structuredClone',
    'queueMicrotask',
    'atob',
    'btoa',
  ],
  ...[
    'MessagePort',
    'Blob',
    'performance',
    'Performance(Entry|Measure|Observer|ObserverEntryList|ResourceTiming)?',
  ],
  // Requests are refused where they are sent.
  ...['FormData', 'Headers', 'Request', 'Response', 'crypto', 'Crypto', 'CryptoKey', 'SubtleCrypto'],
  ...['navigator', 'Navigator', 'Storage', '(local|session)Storage', 'gc', 'global(This)?'],
  // Vitest and its coverage add these.
  ...['__\\w+', 'WebAssembly'],
].join('|');

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
  // `getRandomValues` of the module cannot be redefined; it calls that of `Crypto.prototype`.
  crypto:
    /^(checkPrimeSync|create(Cipher|Decipher)(iv)?|createDiffieHellmanGroup|create(ECDH|Hash|Hmac|PrivateKey|PublicKey|SecretKey|Sign|Verify)|get(Ciphers|CipherInfo|Curves|DiffieHellman|Hashes|Fips)|createMac|getMacs|parsePKCS12|hkdfSync|pbkdf2Sync|scryptSync|argon2Sync|private(Decrypt|Encrypt)|publicDecrypt|timingSafeEqual|hash|fips|webcrypto|subtle|getRandomValues|[A-Z]\w*)$/,
  'crypto.subtle': /^supports$/,
  perf_hooks: /^(Performance\w*|createHistogram|importHistogram)$/,
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
  'Performance.prototype': /^(clearResourceTimings|setResourceTimingBufferSize|onresourcetimingbufferfull)$/,
  'Crypto.prototype': /^subtle$/,
  'FormData.prototype': /^(delete|get|getAll|has|keys|values|entries|forEach)$/,
  // A node gets no port: what makes one is refused.
  'MessagePort.prototype': /^(start|ref|unref|hasRef|onmessage|onmessageerror|close|drain)$/,
  'RecordableHistogram.prototype': /^(record|recordCorrected|add|subtract)$/,
  // Of a debugger that was connected outside of the nodes.
  'inspector.Session.prototype': /^(post|disconnect)$/,
  inspector: /^(Session|console|Network\w*|DOMStorage)$/,
  URL: /^(parse|canParse)$/,
  url: /^(Url|parse|resolve|resolveObject|format|URL|URLSearchParams|URLPattern|domainTo\w+|pathToFileURL|fileURLToPath\w*|urlToHttpOptions)$/,
  // No object has a URL in a node.
  buffer: /^(Buffer|SlowBuffer|transcode|isUtf8|isAscii|btoa|atob|INSPECT_MAX_BYTES|Blob|resolveObjectURL)$/,
  tty: /^(ReadStream|WriteStream)$/,
  // Colours depend on the stream and the environment of the node. `log` prints, and gives the node nothing.
  util: /^(_\w+|callbackify|convert\w+|debug|debuglog|deprecate|diff|format|formatWithOptions|get\w+|inherits|inspect|markPromiseAsHandled|is\w+|log|promisify|setTraceSigInt|stripVTControlCharacters|styleText|to\w+|transferable\w+|aborted|parse\w+|Text\w+|MIME\w+)$/,
  global: new RegExp(`^(${[LANGUAGE, WEB].join('|')})$`),
  'dns.Resolver': /^$/,
  'dns.promises.Resolver': /^$/,
  'fs/promises': /^$/,
  'timers/promises': /^$/,
};

const PLACES: Readonly<Record<string, object>> = {
  process,
  performance,
  'Performance.prototype': Object.getPrototypeOf(performance) as object,
  'Crypto.prototype': Object.getPrototypeOf(crypto) as object,
  'FormData.prototype': FormData.prototype,
  'MessagePort.prototype': MessagePort.prototype,
  'RecordableHistogram.prototype': Object.getPrototypeOf(createHistogram()) as object,
  'inspector.Session.prototype': (
    builtIn('inspector') as { readonly Session: { readonly prototype: object } }
  ).Session.prototype,
  URL,
  global: globalThis,
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
      ...[
        'dns/promises',
        'zlib',
        'vm',
        'async_hooks',
        'worker_threads',
        'child_process',
        'buffer',
        'inspector',
        'tty',
        'url',
        'util',
      ],
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

it('no prototype and no instance leads to the original of a replacement', () => {
  const before = snapshot();
  const release = Ambient.hold();
  const during = snapshot();
  const passedBy = [...before].flatMap(([called, native]) => {
    const [module = '', name = ''] = called.split(' ');
    const original = native?.value as unknown;
    const place = PLACES[module];
    if (typeof original !== 'function' || during.get(called)?.value === original) return [];
    const prototype = original.prototype as { readonly constructor?: unknown } | undefined;
    const isConstructor = /^[A-Z]/.test(name) && prototype?.constructor === original;
    return isConstructor || leadsTo(place, name, original) ? [called] : [];
  });
  release();
  expect(passedBy).toEqual([]);
});

/** Whether the place or what it inherits from has the original under this name. */
function leadsTo(place: unknown, name: string, original: unknown): boolean {
  for (let at = place; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at) as unknown) {
    // Every emitter inherits these; the process's own come first.
    if (Object.getOwnPropertyDescriptor(at, name)?.value === original) return at !== EventEmitter.prototype;
  }
  return false;
}
