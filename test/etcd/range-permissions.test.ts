/** The union of many permissions, compared with a look at each key. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RangePermissions } from '../../sim/etcd/auth/range-permissions.js';
import { PERMISSION_TYPE, type Permission } from '../../sim/etcd/wire/auth.js';

const { read, write, readWrite } = PERMISSION_TYPE;

it('a user may read and write exactly what the permissions together cover', () => {
  const letter = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const end = fc.oneof(letter, fc.constantFrom('', '\0'));
  const permission = fc.record({
    permType: fc.constantFrom(read, write, readWrite),
    key: letter,
    rangeEnd: end,
  });
  const isRange = ({ key, rangeEnd }: { readonly key: string; readonly rangeEnd: string }) =>
    rangeEnd === '' || rangeEnd === '\0' || key < rangeEnd;
  const access = fc.constantFrom('read' as const, 'write' as const);
  const asked = fc.record({ key: letter, rangeEnd: end }).filter(isRange);
  const covers = ({ key, rangeEnd }: { readonly key: string; readonly rangeEnd: string }, one: string) =>
    rangeEnd === '' ? one === key : one >= key && (rangeEnd === '\0' || one < rangeEnd);
  // Between two letters nothing begins or ends but right behind a letter.
  const keys = [...'abcde'].flatMap((one) => [one, `${one}\0`, `${one}~`]);
  fc.assert(
    fc.property(
      fc.array(permission.filter(isRange), { maxLength: 8 }),
      access,
      asked,
      fc.boolean(),
      (granted, how, range, split) => {
        const permissions = new RangePermissions(granted as readonly Permission[], split);
        const own = granted.filter(
          ({ permType }) => permType === readWrite || permType === (how === 'read' ? read : write),
        );
        const wanted = keys.filter((one) => covers(range, one));
        const isOpen = range.rangeEnd === '\0';
        const expected =
          wanted.every((one) => own.some((permission_) => covers(permission_, one))) &&
          (!isOpen || own.some(({ rangeEnd }) => rangeEnd === '\0'));
        expect(permissions.permits(how, range.key, range.rangeEnd)).toBe(expected);
        if (range.rangeEnd === '') expect(permissions.permits(how, range.key, undefined)).toBe(expected);
      },
    ),
    { numRuns: 500 },
  );
});
