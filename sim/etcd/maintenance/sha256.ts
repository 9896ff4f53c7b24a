/** SHA-256 (FIPS 180-4), which ends a snapshot. Takes all bytes at once. */

const WORD_BITS = 32;
const BLOCK_BYTES = 64;

/** The digest, 32 bytes. */
export function sha256(bytes: Uint8Array): Buffer {
  const padded = pad(bytes);
  const state = Int32Array.from(INITIAL);
  const schedule = new Int32Array(BLOCK_BYTES);
  for (let offset = 0; offset < padded.length; offset += BLOCK_BYTES)
    compress(state, schedule, padded, offset);
  const digest = Buffer.alloc(32);
  state.forEach((word, index) => digest.writeInt32BE(word, 4 * index));
  return digest;
}

/** A one, zeros, and the length in bits, up to a whole number of blocks. */
function pad(bytes: Uint8Array): Buffer {
  const length = Math.ceil((bytes.length + 9) / BLOCK_BYTES) * BLOCK_BYTES;
  const padded = Buffer.alloc(length);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  padded.writeBigUInt64BE(BigInt(bytes.length) * 8n, length - 8);
  return padded;
}

function compress(state: Int32Array, schedule: Int32Array, block: Buffer, offset: number): void {
  for (let index = 0; index < 16; index++) schedule[index] = block.readInt32BE(offset + 4 * index);
  for (let index = 16; index < 64; index++) {
    const [two, fifteen] = [at(schedule, index - 2), at(schedule, index - 15)];
    const low = rotate(fifteen, 7) ^ rotate(fifteen, 18) ^ (fifteen >>> 3);
    const high = rotate(two, 17) ^ rotate(two, 19) ^ (two >>> 10);
    schedule[index] = (at(schedule, index - 16) + low + at(schedule, index - 7) + high) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as Eight;
  for (let index = 0; index < 64; index++) {
    const fromE = (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g));
    const one = (h + fromE + at(CONSTANTS, index) + at(schedule, index)) | 0;
    const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = (at(state, index) + word) | 0;
  });
}

type Eight = [number, number, number, number, number, number, number, number];

function at(words: Int32Array, index: number): number {
  return words[index] as number;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (WORD_BITS - by));
}

/** The first primes, of whose roots the constants are made. */
const PRIMES: readonly bigint[] = (() => {
  const primes: bigint[] = [];
  for (let candidate = 2n; primes.length < 64; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0n)) primes.push(candidate);
  }
  return primes;
})();

/** The first 32 bits of the fraction of the square root. */
const INITIAL = PRIMES.slice(0, 8).map((prime) => fraction(prime, 2n));
/** The same of the cube root. */
const CONSTANTS = Int32Array.from(PRIMES, (prime) => fraction(prime, 3n));

/** The root is found between two integers, with all its bits shifted into them. */
function fraction(prime: bigint, degree: bigint): number {
  let low = 0n;
  let high = 1n << 40n;
  const target = prime << (BigInt(WORD_BITS) * degree);
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= target) low = middle;
    else high = middle;
  }
  return Number(BigInt.asIntN(WORD_BITS, low));
}
