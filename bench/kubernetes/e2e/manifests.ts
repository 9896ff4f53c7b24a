/**
 * The manifests of deploy/kubernetes with smaller numbers. Invariant: the
 * scenario, the seeds and the number of parts differ from the files, and nothing else.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { packageRoot } from '../../../sim/package-root.js';
import type { Image } from '../agent/container-process.js';
import type { ApiObject } from '../api.js';

export interface Numbers {
  readonly parts: number;
  readonly seeds: string;
  readonly scenario: string;
}

const folder = path.join(packageRoot(), 'deploy/kubernetes');

function read(name: string): string {
  return readFileSync(path.join(folder, name), 'utf8');
}

export function claimManifest(): ApiObject {
  return parse(read('claim.yaml')) as ApiObject;
}

export function mergeManifest(): ApiObject {
  return parse(read('merge.yaml')) as ApiObject;
}

export function sweepManifest({ parts, seeds, scenario }: Numbers): ApiObject {
  let text = read('sweep.yaml');
  text = changed(text, /^( *completions:) \d+$/m, `$1 ${parts}`);
  text = changed(text, /^( *parallelism:) \d+$/m, `$1 ${parts}`);
  text = changed(text, /^( *maxFailedIndexes:) \d+$/m, `$1 ${parts}`);
  text = changed(text, /(- name: PARTS\s+value:) \S+$/m, `$1 '${parts}'`);
  text = changed(text, /(- name: SEEDS\s+value:) \S+$/m, `$1 '${seeds}'`);
  return parse(changed(text, /--scenario \S+/, `--scenario ${scenario}`)) as ApiObject;
}

function changed(text: string, pattern: RegExp, replacement: string): string {
  if (!pattern.test(text)) throw new Error(`expected ${String(pattern)} in sweep.yaml`);
  return text.replace(pattern, replacement);
}

/** @param directory a folder that stands for the image's working directory */
export function imageOf(directory: string): Image {
  const [, entrypoint = ''] = /^ENTRYPOINT (\[.+\])$/m.exec(read('Dockerfile')) ?? [];
  return { entrypoint: JSON.parse(entrypoint) as string[], directory };
}
