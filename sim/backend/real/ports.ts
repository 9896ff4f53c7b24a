/**
 * Free TCP ports on loopback. They are taken from below the range from which the kernel draws the local ports of
 * outgoing connections: a port in that range could be gone when a killed member comes back, or a connection to a
 * member that is down could meet itself there.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const PORT_MIN = 10_000;
const PORT_MAX = 21_999;

/**
 * So many different ports that were free a moment ago. Another process may take one before it is used, so whoever
 * uses them must be ready to ask for others.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; ports.size < count; attempt++) {
    if (attempt > 100 * count) throw new Error(`no ${count} free ports from ${PORT_MIN} to ${PORT_MAX}`);
    const port = randomInt(PORT_MIN, PORT_MAX + 1);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
