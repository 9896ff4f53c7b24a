/** The digests that the in-memory etcd makes are those that everyone makes. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../sim/etcd/maintenance/sha256.js';
import { Crc32c } from '../../sim/etcd/store/crc32c.js';

test('SHA-256 is the one of node:crypto, for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha256(bytes).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
    }),
  );
});

test('SHA-256 pads on both sides of a block', () => {
  for (const length of [0, 55, 56, 63, 64, 65, 119, 120, 128]) {
    const bytes = Buffer.alloc(length, 'x');
    expect(sha256(bytes).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});

test('CRC-32C gives the check value of its definition, in one piece or in several', () => {
  expect(new Crc32c().update(Buffer.from('123456789')).value).toBe(0xe306_9283);
  expect(new Crc32c().update(Buffer.from('1234')).update(Buffer.from('56789')).value).toBe(0xe306_9283);
});
