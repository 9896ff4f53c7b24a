/** A config file in TypeScript as users write it, loaded by the built command on the Node.js that runs this. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const main = path.resolve(import.meta.dirname, '../../dist/scenarios/main.js');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sim-typescript-'));
  writeFileSync(path.join(directory, 'sim.config.ts'), CONFIG);
  writeFileSync(path.join(directory, 'service.ts'), SERVICE);
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const CONFIG = `
import { defineScenario } from 'etcd-sim/sim';
import { Counter } from './service.js';
const counter = defineScenario({
  name: 'counter',
  nodes: () => [{ name: 'c1', operations: [{ id: 'c1-1', name: 'add', input: null }] }],
  async run({ client, perform }, operations) {
    for (const operation of operations) {
      await perform(operation, async () => ({ output: await new Counter(client).add(1) }));
    }
  },
  checks: () => [],
});
export default { scenarios: [counter], faults: 'none' };
`;

const SERVICE = `
import type { Etcd3 } from 'etcd3';
enum Kind { Once, Twice }
const traced = (_target: object, _key: string, descriptor: PropertyDescriptor): void => {
  const method = descriptor.value as (...args: unknown[]) => unknown;
  descriptor.value = function (this: unknown, ...args: unknown[]) { return method.apply(this, args); };
};
const kept = <C extends new (...args: never[]) => object>(of: C) => of;
@kept
export class Counter {
  constructor(private readonly client: Etcd3, private readonly kind: Kind = Kind.Twice) {}
  @traced
  async add(by: number): Promise<string> {
    await this.client.put('counter').value(by + 1);
    return Kind[this.kind];
  }
}
`;

function sim(): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const words = [main, '--seed', '1', '--scenario', 'counter', '--reporter', 'json'];
  const done = spawnSync(process.execPath, words, { cwd: directory, encoding: 'utf8' });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

it('has enums, parameter properties and decorators with their metadata', () => {
  const { code, stdout, stderr } = sim();
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('"satisfied"');
});

it('is refused with the file and the line of a module that throws', () => {
  writeFileSync(path.join(directory, 'service.ts'), `${SERVICE}\nthrow new Error('no way');\n`);
  const { code, stderr } = sim();
  expect(code).toBe(64);
  const line = SERVICE.split('\n').length + 1;
  expect(stderr).toMatch(/^sim: [^\n]+\n$/);
  expect(stderr).toContain('no way');
  expect(stderr).toContain(`service.ts:${line}`);
});

it('is refused with the file and the line of a module that is no TypeScript', () => {
  writeFileSync(path.join(directory, 'service.ts'), 'export class Counter {}\nlet x = ;\n');
  const { code, stderr } = sim();
  expect(code).toBe(64);
  expect(stderr).toMatch(/^sim: [^\n]+\n$/);
  expect(stderr).toContain('service.ts:2');
});
