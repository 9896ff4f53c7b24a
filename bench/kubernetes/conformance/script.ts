/**
 * The driver script: what it asks of an API server, and the transcript of what it was answered. The API server
 * is the same program each time, so where two transcripts differ, their etcds do.
 */
import { Etcd3 } from 'etcd3';
import type { Place } from '../place.js';
import { startApiServer } from '../servers.js';
import { compacting, watching } from './chapters/watching.js';
import { conflicts } from './chapters/conflicts.js';
import { custom } from './chapters/custom.js';
import { deleting } from './chapters/deleting.js';
import { EVENT_TTL_SECONDS, expiring } from './chapters/expiring.js';
import { making } from './chapters/making.js';
import { paging } from './chapters/paging.js';
import { Transcript } from './transcript.js';
import type { Chapter } from './world.js';

export const chapters: readonly Chapter[] = [
  making,
  paging,
  watching,
  conflicts,
  deleting,
  expiring,
  custom,
  // Last: it takes the past from every watch that might still read it.
  compacting,
];

export interface ScriptOptions {
  readonly name: string;
  /** The path of the Kubernetes program. */
  readonly program: string;
  /** The endpoint of the etcd. */
  readonly etcd: string;
  tell(line: string): void;
}

/** Starts an API server on the etcd and runs the script; resolves with the transcript. */
export async function runScript(
  place: Place,
  { name, program, etcd, tell }: ScriptOptions,
): Promise<string[]> {
  const { api } = await startApiServer(place, {
    ...{ name, program, etcd },
    flags: [
      ...['--event-ttl', `${EVENT_TTL_SECONDS}s`],
      // Lists and watches of this kind reach etcd instead of the cache.
      ...['--watch-cache-sizes', 'configmaps#0,events#0'],
    ],
  });
  tell(`${name} is ready`);
  const client = new Etcd3({ hosts: etcd });
  const transcript = new Transcript();
  try {
    for (const chapter of chapters) {
      transcript.note('chapter', chapter.name);
      await chapter.run({ api, etcd: client, transcript });
      tell(`${name}: ${chapter.name}`);
    }
  } finally {
    client.close();
  }
  return transcript.lines;
}
