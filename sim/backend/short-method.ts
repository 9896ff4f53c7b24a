/** What people call a method of gRPC. */

/** `/etcdserverpb.KV/Txn` becomes `KV.Txn`. */
export function shortMethod(method: string): string {
  return method.replace(/^\/[a-z0-9]*\./i, '').replace('/', '.');
}
