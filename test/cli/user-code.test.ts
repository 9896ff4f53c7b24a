/** User code in the command: the functions that it took when it was loaded act in the run, on every machine alike. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const command = path.resolve(import.meta.dirname, '../../dist/scenarios/main.js');
const resolved = (name: string) => JSON.stringify(import.meta.resolve(name));

/** Each operation answers with what the function of its name gives. */
const CONFIG = `
  import fc from ${resolved('fast-check')};
  import pino from ${resolved('pino')};
  import winston from ${resolved('winston')};
  import crypto, { randomInt, randomUUID } from 'node:crypto';
  import fs, { writeSync } from 'node:fs';
  import { createRequire } from 'node:module';
  import os, { hostname } from 'node:os';
  import process, { env } from 'node:process';
  import { promisify } from 'node:util';

  const promised = promisify(setTimeout);
  const { setTimeout: required } = createRequire(import.meta.url)('node:timers/promises');
  const { setTimeout: taken, setImmediate: soon, Date: Then } = globalThis;
  const now = Date.now;
  const { random } = Math;
  const clock = performance.now.bind(performance);
  const { hrtime } = process;
  const uuid = crypto.randomUUID;
  const { readFile } = fs;
  const atLoad = [Date.now(), Math.random(), randomUUID(), hostname(), process.pid];
  const byDefault = [new Intl.NumberFormat(), new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'full' })];

  const answers = {
    async timers() {
      const before = now();
      await promised(5);
      await required(5);
      await new Promise((resolve) => taken(resolve, 5));
      await new Promise((resolve) => soon(resolve));
      return now() - before;
    },
    clocks: () => [now(), new Then().getTime(), clock(), hrtime(), String(hrtime.bigint())],
    chance: () => [random(), uuid(), randomUUID(), randomInt(1000), crypto.randomInt(2 ** 33), crypto.randomInt(-5, 2 ** 47)],
    identity: () => [process.pid, process.ppid, os.hostname(), hostname(), os.networkInterfaces(), os.loadavg(),
      os.uptime(), process.uptime(), process.memoryUsage(), process.memoryUsage.rss(), process.cpuUsage(),
      process.resourceUsage(), os.freemem(), os.totalmem(), os.cpus(), os.availableParallelism(), os.userInfo(),
      os.release(), os.version(), process.argv, process.title, process.getuid?.()],
    environment() {
      env.WRITTEN = 1;
      return [process.env.HOSTNAME, env.TZ, env.LC_ALL, env.LANG, env.WRITTEN, process.env.FOR_NODES, Object.keys(env).join()];
    },
    locale: () => [(1234.5).toLocaleString(), 12345n.toLocaleString(), ['z', 'ä', 'i'].sort((a, b) => a.localeCompare(b)),
      'iI'.toLocaleUpperCase(), new Date().toString(), new Date(2026, 0, 1).toISOString(), new Date().toLocaleString(),
      new Intl.NumberFormat().format(1234.5), Intl.DateTimeFormat().resolvedOptions(), new Date().getHours(),
      byDefault[0].format(1234.5), byDefault[1].format(7), Date.parse('2026-01-01T00:00:00'), new Date(0).getTimezoneOffset()],
    atLoad: () => atLoad,
    async loggers() {
      console.log('by console');
      process.stdout.write('by stream\\n');
      writeSync(1, 'by descriptor\\n');
      await new Promise((resolve) => fs.write(1, Buffer.from('-by callback\\n'), 1, resolve));
      for (const sync of [true, false]) {
        const logger = pino({}, pino.destination({ fd: 1, sync }));
        logger.info(sync ? 'by pino' : 'by pino without waiting');
        await new Promise((resolve) => logger.flush(resolve));
      }
      pino().warn('by pino as it comes');
      const other = winston.createLogger({ transports: [new winston.transports.Console()] });
      const written = new Promise((resolve) => other.on('finish', resolve));
      other.info('by winston');
      other.end();
      await written;
      return await new Promise((resolve) => process.stderr.write('to the end\\n', () => resolve('written')));
    },
    escape: () => readFile('/dev/null', () => undefined),
  };
  const scenario = (name, names) => ({
    name, description: 'Asks.', options: {},
    nodes: () => fc.constant(['a', 'b'].map((node) => ({ name: node,
      operations: names.map((asked) => ({ id: node + '-' + asked, name: asked, input: null })) }))),
    setup: async () => {},
    async run({ client, prefix, perform }, operations) {
      for (const operation of operations) await perform(operation, async () => {
        const output = JSON.parse(JSON.stringify((await answers[operation.name]()) ?? null));
        await client.put(prefix + operation.id).value(JSON.stringify(output));
        return { output };
      });
    },
    checks: () => [], summarize: () => [],
  });
  export default { scenarios: [scenario('asking', Object.keys(answers).filter((name) => name !== 'escape')), scenario('escaping', ['escape'])] };`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sim-user-code-'));
  writeFileSync(path.join(directory, 'sim.config.mjs'), CONFIG);
});
afterAll(() => rmSync(directory, { recursive: true }));

function sim(words: readonly string[], env: Record<string, string> = {}) {
  const { PATH, HOME } = process.env;
  return spawnSync(process.execPath, [command, ...words, '--faults', 'none', '--seed', '3'], {
    ...{ cwd: directory, encoding: 'utf8', maxBuffer: 1 << 26 },
    env: { PATH, HOME, FOR_NODES: 'yes', ...env },
  });
}

interface Run {
  readonly verdict: string;
  readonly trace: { readonly hash: string };
  readonly operations: readonly {
    readonly id: string;
    readonly outcome: { readonly kind: string; readonly output: unknown };
  }[];
}

function ask(env: Record<string, string>) {
  const { stdout, stderr, status } = sim(['--scenario', 'asking', '--reporter', 'json', '--no-report'], env);
  const run = JSON.parse(stdout) as Run;
  const outputs = Object.fromEntries(
    run.operations.map(({ id, outcome }) => [id, outcome.output as unknown[]]),
  );
  return { run, outputs, stderr, status };
}

describe('code of a config file', () => {
  let here: ReturnType<typeof ask>;
  beforeAll(() => {
    here = ask({ TZ: 'America/New_York', LC_ALL: 'de_DE.UTF-8', HOSTNAME: 'one' });
  });

  it('ends with everything it waits for', () => {
    expect(here.run.verdict).toBe('satisfied');
    expect(here.run.operations.map(({ outcome }) => outcome.kind)).toEqual(
      here.run.operations.map(() => 'ok'),
    );
    expect(here.status).toBe(0);
    expect(here.outputs['a-timers']).toBeGreaterThanOrEqual(15);
    expect(here.outputs['a-timers']).toBeLessThan(1000);
  });

  it('gives the same run, and the same answers, with another time zone, locale and environment', () => {
    const there = ask({ TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8', HOSTNAME: 'two', SIM_COLOR: 'false' });
    expect(there.outputs).toEqual(here.outputs);
    expect(there.run.trace).toEqual(here.run.trace);
  });

  it('is another process on another machine in every node', () => {
    const [a, b] = [here.outputs['a-identity'], here.outputs['b-identity']];
    expect(a?.[0]).not.toBe(b?.[0]);
    expect(a?.[2]).toBe('a');
    expect(b?.[3]).toBe('b');
    expect(a?.[4]).not.toEqual(b?.[4]);
    const [hostname, zone, , , written, given, names] = here.outputs['b-environment'] ?? [];
    expect([hostname, zone, written, given]).toEqual(['b', 'UTC', '1', 'yes']);
    expect(names).not.toContain('SIM_');
  });

  it('has one locale and one time zone', () => {
    const [number, bigint, sorted, upper, text, local] = here.outputs['a-locale'] ?? [];
    expect([number, bigint, sorted, upper]).toEqual(['1,234.5', '12,345', ['ä', 'i', 'z'], 'II']);
    expect(text).toContain('GMT+0000 (Coordinated Universal Time)');
    expect(local).toBe('2026-01-01T00:00:00.000Z');
  });

  it('is loaded at the moment at which every run begins', () => {
    expect(here.outputs['a-atLoad']?.slice(3)).toEqual(['localhost', 1]);
    expect(here.outputs['a-atLoad']?.[0]).toBe(Date.UTC(2026, 0, 1));
  });

  it('draws large numbers as well as small ones', () => {
    const [, , , small, large, huge] = here.outputs['a-chance'] as number[];
    expect(small).toBeLessThan(1000);
    expect(large).toBeGreaterThanOrEqual(0);
    expect(large).toBeLessThan(2 ** 33);
    expect(huge).toBeLessThan(2 ** 47);
  });

  it('prints to standard error, by any logger', () => {
    const ways = ['console', 'stream', 'descriptor', 'callback', 'pino', 'pino without waiting', 'winston'];
    for (const way of [...ways, 'pino as it comes']) expect(here.stderr).toContain(`by ${way}`);
    expect(here.stderr).toContain('to the end');
    expect(here.stderr).not.toContain('-by');
  });
});

describe('a node that leaves the simulation', () => {
  it('ends the command with 70, in one line that names the node, the function and the line, and is not kept', () => {
    const { status, stdout, stderr } = sim(['--scenario', 'escaping']);
    expect(status).toBe(70);
    expect(stdout).toBe('');
    const [line, replay, ...others] = stderr.trimEnd().split('\n');
    expect(line).toMatch(
      /^sim: [ab] called fs\.readFile at .*sim\.config\.mjs:\d+:\d+, which leaves the simulation/,
    );
    expect(replay).toMatch(/^sim .*--seed 3.*--scenario escaping/);
    expect(others).toEqual([]);
  });
});
