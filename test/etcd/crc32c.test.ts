/** The in-memory etcd's checksum is the standard one. */
import { expect, test } from 'vitest';
import { Crc32c } from '../../sim/etcd/store/crc32c.js';

test('CRC-32C gives the check value of its definition, in one piece or in several', () => {
  expect(new Crc32c().update(Buffer.from('123456789')).value).toBe(0xe306_9283);
  expect(new Crc32c().update(Buffer.from('1234')).update(Buffer.from('56789')).value).toBe(0xe306_9283);
});
