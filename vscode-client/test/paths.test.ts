// How a path in the settings becomes absolute.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveMapping, resolvePath, type Places } from '../src/paths';

const HOME = '/home/someone';
const TWO: Places = {
  home: HOME,
  folders: [
    { name: 'linux', path: '/src/linux' },
    { name: 'notes', path: '/notes' },
  ],
};

const CASES: Record<string, string> = {
  '': '',
  '   ': '',
  '/abs/linux': '/abs/linux',
  ' /abs/linux ': '/abs/linux',
  'build/.config': '/src/linux/build/.config',
  '.': '/src/linux',
  '../other': '/src/other',
  '~': '/home/someone',
  '~/linux': '/home/someone/linux',
  '~name/linux': '/src/linux/~name/linux',
  '${userHome}/linux': '/home/someone/linux',
  '${workspaceFolder}': '/src/linux',
  '${workspaceFolder}/sub': '/src/linux/sub',
  '${workspaceFolder:notes}/k': '/notes/k',
  '${workspaceFolder:gone}/k': '${workspaceFolder:gone}/k',
  '${env:KERNEL}': '${env:KERNEL}',
};

for (const [written, expected] of Object.entries(CASES)) {
  test(`"${written}" with two folders`, () => {
    assert.equal(resolvePath(written, TWO), expected);
  });
}

test('without a folder, what would start at one stays as written', () => {
  const none = { home: HOME, folders: [] };
  assert.equal(resolvePath('linux', none), 'linux');
  assert.equal(resolvePath('${workspaceFolder}/k', none), '${workspaceFolder}/k');
  assert.equal(resolvePath('~/linux', none), '/home/someone/linux');
});

const MAPPINGS: Record<string, string> = {
  '': '',
  nothing: 'nothing',
  ' /build/linux=. ': '/build/linux=.',
  '/build/linux=drivers/gpu': '/build/linux=drivers/gpu',
  'C:\\linux=~/linux': 'C:\\linux=/home/someone/linux',
  '/a = ${workspaceFolder:notes}/k': '/a=/notes/k',
};

for (const [written, expected] of Object.entries(MAPPINGS)) {
  test(`the mapping '${written}' means '${expected}'`, () => {
    assert.equal(resolveMapping(written, TWO), expected);
  });
}
