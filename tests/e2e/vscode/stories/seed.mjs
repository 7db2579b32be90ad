// The seed callstack, as a user works with it: paste it, click through its frames, read its values in the
// callstack and in the sources, look at the views beside it, and lose the server on the way.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Editor } from '../editor.mjs';
import { Workbench, eventually, reporter, sourceLine } from '../workbench.mjs';

const TREE = process.env.OOPSIGHT_TREE;
const CALLSTACK = fs.readFileSync(path.join(TREE, 'crashes/arm/seed.txt'), 'utf8');
const UNTITLED = 'Untitled-1';
const MISSING = '/nowhere/oopsight';
const GFP = 'GFP_HIGHUSER_MOVABLE | __GFP_CMA';

/** How the outline's rows begin: the frame, then its place, where the callstack's own facts fix it. */
const OUTLINE = [
  '1 __dabt_svc arch/arm/kernel/entry-armv.S',
  '2 __list_del',
  '2 list_del include/linux/list.h',
  '2 buffered_rmqueue mm/page_alloc.c',
  '2 get_page_from_freelist mm/page_alloc.c',
  '3 __alloc_pages_nodemask mm/page_alloc.c:2926 likely',
  '4 __alloc_zeroed_user_highpage include/linux/highmem.h:160 exact',
  '4 alloc_zeroed_user_highpage_movable include/linux/highmem.h:182 exact',
  '4 do_anonymous_page mm/memory.c:2661 exact',
  '4 handle_pte_fault mm/memory.c:3218 exact',
  '4 __handle_mm_fault mm/memory.c:3342 exact',
  '4 handle_mm_fault mm/memory.c:3371 exact',
  '5 __do_page_fault arch/arm/mm/fault.c:247 exact',
  '5 do_page_fault arch/arm/mm/fault.c:312 exact',
  '6 do_DataAbort arch/arm/mm/fault.c:555 exact',
  '7 __dabt_usr arch/arm/kernel/entry-armv.S',
  '8 NUR:0x',
];

const done = reporter('seed');
const editor = await Editor.start('seed');
let bench;
try {
  bench = await Workbench.open(editor, TREE, 'seed');
  done(`VS Code runs at ${editor.url}`);
  await paste();
  await clickThrough();
  await readValues();
  await lookAtViews();
  await loseTheServer();
} catch (error) {
  await bench?.screenshot('failed');
  throw error;
} finally {
  await bench?.close();
  await editor.stop();
}

async function paste() {
  await bench.writeClipboard('');
  await bench.command('Oopsight: Paste Callstack');
  const empty = 'The clipboard holds no text. Copy a kernel callstack, then run "Oopsight: Paste Callstack" again.';
  await expectNotification(empty);
  await bench.command('Notifications: Clear All Notifications');
  done('an empty clipboard is said to be empty');

  await bench.writeClipboard(CALLSTACK);
  await bench.command('Oopsight: Paste Callstack');
  await eventually('the pasted text is a crash document', async (seen) => {
    const place = await bench.place();
    seen(place);
    return place.tab === UNTITLED && place.language === 'Kernel Crash';
  });
  const lines = await eventually('the pasted text is on the screen', async (seen) => {
    const text = await bench.visibleText();
    seen(text);
    return text === CALLSTACK.trimEnd() && text.split('\n');
  });
  done(`the clipboard's ${lines.length} lines are an untitled document of language Kernel Crash`);
}

async function clickThrough() {
  // The first answers come while the tree is indexed; wait for the link rather than for a time.
  await eventually('the frames are links', async (seen) => {
    const links = await bench.links();
    seen(links);
    return links.includes('__alloc_pages_nodemask') && links.includes('do_DataAbort');
  }, 60);
  await bench.screenshot('pasted');
  done('frames are links');

  await bench.controlClick('-003|__alloc_pages_nodemask', '__alloc_pages_nodemask');
  await bench.expectPlace('page_alloc.c', 2926);
  await bench.screenshot('page_alloc.c 2926');
  done('ctrl+click on __alloc_pages_nodemask stands on mm/page_alloc.c:2926');
  await expectHover('mm/page_alloc.c', 2926, 'gfp_mask', ['gfp_mask', '33685722', GFP]);
  done(`a hover over gfp_mask there shows ${GFP}`);

  await bench.showTab(UNTITLED);
  await bench.keyOn('-006|do_DataAbort', 'do_DataAbort', 'F12');
  await bench.expectPlace('fault.c', 555);
  await bench.screenshot('fault.c 555');
  done('F12 on do_DataAbort stands on arch/arm/mm/fault.c:555');
  await expectHover('arch/arm/mm/fault.c', 555, 'fsr', ['fsr', '2071', 'page translation fault']);
  done('a hover over fsr there shows the page translation fault');

  await bench.showTab(UNTITLED);
  await bench.controlClick('-005|do_page_fault', 'do_page_fault');
  await bench.expectPlace('fault.c', 312);
  await bench.showTab(UNTITLED);
  await bench.controlClick('-004|__alloc_zeroed_user_highpage', '__alloc_zeroed_user_highpage');
  await bench.expectPlace('highmem.h', 160);
  done('do_page_fault leads to fault.c:312 and __alloc_zeroed_user_highpage to highmem.h:160');
}

/** Hovers a word on a line of a source file that the editor stands on. */
async function expectHover(file, line, word, wanted) {
  await bench.hover(sourceLine(TREE, file, line), word, wanted);
  await bench.screenshot(`hover ${word} in ${path.basename(file)}`);
  await bench.hideHover();
}

async function readValues() {
  await bench.showTab(UNTITLED);
  await bench.hover('-003|__alloc_pages_nodemask', 'gfp_mask', ['gfp_mask', GFP]);
  await bench.screenshot('hover gfp_mask in the callstack');
  await bench.hover('-006|do_DataAbort', '2071', ['fsr', 'page translation fault']);
  await bench.hover('-002|buffered_rmqueue', 'buffered_rmqueue', ['mm/page_alloc.c', 'list_del']);
  await bench.screenshot('hover a frame in the callstack');
  await bench.hideHover();
  done('hovers in the callstack decode arguments and explain frames');

  const text = await bench.hover('-003|__alloc_pages_nodemask', 'gfp_mask', [GFP, '__GFP_CMA include/linux/gfp.h:']);
  const line = /__GFP_CMA include\/linux\/gfp\.h:(\d+)/.exec(text)[1];
  assert.match(sourceLine(TREE, 'include/linux/gfp.h', line), /^#define __GFP_CMA\b/);
  await bench.clickInHover(`include/linux/gfp.h:${line}`);
  await bench.expectPlace('gfp.h', line);
  await bench.showTab(UNTITLED);
  done(`the hover's link leads to the definition of __GFP_CMA, gfp.h:${line}`);
}

async function lookAtViews() {
  await bench.command('Explorer: Focus on Outline View');
  await bench.enlargeOutline();
  const rows = await eventually('the outline lists every frame in order', async (seen) => {
    const found = await bench.rows('.outline-pane');
    seen(found);
    return OUTLINE.every((frame, index) => found[index + 2]?.startsWith(frame)) && found;
  });
  assert.equal(rows.length, OUTLINE.length + 2, 'above the frames stand the crash and its stack, below them nothing');
  await bench.screenshot('outline');
  done(`the outline lists ${OUTLINE.length} frames in printed order, with their places`);

  await bench.command('Problems: Focus on Problems View');
  const problems = await eventually('the problems view has findings of oopsight', async (seen) => {
    const found = (await bench.rows('.markers-panel')).filter((row) => row.includes('oopsight'));
    seen(found);
    return found.length > 0 && found;
  });
  // Line 7 of the text is the first that was cut: it has no closing parenthesis.
  assert.ok(
    problems.some((row) => row.includes('cut-short') && row.includes('[Ln 7,')),
    `a problem says that line 7 is cut: ${problems.join('; ')}`,
  );
  await bench.screenshot('problems');
  done(`the problems view shows ${problems.length} findings, the cut line 7 among them`);

  await bench.command('Oopsight: Show Output');
  // What a channel contains cannot be seen here: this VS Code has no native module for log files.
  await eventually('the output shows the channel Oopsight', async (seen) => {
    const channel = await bench.outputChannel();
    seen(channel);
    return channel === 'Oopsight';
  });
  await bench.screenshot('output');
  await bench.command('View: Toggle Panel Visibility');
  done('the output has a channel Oopsight');
}

async function loseTheServer() {
  const first = oneServer();
  process.kill(Number(first), 'SIGKILL');
  await eventually('a new server was started', () => editor.servers().some((pid) => pid !== first));
  await bench.showTab(UNTITLED);
  await bench.hover('-003|__alloc_pages_nodemask', 'gfp_mask', [GFP]);
  await bench.hideHover();
  assert.deepEqual(await bench.notifications(), []);
  done('a server that dies is started again, without a message');

  editor.setServer(MISSING);
  await expectNotification(
    `The setting oopsight.serverPath names ${MISSING}, which is not a program that can be run. Correct the setting, or clear it to search PATH.`,
  );
  assert.deepEqual(editor.servers(), [], 'the old server has ended');
  await bench.screenshot('no server');
  await bench.notificationButton('oopsight.serverPath', 'Open Setting');
  await eventually('the setting is on the screen', async (seen) => {
    const shown = await bench.page.locator('.settings-editor .setting-item-contents').allInnerTexts();
    seen(shown);
    return shown.length === 1 && shown[0].includes('Absolute path of the program oopsight');
  });
  await bench.screenshot('the setting');
  done('a missing server is told once, and the button leads to the setting');

  await bench.page.keyboard.press('Escape'); // the settings lie above the editors
  editor.setServer('/bin/true');
  await expectNotification(
    'Oopsight\'s server could not be started with "/bin/true serve". Make sure that the setting oopsight.serverPath names the program oopsight; the output says more.',
  );
  await bench.screenshot('no oopsight');
  await bench.command('Notifications: Clear All Notifications');
  done('a program that is no server is told');

  editor.setServer(editor.server);
  await bench.showTab(UNTITLED);
  await bench.hover('-003|__alloc_pages_nodemask', 'gfp_mask', [GFP]);
  await bench.hideHover();
  const corrected = oneServer();
  await bench.command('Oopsight: Restart Server');
  await eventually('another server runs', () => editor.servers().some((pid) => pid !== corrected));
  await bench.hover('-003|__alloc_pages_nodemask', 'gfp_mask', [GFP]);
  oneServer();
  assert.deepEqual(await bench.notifications(), []);
  done('the corrected setting and "Restart Server" each start the server again');
}

/** The process of the one server that runs. */
function oneServer() {
  const found = editor.servers();
  assert.equal(found.length, 1, `servers that run: ${found.join(', ')}`);
  return found[0];
}

/** Waits until exactly this one message stands on the screen. */
async function expectNotification(text) {
  await eventually(`the message "${text}"`, async (seen) => {
    const shown = await bench.notifications();
    seen(shown);
    return shown.length === 1 && shown[0] === text;
  });
}
