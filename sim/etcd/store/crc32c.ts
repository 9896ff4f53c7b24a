/** CRC-32 with Castagnoli's polynomial, the checksum that etcd makes its hashes with. */

export class Crc32c {
  #state = 0xffff_ffff;

  update(bytes: Uint8Array): this {
    let state = this.#state;
    const { length } = bytes;
    for (let index = 0; index < length; index++) {
      state = (TABLE[(state ^ (bytes[index] as number)) & 0xff] as number) ^ (state >>> 8);
    }
    this.#state = state;
    return this;
  }

  /** Of all bytes so far: an unsigned 32-bit integer. */
  get value(): number {
    return (this.#state ^ 0xffff_ffff) >>> 0;
  }
}

/** The polynomial with its bits in reverse. */
const POLYNOMIAL = 0x82f6_3b78;

const TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});
