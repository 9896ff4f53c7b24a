/** A fault that this real cluster cannot apply, such as killing an etcd that someone else runs. The run goes on. */
export class FaultRefused extends Error {
  override readonly name = 'FaultRefused';
}
