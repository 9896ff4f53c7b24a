/**
 * Loads a scenario from a module that can be named. A scenario is an object with functions, which cannot be sent to another
 * process; a process can import the same module. Invariant: a loaded scenario knows its module for as long as it lives.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../../input/describe-thrown.js';
import { InputError, quote, singleLine } from '../../input/parsed.js';
import { expectScenario } from '../../scenario/expect-scenario.js';
import type { Scenario } from '../../scenario/scenario.js';

/** Where another process finds it. */
export interface ScenarioOrigin {
  /** The address of the module. */
  readonly module: string;
  readonly name: string;
}

const origins = new WeakMap<Scenario, ScenarioOrigin>();

/**
 * The scenario of a module, which `check`, `shrink` and `explain` can then run in several processes. The module exports it,
 * or has it in the `scenarios` of its default export, as a config file does.
 *
 * @param module its address, or its path
 * @param name of the scenario; only needed where the module has several
 * @throws InputError, ScenarioError
 */
export async function loadScenario(module: string | URL, name?: string): Promise<Scenario> {
  const address = addressOf(module);
  const found = scenariosOf(await load(address));
  const [first, ...others] = name === undefined ? found : found.filter((one) => one.name === name);
  if (first === undefined || others.length > 0) {
    const wanted = name === undefined ? 'one scenario, or a name' : `one scenario ${quote(name)}`;
    const names = found.map((one) => one.name).join(', ');
    throw new InputError(`${address}: expected ${wanted}, got ${names === '' ? 'no scenario' : names}`);
  }
  expectScenario(first);
  origins.set(first, { module: address, name: first.name });
  return first;
}

/** Undefined if it was not loaded by {@link loadScenario}. */
export function originOf(scenario: Scenario): ScenarioOrigin | undefined {
  return origins.get(scenario);
}

function addressOf(module: string | URL): string {
  if (module instanceof URL) return module.href;
  return /^(file|data|node):/.test(module) ? module : pathToFileURL(path.resolve(module)).href;
}

/** @throws InputError */
async function load(address: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(address)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new InputError(`could not import ${address}: ${singleLine(messageOf(error))}`);
  }
}

/** Each once, in the order of the exports. */
function scenariosOf(exported: Readonly<Record<string, unknown>>): Scenario[] {
  const { default: main } = exported;
  const listed = isObject(main) && Array.isArray(main['scenarios']) ? (main['scenarios'] as unknown[]) : [];
  return [...new Set([...listed, ...Object.values(exported)])].filter(isScenario);
}

function isScenario(value: unknown): value is Scenario {
  return isObject(value) && typeof value['name'] === 'string' && typeof value['run'] === 'function';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
