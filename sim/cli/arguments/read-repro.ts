/** Reads the repro that a command names. Invariant: what cannot be read or run ends in one line that names the file. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { quote, singleLine, InputError } from '../../input/parsed.js';
import { parseRepro, testOf, type RunnableRepro } from '../../repro/parse-repro.js';
import type { TestSource } from '../../run/run-result.js';
import type { Scenario } from '../../scenario/scenario.js';
import { shellQuote } from '../../input/shell-quote.js';
import type { CliEnvironment } from '../environment.js';
import type { Registry } from './run-parameters.js';

/** The largest plan that is drawn makes a few megabytes. */
const SIZE_MAX_BYTES = 50_000_000;

/** @throws InputError */
export async function readReproText(file: string | undefined, { cwd }: CliEnvironment): Promise<string> {
  if (file === undefined) throw new InputError('expected the path of a repro');
  try {
    const absolute = path.resolve(cwd, file);
    const { size } = await stat(absolute);
    if (size > SIZE_MAX_BYTES) {
      throw new InputError(
        `${quote(file)}: expected a repro of at most ${SIZE_MAX_BYTES / 1_000_000} MB, got ${Math.ceil(size / 1_000_000)} MB`,
      );
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(absolute));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `cannot read ${quote(file)}: ${singleLine(error instanceof Error ? error.message : String(error))}`,
    );
  }
}

/** @throws InputError */
export function reproIn(text: string, file: string, registry: Registry): RunnableRepro {
  const parsed = parseRepro(text, scenariosOf(registry), shellQuote(file));
  if (parsed.kind === 'malformed') throw new InputError(`${quote(file)}: ${parsed.message}`);
  return parsed.value;
}

/** The test that it is of; undefined where it is of a scenario. */
export function testIn(text: string, registry: Registry): TestSource | undefined {
  return testOf(text, scenariosOf(registry));
}

function scenariosOf({ scenarios, specimens }: Registry): readonly Scenario[] {
  return [...scenarios, ...specimens];
}
