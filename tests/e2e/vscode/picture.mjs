// Takes the picture that README shows: the callstack with a hover over a frame.
// Run it as `run.sh picture.mjs`; it writes vscode-client/images/hover.png.

import fs from 'node:fs';
import path from 'node:path';
import { Editor } from './editor.mjs';
import { Workbench, eventually } from './workbench.mjs';

const TREE = process.env.OOPSIGHT_TREE;
const PICTURE = path.join(import.meta.dirname, '../../../vscode-client/images/hover.png');
const FRAME = '-004|__alloc_zeroed_user_highpage';
const FUNCTION = '__alloc_zeroed_user_highpage';

const editor = await Editor.start('picture');
let bench;
try {
  bench = await Workbench.open(editor, TREE, 'picture');
  await bench.page.setViewportSize({ width: 1100, height: 560 });
  await bench.command('View: Close Primary Side Bar');
  await bench.writeClipboard(fs.readFileSync(path.join(TREE, 'crashes/arm/seed.txt'), 'utf8'));
  await bench.command('Oopsight: Paste Callstack');
  await eventually('the frames are links', async () => (await bench.links()).includes(FUNCTION), 60);
  await bench.hover(FRAME, FUNCTION, ['alloc_page_vma', '__alloc_pages']);
  fs.mkdirSync(path.dirname(PICTURE), { recursive: true });
  await bench.page.screenshot({ path: PICTURE, animations: 'disabled' });
} catch (error) {
  await bench?.screenshot('failed');
  throw error;
} finally {
  await bench?.close();
  await editor.stop();
}
