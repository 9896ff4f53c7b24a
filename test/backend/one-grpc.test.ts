/** Two copies of grpc-js in one installation are refused with one line. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { expectOneGrpc } from '../../sim/backend/one-grpc.js';

const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'etcd-sim-')));
afterAll(() => rmSync(folder, { recursive: true }));

function install(name: string): void {
  const home = path.join(folder, 'node_modules', name);
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, 'index.js'), '');
  writeFileSync(path.join(home, 'package.json'), '{ "main": "index.js" }');
}

it('accepts a single copy', () => {
  expect(() => expectOneGrpc()).not.toThrow();
});

it('names both if etcd3 has its own, and the remedy', () => {
  install('etcd3');
  install('@grpc/grpc-js');
  const user = pathToFileURL(path.join(folder, 'user.js')).href;
  expect(() => expectOneGrpc(user)).toThrow(
    expect.objectContaining({
      name: 'EnvironmentError',
      message: expect.stringMatching(
        new RegExp(`^[^\\n]*${path.join(folder, 'node_modules/@grpc/grpc-js/index.js')}[^\\n]*npm dedupe$`),
      ) as string,
    }),
  );
});
