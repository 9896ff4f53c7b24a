/**
 * Malformed messages, and messages that only some versions accept, with the errors of the version's own
 * protobuf library.
 */
import { expect, it } from 'vitest';
import { etcdVersions, VERSIONS, type EtcdVersion } from '../../sim/etcd/version.js';
import { AUTH_USER_GET_REQUEST } from '../../sim/etcd/wire/auth.js';
import { MEMBER_LIST_REQUEST } from '../../sim/etcd/wire/cluster.js';
import { RANGE_REQUEST } from '../../sim/etcd/wire/kv.js';
import type { MessageType } from '../../sim/etcd/wire/message.js';

/** The message as the version reads it, or its error text. */
function read<T>(type: MessageType<T>, bytes: readonly number[], version: EtcdVersion): T | string {
  const { messages, fieldsNotYetKnown } = VERSIONS[version];
  try {
    return type.decode(Buffer.from(bytes), messages, fieldsNotYetKnown);
  } catch (error) {
    return (error as Error).message;
  }
}

const INVALID_TEXT = [0x0a, 0x01, 0xff];
/** Of six bytes, like its replacement. */
const INVALID_TEXT_OF_THE_SAME_LENGTH = [0x0a, 0x06, 0xf0, 0x90, 0x80, 0x00, 0x00, 0x00];

it.each([[INVALID_TEXT], [INVALID_TEXT_OF_THE_SAME_LENGTH]])(
  'text that is not UTF-8 is accepted before 3.7, and refused by it: %j',
  (bytes) => {
    const answers = etcdVersions.map((version) => read(AUTH_USER_GET_REQUEST, bytes, version));
    expect(answers.slice(0, 3)).toEqual(
      Array.from({ length: 3 }, () => ({ name: expect.any(String) as unknown })),
    );
    expect(answers[3]).toBe('string field contains invalid UTF-8');
  },
);

it('text with a replacement character in it is text', () => {
  const bytes = [0x0a, 0x03, 0xef, 0xbf, 0xbd];
  expect(read(AUTH_USER_GET_REQUEST, bytes, '3.7')).toEqual({ name: '\ufffd' });
});

it('a field unknown to 3.4 may have any type there', () => {
  const bytes = [0x0a, 0x01, 0x00];
  expect(read(MEMBER_LIST_REQUEST, bytes, '3.4')).toEqual({ linearizable: false });
  expect(read(MEMBER_LIST_REQUEST, bytes, '3.5')).toBe('proto: wrong wireType = 2 for field Linearizable');
});

it('a field unknown to 3.4 has no effect on it', () => {
  const bytes = MEMBER_LIST_REQUEST.encode({ linearizable: true });
  expect(read(MEMBER_LIST_REQUEST, [...bytes], '3.4')).toEqual({ linearizable: false });
  expect(read(MEMBER_LIST_REQUEST, [...bytes], '3.5')).toEqual({ linearizable: true });
});

it('a tag too large for a double is reported exactly', () => {
  const bytes = [0x80, 0x80, 0x80, 0x80, 0xc0, 0x80, 0xe2, 0x38];
  expect(read(RANGE_REQUEST, bytes, '3.6')).toBe(
    'proto: RangeRequest: illegal tag -2147483648 (wire type 31956223129550848)',
  );
});
