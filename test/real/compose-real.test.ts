/**
 * The compose file, read by the library that Docker Compose itself uses, and its commands run without Docker.
 * The services share one network, so they behave on this machine's loopback as in their containers.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRealCluster } from '../../sim/backend/real/cluster.js';
import { GIVEN_PROXY_PORTS } from '../../sim/backend/real/links.js';
import { ManagedProcess } from '../../sim/backend/real/managed-process.js';
import { freePorts } from '../../sim/backend/real/ports.js';
import { Reaper } from '../../sim/backend/real/reaper.js';
import { composeConfigTool, etcdTool, sourceOf, toxiproxyTool } from '../../sim/backend/real/tools.js';
import { packageRoot } from '../../sim/package-root.js';
import { eventually } from '../eventually.js';
import { describeReal } from './available.js';
import { provide } from './provide.js';
import { connect } from './support/client.js';

interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly network_mode?: string;
  readonly ports?: readonly {
    readonly host_ip?: string;
    readonly target: number;
    readonly published: string;
  }[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
}

const file = join(packageRoot(), 'docker-compose.yml');
const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const reader = await provide(composeConfigTool, tell);

/** Docker Compose's view of the file, or its error. */
function read(path: string): Promise<{ readonly compose?: Compose; readonly error: string }> {
  if (reader.kind === 'unavailable') return Promise.reject(new Error(reader.message));
  return new Promise((resolve) => {
    execFile(reader.path, [path], (error, stdout, stderr) => {
      if (error === null) resolve({ compose: JSON.parse(stdout) as Compose, error: stderr });
      else resolve({ error: stderr });
    });
  });
}

const skipped = reader.kind === 'unavailable' ? ` (skipped: ${reader.message})` : '';

describe.skipIf(skipped !== '')(`docker-compose.yml${skipped}`, () => {
  let services: Readonly<Record<string, Service>>;
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'etcd-sim-compose-'));
    const { compose, error } = await read(file);
    expect(error).toBe('');
    services = compose?.services ?? {};
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('has three members and Toxiproxy, in the versions that are built here', () => {
    const etcd = `:v${sourceOf(etcdTool)?.version}`;
    const toxiproxy = `:${sourceOf(toxiproxyTool)?.version}`;
    expect(Object.keys(services).sort()).toEqual(['m1', 'm2', 'm3', 'toxiproxy']);
    for (const name of ['m1', 'm2', 'm3']) expect(services[name]?.image.endsWith(etcd)).toBe(true);
    expect(services['toxiproxy']?.image.endsWith(toxiproxy)).toBe(true);
  });

  it('publishes its ports only on loopback, with the same numbers', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(4);
    for (const { host_ip, target, published } of ports) {
      expect(host_ip).toBe('127.0.0.1');
      expect(published).toBe(String(target));
    }
  });

  it('publishes every port that a run may request of a given Toxiproxy', () => {
    const targets = services['toxiproxy']?.ports?.map(({ target }) => target) ?? [];
    for (let port = GIVEN_PROXY_PORTS.min; port <= GIVEN_PROXY_PORTS.max; port++) {
      expect(targets).toContain(port);
    }
  });

  it('defines for every service when it is healthy', () => {
    for (const service of Object.values(services)) {
      expect(service.healthcheck?.test[0]).toBe('CMD');
    }
  });

  it.each([
    ['a misspelt property', 'image: gcr', 'imagee: gcr', 'imagee'],
    ['a port that is none', '127.0.0.1:8474:8474', '127.0.0.1:8474:banana', 'banana'],
    ['a service that is not there', '[toxiproxy]', '[toxiproxi]', 'toxiproxi'],
  ])('would be refused with %s', async (_what, right, wrong, complaint) => {
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(right);
    const broken = join(directory, 'docker-compose.yml');
    writeFileSync(broken, text.replace(right, wrong));
    const { compose, error } = await read(broken);
    expect(compose).toBeUndefined();
    expect(error).toContain(complaint);
  });

  describeReal('run without Docker', () => {
    it('is an etcd and a Toxiproxy that a run can use', async () => {
      const programs = { etcd: await provide(etcdTool, tell), toxiproxy: await provide(toxiproxyTool, tell) };
      const { mine, endpoints, toxiproxy } = await moveTo(services, directory);
      const reaper = new Reaper(directory);
      const processes = Object.entries(mine).map(([name, service]) => {
        const program = name === 'toxiproxy' ? programs.toxiproxy : programs.etcd;
        return new ManagedProcess({
          path: program.kind === 'found' ? program.path : '',
          // Toxiproxy's image has an entrypoint, etcd's has none.
          arguments: name === 'toxiproxy' ? service.command : service.command.slice(1),
          env: {},
          logPath: join(directory, `${name}.log`),
          reaper,
        });
      });
      try {
        // Like `docker compose up --wait`, by the health of each service.
        const healthy = await eventually('all are healthy', async () => {
          const urls = [...endpoints.map((endpoint) => `${endpoint}/health`), `${toxiproxy}/version`];
          const answers = await Promise.all(urls.map((url) => fetch(url).catch(() => undefined)));
          return answers.every((answer) => answer?.ok) ? true : undefined;
        });
        expect(healthy, processes.map((process) => process.lastWords()).join('\n')).toBe(true);
        const run = await startRealCluster({
          nodes: ['n1'],
          members: ['m1', 'm2', 'm3'],
          endpoints,
          toxiproxy,
          progress: () => undefined,
        });
        const client = connect(run.hosts('n1'));
        await client.put('key').value('through compose');
        expect(await client.get('key').string()).toBe('through compose');
        client.close();
        await run.close();
      } finally {
        await Promise.all(processes.map((process) => process.kill()));
        await reaper.close();
      }
    });
  });
});

/** The services on free ports of loopback and with their data in the directory, with their addresses. */
async function moveTo(
  services: Readonly<Record<string, Service>>,
  directory: string,
): Promise<{ mine: Record<string, Service>; endpoints: string[]; toxiproxy: string }> {
  const theirs = ['2379', '2380', '22379', '22380', '32379', '32380', '8474'];
  const free = await freePorts(theirs.length);
  const port = (their: string): string => String(free[theirs.indexOf(their)]);
  const move = (argument: string): string =>
    argument
      .replace(/\b\d{4,5}\b/g, (their) => (theirs.includes(their) ? port(their) : their))
      .replaceAll('0.0.0.0', '127.0.0.1')
      .replace('/var/lib/etcd', directory);
  return {
    mine: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [
        name,
        { ...service, command: service.command.map(move) },
      ]),
    ),
    endpoints: ['2379', '22379', '32379'].map((their) => `http://127.0.0.1:${port(their)}`),
    toxiproxy: `http://127.0.0.1:${port('8474')}`,
  };
}
