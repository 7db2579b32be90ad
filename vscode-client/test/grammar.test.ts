// What the grammar calls the parts of a line. A theme gives colours to the names before the last dot.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { test } from 'node:test';
import * as oniguruma from 'vscode-oniguruma';
import * as textmate from 'vscode-textmate';

const require = createRequire(path.resolve('package.json'));
const SYNTAX = 'syntaxes/kernel-crash.tmLanguage.json';

const registry = new textmate.Registry({
  onigLib: oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm'))).then(() => ({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  })),
  loadGrammar: () => Promise.resolve(textmate.parseRawGrammar(readFileSync(SYNTAX, 'utf8'), SYNTAX)),
});

/** The named parts of a line as "scope: text", without the language's own suffix and the enclosing scopes. */
async function parts(line: string): Promise<string[]> {
  const grammar = await registry.loadGrammar('source.kernel-crash');
  assert.ok(grammar);
  const found: { scope: string; text: string }[] = [];
  for (const token of grammar.tokenizeLine(line, textmate.INITIAL).tokens) {
    const scope = token.scopes.at(-1)?.replace('.kernel-crash', '') ?? '';
    const text = line.slice(token.startIndex, token.endIndex);
    const last = found.at(-1);
    if (last?.scope === scope) {
      last.text += text; // the parentheses of a type belong to it
    } else {
      found.push({ scope, text });
    }
  }
  return found
    .filter(({ scope }) => !/^(source|meta|punctuation)\b/.test(scope))
    .map(({ scope, text }) => `${scope}: ${text}`);
}

const CASES: Record<string, string[]> = {
  '-002|list_del(inline)': [
    'constant.numeric.frame-number: -002',
    'entity.name.function: list_del',
    'storage.modifier.frame-kind: inline',
  ],
  '-003|__alloc_pages_nodemask(gfp_mask = 33685722, zonelist = 0xC1731380, nodema': [
    'constant.numeric.frame-number: -003',
    'entity.name.function: __alloc_pages_nodemask',
    'variable.parameter: gfp_mask',
    'keyword.operator: =',
    'constant.numeric: 33685722',
    'variable.parameter: zonelist',
    'keyword.operator: =',
    'constant.numeric: 0xC1731380',
  ],
  '>  -004|step([X19] addr = 0x10, :atomic = TRUE, ?, left = ???)  <--- here': [
    'constant.numeric.frame-number: -004',
    'entity.name.function: step',
    'support.other.storage-place: [X19]',
    'variable.parameter: addr',
    'keyword.operator: =',
    'constant.numeric: 0x10',
    'keyword.operator.in-memory: :',
    'variable.parameter: atomic',
    'keyword.operator: =',
    'constant.language: TRUE',
    'constant.language.unknown: ?',
    'variable.parameter: left',
    'keyword.operator: =',
    'constant.language.unknown: ???',
    'comment.line.note: <--- here',
  ],
  '-008|NUR:0xA806E848(asm)': [
    'constant.numeric.frame-number: -008',
    'storage.type.memory-class: NUR',
    'constant.numeric.address: 0xA806E848',
    'storage.modifier.frame-kind: asm',
  ],
  '-->|exception': ['keyword.control.marker: -->|exception'],
  ' ---|end of frame': ['keyword.control.marker: ---|end of frame'],
  '    |  state = STEP_PREPARE': ['variable.parameter: state', 'keyword.operator: =', 'variable.other.enummember: STEP_PREPARE'],
  // The blanks are no-break spaces, as web pages make them.
  '(register\u00a0struct row *)\u00a0inf = 0xC161514C = rows[7] -> (': [
    'storage.type.variable: (register\u00a0struct row *)',
    'variable.parameter: inf',
    'keyword.operator: =',
    'constant.numeric: 0xC161514C',
    'keyword.operator: =',
    'entity.name.function.symbol: rows',
    'constant.numeric: 7',
    'keyword.operator: ->',
  ],
  '     (char *) name = 0xC11DEC42 = table+0x3E -> "no page")': [
    'storage.type.variable: (char *)',
    'variable.parameter: name',
    'keyword.operator: =',
    'constant.numeric: 0xC11DEC42',
    'keyword.operator: =',
    'entity.name.function: table',
    'constant.numeric.offset: +0x3E',
    'keyword.operator: ->',
    'string.quoted.double: "no page"',
  ],
  '<4>[  12.345678][ T812] pc : sample_read+0x1b/0x40 [sample]': [
    'comment.level: <4>',
    'comment.timestamp: [  12.345678]',
    'comment.caller: [ T812]',
    'variable.language.register: pc',
    'entity.name.function: sample_read',
    'constant.numeric.offset: +0x1b/0x40',
    'entity.name.namespace.module: [sample]',
  ],
  'r3 : 00000100  r2 : c0112233': [
    'variable.language.register: r3',
    'constant.numeric: 00000100',
    'variable.language.register: r2',
    'constant.numeric: c0112233',
  ],
  'kernel BUG at drivers/sample/sample.c:12!': [
    'keyword.other.heading: kernel BUG at',
    'string.other.link.source: drivers/sample/sample.c',
    'constant.numeric.line: 12',
  ],
  '     (int (*)()) fn = 0xC0114428 = do_page_fault -> ,': [
    'storage.type.variable: (int (*)())',
    'variable.parameter: fn',
    'keyword.operator: =',
    'constant.numeric: 0xC0114428',
    'keyword.operator: =',
    'entity.name.function.symbol: do_page_fault',
    'keyword.operator: ->',
  ],
  'Here the list was (probably) damaged = by someone else.': [],
};

for (const [line, expected] of Object.entries(CASES)) {
  test(line, async () => {
    assert.deepEqual(await parts(line), expected);
  });
}

test('a long line without an end takes no time', async () => {
  for (const line of [`(${'a '.repeat(50_000)}`, `(${'a'.repeat(100_000)}`, `-001|f(${'x = ('.repeat(20_000)}`]) {
    const start = performance.now();
    await parts(line);
    assert.ok(performance.now() - start < 5_000);
  }
});
