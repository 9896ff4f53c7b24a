/** A page of metrics as Prometheus parses it. */
import { get } from 'node:http';

export interface MetricsPage {
  /** Such as `counter`, by the names of the metrics. */
  readonly types: ReadonlyMap<string, string>;
  /** By name and labels, as they are on the page. */
  readonly values: ReadonlyMap<string, number>;
}

/**
 * Over a connection of its own, which is not missed if the etcd stops.
 *
 * @param host such as `http://127.0.0.1:2379`
 */
export function readMetrics(host: string): Promise<MetricsPage> {
  return new Promise((resolve, reject) => {
    const asking = get(`${host}/metrics`, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(parseMetrics(text)));
    });
    asking.on('error', reject);
  });
}

export function parseMetrics(text: string): MetricsPage {
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const space = line.lastIndexOf(' ');
    const [rest, last] = [line.slice(0, space), line.slice(space + 1)];
    if (line.startsWith('# TYPE ')) types.set(rest.slice('# TYPE '.length), last);
    if (line.startsWith('#')) continue;
    if (values.has(rest)) throw new Error(`${rest} is there twice`);
    values.set(rest, last === '+Inf' ? Infinity : Number(last));
  }
  return { types, values };
}

/** The labels that a sample has, without their values. */
export function labelNamesOf(sample: string): string {
  return sample.replace(/="(?:[^"\\]|\\.)*"/g, '');
}

/** How much values have grown, without unchanged ones. */
export function growth(before: MetricsPage, after: MetricsPage): Readonly<Record<string, number>> {
  const grown = [...after.values].map(([sample, value]): [string, number] => [
    sample,
    value - (before.values.get(sample) ?? 0),
  ]);
  return Object.fromEntries(grown.filter(([, more]) => more !== 0));
}
