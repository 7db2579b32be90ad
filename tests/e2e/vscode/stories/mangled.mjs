// A callstack as mail and chats mangle it: quoted, wrapped in the middle of arguments and of a name, behind Korean words
// and an emoji. Links, hovers and symbols sit on the right characters, also after edits.

import assert from 'node:assert/strict';
import { Editor } from '../editor.mjs';
import { Workbench, eventually, reporter } from '../workbench.mjs';

const TREE = process.env.OOPSIGHT_TREE;
const GFP = 'GFP_HIGHUSER_MOVABLE | __GFP_CMA';
const MANGLED = `김철수님이 보낸 메일입니다 😱
> > -001|__dabt_svc(asm)
> > -->|exception
> > -002|__list_del(inline)
> > -002|list_del(inline)
> > -002|buffered_rmqueue(inline)
> > -002|get_page_from_freelist(?, ?, order = 0, ?, high_zoneidx = 0,
> > alloc_flags = 449, pref
> > -003|__alloc_pages_nodemask(gfp_mask =
> > 33685722, order = 0, zonelist = 0xC1731380)
> > -004|__alloc_zeroed_user_highpage(inline)
> > -004|alloc_zeroed_user_highpage_movable(inline)
> > -004|do_anonymous_page(inline)
> > -004|handle_pte_fault(inline)
> > -004|__handle_mm_fault(inline)
> > -004|handle_mm_fault(mm = 0xEDDD8A80, vma = 0xD910C948, address =
> > 2739523584, flags = 169)
> > -005|__do_page_fault(inline)
> > -005|do_page_fault(addr&nbsp;= 0, fsr = 748335104, regs = 0xC6D61FB0)
> > -006|do_DataAbort(addr = 2739523584, fsr = 2071, regs&nbsp;=&nbsp;0xC6D61FB0)
> > -007|__dabt_usr(asm)
> > --&gt;|exception
> > -008|NUR:0xA806E848(asm)
> > ---|end of frame`;
const WRAPPED_VALUE = '> > 33685722, order = 0';
const LINKS = ['__dabt_svc', 'buffered_rmqueue', 'alloc_flags', '__alloc_pages_nodemask', 'gfp_mask', 'zonelist', 'do_DataAbort'];

const done = reporter('mangled');
const editor = await Editor.start('mangled');
let bench;
try {
  bench = await Workbench.open(editor, TREE, 'mangled');
  await bench.writeClipboard(MANGLED);
  await bench.command('Oopsight: Paste Callstack');
  await linksAre(LINKS);
  await bench.screenshot('pasted');
  done('names of frames and arguments are links, and nothing else of a quoted, wrapped text');

  await bench.hover(WRAPPED_VALUE, '33685722', ['gfp_mask', GFP]);
  await bench.screenshot('hover a value on the next line');
  await bench.hideHover();
  done('a value on the line below its name is decoded');

  await bench.controlClick('> > -006|do_DataAbort', 'do_DataAbort');
  await bench.expectPlace('fault.c', 555);
  await bench.showTab('Untitled-1');
  done('ctrl+click behind two quote marks stands on arch/arm/mm/fault.c:555');

  await edit();
} catch (error) {
  await bench?.screenshot('failed');
  throw error;
} finally {
  await bench?.close();
  await editor.stop();
}

/** The links are these, each whole. */
async function linksAre(wanted) {
  await eventually('names are links', async (seen) => {
    const links = await bench.links();
    seen(links);
    return wanted.every((name) => links.includes(name));
  }, 60);
  const odd = (await bench.links()).filter((link) => !/^[A-Za-z_]\w*$/.test(link));
  assert.deepEqual(odd, [], 'a link covers a name and nothing beside it');
}

/** Breaks a name in two and mends it again. */
async function edit() {
  await bench.locate('> > -006|do_DataAbort', 'do_DataAbort');
  await bench.page.keyboard.press('Control+g');
  await bench.page.keyboard.type('20:12');
  await bench.page.keyboard.press('Enter');
  await bench.page.keyboard.type('x');
  await eventually('the broken name is no link', async (seen) => {
    const links = await bench.links();
    seen(links);
    return !links.includes('do_DataAbort') && links.includes('__dabt_usr');
  }, 30);
  await bench.page.keyboard.press('Backspace');
  await linksAre(LINKS);
  await bench.screenshot('edited');
  done('a broken name is no link, and is one again when it is mended');
}
