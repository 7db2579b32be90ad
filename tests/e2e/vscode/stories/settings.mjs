// A folder of notes beside the kernel: a log in it with prose around the crash, its settings name the tree,
// and a repository that wants to choose the program is not listened to.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Editor } from '../editor.mjs';
import { Workbench, eventually, reporter, sourceLine } from '../workbench.mjs';

const TREE = process.env.OOPSIGHT_TREE;
const CALLSTACK = fs.readFileSync(path.join(TREE, 'crashes/arm/seed.txt'), 'utf8');
const GFP = 'GFP_HIGHUSER_MOVABLE | __GFP_CMA';

const done = reporter('settings');
const notes = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'oopsight-notes-')));
const trap = path.join(notes, 'oopsight');
const trapped = path.join(notes, 'trapped');
writeNotes();
const editor = await Editor.start('settings');
let bench;
try {
  bench = await Workbench.open(editor, notes, 'settings');
  await readLog();
  await changeTree();
  assert.equal(fs.existsSync(trapped), false, 'the program that the workspace names was not run');
  done("the program that the workspace's settings name was not run");
} catch (error) {
  await bench?.screenshot('failed');
  throw error;
} finally {
  await bench?.close();
  await editor.stop();
  fs.rmSync(notes, { recursive: true });
}

function writeNotes() {
  fs.mkdirSync(path.join(notes, '.vscode'));
  fs.writeFileSync(trap, `#!/bin/sh\ntouch ${trapped}\n`, { mode: 0o755 });
  setTree(path.relative(notes, TREE));
  // Characters of one, two and four bytes before a frame: columns must still be right.
  const prose = CALLSTACK.replace('-006|', '스택 🐛\u00a0-006|');
  fs.writeFileSync(path.join(notes, 'report.log'), `크래시가 발생한 콜스택은 다음과 같습니다.\n${prose}\nThat is all.\n`);
}

/** Writes the workspace's settings: the tree, and a program that it must not be able to choose. */
function setTree(kernelTree) {
  const settings = { 'oopsight.kernelTree': kernelTree, 'oopsight.serverPath': trap };
  fs.writeFileSync(path.join(notes, '.vscode/settings.json'), JSON.stringify(settings));
}

async function readLog() {
  await bench.openFile('report.log');
  await linksAre((links) => links.includes('do_DataAbort'), 'frames in the log are links', 60);
  await bench.screenshot('log');
  await bench.hover('-006|do_DataAbort', 'fsr', ['fsr', '2071', 'page translation fault']);
  await bench.hideHover();
  done('a .log file is read, with the tree that a relative path names, behind Korean text and an emoji');

  await bench.controlClick('-003|__alloc_pages_nodemask', '__alloc_pages_nodemask');
  await bench.expectPlace('page_alloc.c', 2926);
  await bench.hover(sourceLine(TREE, 'mm/page_alloc.c', 2926), 'gfp_mask', [GFP]);
  await bench.screenshot('source outside of the folder');
  await bench.hideHover();
  done('a frame leads out of the folder into the tree, and hovers work there');
}

async function changeTree() {
  await bench.openFile('report.log');
  await bench.command('Problems: Focus on Problems View');
  setTree('no-kernel-here');
  await problemsAre((rows) => rows.some((row) => row.includes(path.join(notes, 'no-kernel-here'))), 'a tree that is none is a problem');
  await linksAre((links) => !links.includes('do_DataAbort'), 'a tree that is none gives no links', 30);
  await bench.screenshot('no such tree');
  setTree('${workspaceFolder}/' + path.relative(notes, TREE));
  await problemsAre((rows) => rows.length > 0 && !rows.some((row) => row.includes('no-kernel-here')), 'the problem is gone');
  await linksAre((links) => links.includes('do_DataAbort'), 'the links are back', 30);
  done('a change of the setting reaches the server, and ${workspaceFolder} is understood');
}

/** Waits until the rows of the problems view are as wanted. */
async function problemsAre(wanted, what) {
  await eventually(what, async (seen) => {
    const rows = (await bench.rows('.markers-panel')).filter((row) => row.includes('oopsight'));
    seen(rows);
    return wanted(rows);
  }, 30);
}

/** Waits until the links of the document are as wanted; nothing is edited meanwhile. */
async function linksAre(wanted, what, seconds) {
  await eventually(what, async (seen) => {
    const links = await bench.links();
    seen(links);
    return wanted(links);
  }, seconds);
}
