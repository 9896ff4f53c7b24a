/**
 * `time.Now().UnixNano()` of a node: its milliseconds, and a count below them, because no two calls happen at
 * one nanosecond.
 */
export function goNanoseconds(node: string): () => string {
  let calls = 0;
  const number = node.replace(/\D/g, '');
  return () => {
    calls += 1;
    // eslint-disable-next-line no-restricted-globals -- the original's keys are the node's own time
    const milliseconds = BigInt(Date.now());
    const below = Number(`${number}${String(calls % 1000).padStart(3, '0')}`) % 1_000_000;
    return String(milliseconds * 1_000_000n + BigInt(below));
  };
}
