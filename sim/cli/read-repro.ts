/** Reads the repro that a command names. Invariant: what cannot be read or run ends in one line that names the file. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { quote, singleLine } from '../input/parsed.js';
import { parseRepro, type RunnableRepro } from '../repro/parse-repro.js';
import type { CliEnvironment } from './environment.js';
import type { Registry } from './run-request.js';
import { UsageError } from './usage-error.js';

/** @throws UsageError */
export async function readRepro(
  file: string | undefined,
  registry: Registry,
  { cwd }: CliEnvironment,
): Promise<RunnableRepro> {
  if (file === undefined) throw new UsageError('expected the path of a repro');
  let text: string;
  try {
    text = await readFile(path.resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new UsageError(
      `cannot read ${quote(file)}: ${singleLine(error instanceof Error ? error.message : String(error))}`,
    );
  }
  const parsed = parseRepro(text, [...registry.scenarios, ...registry.specimens]);
  if (parsed.kind === 'malformed') throw new UsageError(`${quote(file)}: ${parsed.message}`);
  return parsed.value;
}
