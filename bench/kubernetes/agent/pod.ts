/** A pod as the API server holds it: the fields that a kubelet of ours looks at. */
import type { Metadata } from '../api.js';

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentVariable[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface Volume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

export interface Pod {
  readonly metadata: Metadata & { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly [Container];
    readonly volumes?: readonly Volume[];
  };
  readonly status?: { readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' };
}

/** The index of an Indexed Job's pod; undefined for other pods. */
export function indexOf({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.['batch.kubernetes.io/job-completion-index'];
  return text === undefined ? undefined : Number(text);
}

/** How often pods of this index had failed before this one, as the Job controller counts. */
export function failuresBefore({ metadata }: Pod): { readonly counted: number; readonly ignored: number } {
  const read = (name: string): number => Number(metadata.annotations?.[`batch.kubernetes.io/${name}`] ?? 0);
  return {
    counted: read('job-index-failure-count'),
    ignored: read('job-index-ignored-failure-count'),
  };
}
