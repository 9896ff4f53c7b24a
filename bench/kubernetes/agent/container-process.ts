/**
 * A container as a local process: its command, its environment, and a folder for each claim. Invariant: a
 * path under a mount is the same path in the claim's folder, wherever the container's words name it.
 *
 * The process is not isolated: it has the user and the files of this machine.
 */
import type { Container, EnvironmentVariable, Pod } from './pod.js';

/** What an image is here. */
export interface Image {
  readonly entrypoint: readonly string[];
  /** Where its commands run. */
  readonly directory: string;
}

export interface Command {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
}

/** @param folderOf the folder of a claim in the pod's namespace */
export function commandOf(pod: Pod, image: Image, folderOf: (claim: string) => string): Command {
  const [container] = pod.spec.containers;
  const mounts = mountsOf(pod, container, folderOf);
  const words = [...(container.command ?? image.entrypoint), ...(container.args ?? [])];
  const variables = (container.env ?? []).map((one) => [one.name, valueOf(one, pod)] as const);
  return {
    words: words.map((word) => localize(word, mounts)),
    env: Object.fromEntries(variables.map(([name, value]) => [name, localize(value, mounts)])),
    directory: image.directory,
  };
}

interface Mount {
  readonly path: string;
  readonly folder: string;
}

/** Volumes that are no claims, such as the token of the service account, are not mounted. */
function mountsOf(pod: Pod, container: Container, folderOf: (claim: string) => string): readonly Mount[] {
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath }) => {
    const claim = pod.spec.volumes?.find((volume) => volume.name === name)?.persistentVolumeClaim;
    return claim === undefined ? [] : [{ path: mountPath, folder: folderOf(claim.claimName) }];
  });
}

function localize(text: string, mounts: readonly Mount[]): string {
  return mounts.reduce((words, { path, folder }) => words.replaceAll(path, folder), text);
}

/** The downward API: a field of the pod as a value. */
function valueOf({ name, value, valueFrom }: EnvironmentVariable, { metadata }: Pod): string {
  const path = valueFrom?.fieldRef?.fieldPath;
  if (path === undefined) return value ?? '';
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  const found = map === 'labels' ? metadata.labels?.[key] : metadata.annotations?.[key];
  if (found === undefined) throw new Error(`expected ${name} from a label or an annotation, got ${path}`);
  return found;
}
