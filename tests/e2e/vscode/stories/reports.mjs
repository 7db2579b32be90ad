// What the kernel itself prints: an oops of 32-bit Arm and one of x86, opened as logs. Links, hovers and folds of both.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Editor } from '../editor.mjs';
import { Workbench, eventually, reporter } from '../workbench.mjs';

const TREE = process.env.OOPSIGHT_TREE;
const MARKERS = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../testdata/markers/reports');

const done = reporter('reports');
const notes = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'oopsight-reports-')));
fs.mkdirSync(path.join(notes, '.vscode'));
const settings = { 'oopsight.kernelTree': TREE };
fs.writeFileSync(path.join(notes, '.vscode/settings.json'), JSON.stringify(settings));
for (const name of ['arm', 'x86']) {
  fs.writeFileSync(path.join(notes, `${name}.log`), crash(name));
}
const editor = await Editor.start('reports');
let bench;
try {
  bench = await Workbench.open(editor, notes, 'reports');
  await readArm();
  await readX86();
} catch (error) {
  await bench?.screenshot('failed');
  throw error;
} finally {
  await bench?.close();
  await editor.stop();
  fs.rmSync(notes, { recursive: true });
}

/** The text of a marker file, without its marks. */
function crash(name) {
  const text = fs.readFileSync(path.join(MARKERS, `${name}.txt`), 'utf8');
  const body = text.split('-- crash --\n')[1].split('-- expect --\n')[0];
  return body.split('\n').filter((line) => !line.startsWith('//')).join('\n');
}

async function readArm() {
  await bench.openFile('arm.log');
  await linksAre((links) => links.includes('do_DataAbort') && links.includes('handle_mm_fault'), 'frames of the oops are links', 60);
  await bench.screenshot('arm oops');
  await bench.hover('Unable to handle', 'paging', ['0x100104', 'sh (pid 812)', '3.18.19']);
  await bench.screenshot('hover on the title');
  await bench.hideHover();
  done('the title of an Arm oops says what happened, to whom, and where');

  await bench.hover('from __dabt_usr', 'do_DataAbort', ['fault.c:555', 'return address']);
  await bench.hideHover();
  await bench.controlClick(' do_DataAbort from', 'do_DataAbort');
  await bench.expectPlace('fault.c', 555);
  done('the callee of a line leads to where that function called on');

  await bench.showTab('arm.log');
  await bench.hover('r4 : d910c948', 'r4', ['0xd910c948', 'kernel lowmem']);
  await bench.hideHover();
  done('a register says where its address lies');
  await fold('Exception stack');
}

async function readX86() {
  await bench.openFile('x86.log');
  await linksAre((links) => links.includes('handle_mm_fault'), 'frames of the x86 oops are links', 30);
  await bench.screenshot('x86 oops');
  await bench.hover('? __do_fault', '__do_fault', ['doubts this entry']);
  await bench.screenshot('hover on a doubtful frame');
  await bench.hideHover();
  done('a doubtful entry says so');
  await bench.hover('Kernel panic - not syncing', 'panic', ['had crashed before', 'NULL pointer dereference']);
  await bench.screenshot('hover on what followed');
  await bench.hideHover();
  done('what came after the first fault is told');
}

/** Folds everything; the line `last`, which stands deep in the crash, is gone. */
async function fold(last) {
  const before = await bench.visibleText();
  assert.ok(before.includes(last));
  await bench.command('Fold All');
  await eventually('the report is folded', async (seen) => {
    const text = await bench.visibleText();
    seen(text);
    return !text.includes(last) && text.includes('Unable to handle');
  });
  await bench.screenshot('folded');
  await bench.command('Unfold All');
  done('a report folds to its title');
}

/** Waits until the links of the document are as wanted; nothing is edited meanwhile. */
async function linksAre(wanted, what, seconds) {
  await eventually(what, async (seen) => {
    const links = await bench.links();
    seen(links);
    return wanted(links);
  }, seconds);
}
