/**
 * Free TCP ports on loopback, below the range from which the kernel draws the local ports of outgoing
 * connections. A port in that range could be taken when a killed member restarts. A connection to a member
 * that is down could even connect to itself there.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const PORT_MIN = 10_000;
const PORT_MAX = 21_999;

/**
 * As many different ports as requested that were free a moment ago. Another process may take one before it is
 * used, so callers must be ready to ask for others.
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
