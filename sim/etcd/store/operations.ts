/**
 * The operations of one transaction, as etcd counts them. Invariant: they are added to the member's counts together, at
 * the transaction's end.
 */
import type { Counts } from '../metrics/counts.js';

export class Operations {
  ranges = 0;
  puts = 0;
  deletes = 0;
  putBytes = 0;

  /** The transaction is over; what follows is another. */
  addTo(counts: Counts): void {
    counts.ranges += this.ranges;
    counts.puts += this.puts;
    counts.deletes += this.deletes;
    counts.putBytes += this.putBytes;
    if (this.ranges + this.puts + this.deletes > 1) counts.txns++;
    this.ranges = this.puts = this.deletes = this.putBytes = 0;
  }
}
