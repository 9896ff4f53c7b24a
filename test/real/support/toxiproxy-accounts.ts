/** Toxiproxy's own data: its toxics, and the bytes it received and passed on. */

/** The toxics of a proxy. */
export async function toxicsOf(api: string | undefined, proxy: string): Promise<object[]> {
  const response = await fetch(`${api}/proxies/${proxy}`);
  return ((await response.json()) as { readonly toxics: object[] }).toxics;
}

/** The names of all proxies. */
export async function proxyNames(api: string | undefined): Promise<string[]> {
  const response = await fetch(`${api}/proxies`);
  return Object.keys((await response.json()) as object).sort();
}

/** Bytes of closed connections: received on one side and sent on the other. */
export async function bytesOf(
  api: string | undefined,
  proxy: string,
  direction: 'upstream' | 'downstream',
): Promise<{ readonly received: number; readonly sent: number }> {
  const text = await (await fetch(`${api}/metrics`)).text();
  const read = (name: string): number => {
    const line = text
      .split('\n')
      .find(
        (candidate) =>
          candidate.startsWith(`toxiproxy_proxy_${name}_bytes_total{direction="${direction}"`) &&
          candidate.includes(`proxy="${proxy}"`),
      );
    return Number(line?.split(' ').pop() ?? 0);
  };
  return { received: read('received'), sent: read('sent') };
}
