// The workbench in a browser page: what a user does with keys and pointer, and what can be read on the screen.
//
// VS Code paints late and loses pointer moves, so nothing here waits a fixed time and believes: every
// action is repeated until its effect can be read back, and the last thing seen is part of the error.

import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const OUT = path.join(import.meta.dirname, 'out');
const ACTIVE = '.editor-group-container.active';

/** Calls `probe` until it returns something true; an error or a wrong value is tried again until the time is over. */
export async function eventually(what, probe, seconds = 15) {
  const end = Date.now() + seconds * 1000;
  for (let last; ; ) {
    try {
      const value = await probe((seen) => (last = seen));
      if (value) return value;
    } catch (error) {
      last ??= error.message;
    }
    if (Date.now() > end) {
      throw new Error(`${what}: not within ${seconds} s; last seen: ${JSON.stringify(last)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export class Workbench {
  #browser;
  #shots = 0;

  static async open(editor, folder, name) {
    const workbench = new Workbench();
    workbench.name = name;
    workbench.#browser = await chromium.launch({
      executablePath: process.env.CHROMIUM,
      chromiumSandbox: false,
      args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
    });
    const context = await workbench.#browser.newContext({ viewport: { width: 1400, height: 900 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: editor.url });
    workbench.page = await context.newPage();
    await workbench.page.goto(editor.workbench(folder));
    await workbench.page.locator('.monaco-workbench .statusbar').waitFor({ timeout: 60_000 });
    return workbench;
  }

  /** Leaves the page first, so that the server ends its extension host now. */
  async close() {
    await this.page?.goto('about:blank').catch(() => undefined);
    await this.#browser.close();
  }

  async screenshot(what) {
    this.#shots += 1;
    const file = `${this.name}-${String(this.#shots).padStart(2, '0')}-${what.replaceAll(/\W+/g, '-')}.png`;
    await this.page.screenshot({ path: path.join(OUT, file), animations: 'disabled' });
  }

  async writeClipboard(text) {
    await this.page.bringToFront();
    await this.page.evaluate((content) => navigator.clipboard.writeText(content), text);
  }

  /** Runs a command by its title in the palette. */
  async command(title) {
    const { page } = this;
    const widget = page.locator('.quick-input-widget');
    await eventually(`the palette runs "${title}"`, async (seen) => {
      try {
        await page.keyboard.press('F1');
        const input = widget.locator('.quick-input-box input').first();
        await input.waitFor({ state: 'visible', timeout: 3000 });
        await input.fill(`>${title}`);
        // The list is filtered later than the text appears; Enter takes the row that has the focus.
        const row = widget.locator('.monaco-list-row.focused .quick-input-list-row', { hasText: title }).first();
        await row.waitFor({ state: 'visible', timeout: 3000 });
        await page.keyboard.press('Enter');
        await widget.waitFor({ state: 'hidden', timeout: 3000 });
        return true;
      } catch (error) {
        seen(await widget.innerText().catch(() => error.message));
        await page.keyboard.press('Escape');
        throw error;
      }
    }, 40);
  }

  /** Opens a file of the folder by its name. */
  async openFile(name) {
    const { page } = this;
    const widget = page.locator('.quick-input-widget');
    await eventually(`${name} is open`, async (seen) => {
      try {
        await page.keyboard.press('Control+P');
        const input = widget.locator('.quick-input-box input').first();
        await input.waitFor({ state: 'visible', timeout: 3000 });
        await input.fill(name);
        await widget.locator('.monaco-list-row.focused', { hasText: name }).first().waitFor({ state: 'visible', timeout: 3000 });
        await page.keyboard.press('Enter');
        return await eventually('the tab', async () => (await this.place()).tab === name, 3);
      } catch (error) {
        seen(await widget.innerText().catch(() => error.message));
        await page.keyboard.press('Escape');
        throw error;
      }
    }, 40);
  }

  /** Name of the active tab, position of the cursor and language, as the status bar shows them. */
  async place() {
    const text = (id) => this.page.locator(`[id="${id}"]`).innerText({ timeout: 1000 });
    return {
      tab: await this.page.locator(`${ACTIVE} .tab.active`).getAttribute('data-resource-name', { timeout: 1000 }),
      position: (await text('status.editor.selection')).trim(),
      language: (await text('status.editor.mode')).trim(),
    };
  }

  /** The lines of the active editor that are painted, top to bottom. */
  async visibleText() {
    const lines = await this.page.locator(`${ACTIVE} .monaco-editor .view-lines .view-line`).evaluateAll((rows) =>
      rows.map((row) => ({ top: parseFloat(row.style.top), text: row.textContent.replaceAll('\u00a0', ' ') })),
    );
    return lines
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text)
      .join('\n')
      .trimEnd();
  }

  /** Texts of the document links that are painted in the active editor. */
  async links() {
    return await this.page.locator(`${ACTIVE} .monaco-editor .detected-link`).allInnerTexts();
  }

  /** Waits until the cursor stands in a file and on a line. */
  async expectPlace(file, line) {
    return await eventually(`the cursor stands in ${file}, line ${line}`, async (seen) => {
      const place = await this.place();
      seen(place);
      return place.tab === file && place.position.startsWith(`Ln ${line},`) && place;
    });
  }

  /** Brings an open editor to the front by its tab. */
  async showTab(name) {
    await eventually(`the tab ${name} is active`, async (seen) => {
      await this.page.locator(`${ACTIVE} .tab[data-resource-name="${name}"]`).click({ timeout: 2000 });
      const { tab } = await this.place();
      seen(tab);
      return tab === name;
    });
  }

  /**
   * Middle of `word` on the screen: in the visible line that contains `line` (blanks do not count), the
   * nth one from 0. Null while it is not painted.
   */
  async #find(line, word, nth) {
    return await this.page.evaluate(
      ([selector, line, word, nth]) => {
        const dense = (text) => text.replaceAll(/\s/g, '');
        for (const row of document.querySelectorAll(`${selector} .view-lines .view-line`)) {
          const nodes = [];
          let text = '';
          const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            nodes.push({ node: walker.currentNode, start: text.length });
            text += walker.currentNode.data;
          }
          if (!dense(text).includes(dense(line))) continue;
          const starts = [...text.matchAll(new RegExp(`\\b${word}\\b`, 'g'))].map((match) => match.index);
          if (starts[nth] === undefined) continue;
          const point = (offset) => {
            const { node, start } = nodes.findLast((each) => each.start <= offset);
            return [node, offset - start];
          };
          const range = document.createRange();
          range.setStart(...point(starts[nth]));
          range.setEnd(...point(starts[nth] + word.length - 1));
          const box = range.getBoundingClientRect();
          return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
        }
        return null;
      },
      [`${ACTIVE} .monaco-editor`, line, word, nth],
    );
  }

  async locate(line, word, nth = 0) {
    return await eventually(`"${word}" is on the screen in "${line}"`, () => this.#find(line, word, nth));
  }

  /** Moves the pointer to a place in the editor that has no text. */
  async #park() {
    const box = await this.page.locator(`${ACTIVE} .monaco-editor .overflow-guard`).first().boundingBox();
    await this.page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.9);
  }

  /** Text of the hover on a word, once it contains all of `wanted`, each literally. */
  async hover(line, word, wanted, nth = 0) {
    return await eventually(`the hover on "${word}" shows ${JSON.stringify(wanted)}`, async (seen) => {
      const { x, y } = await this.locate(line, word, nth);
      await this.hideHover(); // an earlier one may lie over the word
      await this.page.mouse.move(x - 4, y);
      await this.page.mouse.move(x, y);
      // A hover grows while its parts arrive.
      return await eventually('hover', async () => {
        const text = (await this.#hovers.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
        if (text !== '') seen(text);
        return wanted.every((part) => text.includes(part)) && text;
      }, 5); // a busy machine may need seconds for an answer, and moving the pointer takes the question back
    }, 60);
  }

  /** Clicks a link in the hover that is shown. */
  async clickInHover(text) {
    await this.#hovers.locator('a', { hasText: text }).first().click();
  }

  async hideHover() {
    await this.#park();
    if (await this.#hovers.count()) await this.page.keyboard.press('Escape');
    await eventually('no hover is on the screen', async () => (await this.#hovers.count()) === 0);
  }

  get #hovers() {
    return this.page.locator('.monaco-hover:not(.hidden) .hover-contents');
  }

  /** Ctrl+click on a word, repeated until the editor has gone somewhere. */
  async controlClick(line, word) {
    const { page } = this;
    const before = JSON.stringify(await this.place());
    await eventually(`ctrl+click on "${word}" goes somewhere`, async (seen) => {
      const { x, y } = await this.locate(line, word);
      await this.#park();
      await page.keyboard.down('Control');
      try {
        await page.mouse.move(x - 4, y);
        await page.mouse.move(x, y);
        await page.locator(`${ACTIVE} .detected-link-active, ${ACTIVE} .goto-definition-link`).first().waitFor({ timeout: 2000 });
        await page.mouse.click(x, y);
      } finally {
        await page.keyboard.up('Control');
      }
      return await eventually('moved', async () => {
        const place = await this.place();
        seen(place);
        return JSON.stringify(place) !== before;
      }, 3);
    }, 30);
  }

  /** Puts the cursor on a word and presses a key, such as F12, repeated until the editor has gone somewhere. */
  async keyOn(line, word, key) {
    await eventually(`${key} on "${word}" goes somewhere`, async (seen) => {
      const { x, y } = await this.locate(line, word);
      await this.page.mouse.click(x, y);
      const before = JSON.stringify(await this.place());
      await this.page.keyboard.press(key);
      return await eventually('moved', async () => {
        const place = await this.place();
        seen(place);
        return JSON.stringify(place) !== before;
      }, 3);
    }, 30);
  }

  /** Texts of the notifications on the screen. */
  async notifications() {
    return await this.page.locator('.notification-list-item-message').allInnerTexts();
  }

  /** Presses a button of the notification with that text. */
  async notificationButton(text, button) {
    const item = this.page.locator('.notification-list-item', { hasText: text }).first();
    await item.hover();
    await item.locator('.monaco-button, .monaco-text-button', { hasText: button }).first().click();
  }

  /** Gives the outline the whole side bar by closing the view of the folder above it. */
  async enlargeOutline() {
    const header = this.page.locator('.pane-header[aria-label^="Explorer Section"]');
    await eventually('the folder view is closed', async () => {
      if ((await header.getAttribute('aria-expanded')) === 'true') await header.click();
      return (await header.getAttribute('aria-expanded')) === 'false';
    });
  }

  /** Name of the channel that the output view shows. */
  async outputChannel() {
    const select = this.page.locator('select[aria-label="Switch Output"]').first();
    return await select.evaluate((box) => box.selectedOptions[0]?.value);
  }

  /** Rows of a tree or list in a view, top to bottom, as they are painted; a blank between the parts of a row. */
  async rows(container) {
    const rows = await this.page.locator(`${container} .monaco-list-row`).evaluateAll((all) =>
      all.map((row) => {
        const parts = [];
        const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) parts.push(walker.currentNode.data.trim());
        return { top: row.getBoundingClientRect().top, text: parts.filter((part) => part !== '').join(' ') };
      }),
    );
    return rows.sort((a, b) => a.top - b.top).map(({ text }) => text);
  }
}

/** A numbered line per step, with the time since the start. */
export function reporter(story) {
  const start = Date.now();
  return (text) => console.log(`${story} ${((Date.now() - start) / 1000).toFixed(1).padStart(6)} s  ${text}`);
}

/** The line of a file, 1-based, as the editor shows it. */
export function sourceLine(tree, file, line) {
  return fs.readFileSync(path.join(tree, file), 'utf8').split('\n')[line - 1].trim();
}
