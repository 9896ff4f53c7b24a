/** The CPU time of this process, in user code and in the system. */

export async function measureCpu<T>(
  body: () => Promise<T>,
): Promise<{ readonly value: T; readonly cpuSeconds: number }> {
  const before = process.cpuUsage();
  const value = await body();
  const { user, system } = process.cpuUsage(before);
  return { value, cpuSeconds: (user + system) / 1e6 };
}
