// Where the server is looked for, and where it is not.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { findServer, startServer, type Machine } from '../src/server';

const top = mkdtempSync(path.join(tmpdir(), 'oopsight-'));
after(() => {
  rmSync(top, { recursive: true });
});

/** Writes a program (or a file that is none) and returns its path. */
function file(name: string, mode = 0o755): string {
  const whole = path.join(top, name);
  mkdirSync(path.dirname(whole), { recursive: true });
  writeFileSync(whole, '#!/bin/sh\necho "$@" in "$PWD"\n');
  chmodSync(whole, mode);
  return whole;
}

function machine(searchPath: string, home = path.join(top, 'nobody')): Machine {
  return { home, searchPath, platform: 'linux' };
}

test('the setting wins over PATH', async () => {
  const named = file('chosen/oopsight');
  const other = file('path/oopsight');
  assert.deepEqual(await findServer(named, machine(path.dirname(other))), { program: named });
});

test('the setting may start at home', async () => {
  const named = file('home/tools/oopsight');
  assert.deepEqual(await findServer('~/tools/oopsight', machine('', path.join(top, 'home'))), { program: named });
});

test('a setting that names no program does not fall back to PATH', async () => {
  const other = file('path/oopsight');
  const missing = path.join(top, 'missing');
  const expected = {
    problem: `The setting oopsight.serverPath names ${missing}, which is not a program that can be run. Correct the setting, or clear it to search PATH.`,
  };
  assert.deepEqual(await findServer(missing, machine(path.dirname(other))), expected);
});

test('a directory and a file without the right to run are no programs', async () => {
  for (const named of [top, file('plain/oopsight', 0o644)]) {
    assert.match(JSON.stringify(await findServer(named, machine(''))), /is not a program that can be run/);
  }
});

test('a relative setting is refused', async () => {
  assert.deepEqual(await findServer('bin/oopsight', machine('')), {
    problem:
      'The setting oopsight.serverPath must be an absolute path, but is "bin/oopsight". Write the whole path of the program oopsight, or clear the setting to search PATH.',
  });
});

test('PATH is searched in order, and files that cannot be run are passed over', async () => {
  const plain = file('first/oopsight', 0o644);
  const program = file('second/oopsight');
  const last = file('third/oopsight');
  const searchPath = [plain, program, last].map((each) => path.dirname(each)).join(':');
  assert.deepEqual(await findServer('', machine(searchPath)), { program });
});

test('relative entries of PATH are ignored, since they would start in the folder that is open', async () => {
  file('workspace/oopsight');
  const before = process.cwd();
  process.chdir(path.join(top, 'workspace'));
  try {
    const expected = {
      problem:
        "Oopsight's server was not found. Install the program oopsight so that it is on PATH, or write its path into the setting oopsight.serverPath.",
    };
    assert.deepEqual(await findServer('', machine('.::bin')), expected);
  } finally {
    process.chdir(before);
  }
});

test('~/.local/bin comes last', async () => {
  const program = file('user/.local/bin/oopsight');
  assert.deepEqual(await findServer('', machine('/nowhere', path.join(top, 'user'))), { program });
});

test('the server is started as "serve", at home', async () => {
  const child = await startServer(file('started/oopsight'), top);
  let said = '';
  child.stdout?.on('data', (data) => (said += String(data)));
  await once(child, 'close');
  assert.equal(said, `serve in ${top}\n`);
});

test('a program that cannot be started rejects', async () => {
  await assert.rejects(startServer(path.join(top, 'missing'), top), { code: 'ENOENT' });
});
