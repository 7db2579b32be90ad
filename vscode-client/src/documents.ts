// Which documents the server is told about.

import * as vscode from 'vscode';

/** Texts of crashes, saved or not. */
const CRASHES = [{ language: 'kernel-crash' }];

/** Files that may hold a crash among other text; the server looks. */
const LOGS = [{ scheme: 'file', pattern: '**/*.{log,txt}' }];

/**
 * Kernel sources, in which hovers show the values that a crash recorded.
 * VS Code has no language of its own for assembler, hence the pattern.
 */
const SOURCES = [
  { scheme: 'file', language: 'c' },
  { scheme: 'file', language: 'cpp' },
  { scheme: 'file', pattern: '**/*.[sS]' },
];

/** Everything that the server may be asked about. */
export const SELECTOR = [...CRASHES, ...LOGS, ...SOURCES];

/** Is this document a crash by what its user says, or may it hold one? Sources alone need no server. */
export function mayHoldCrash(document: vscode.TextDocument): 'yes' | 'maybe' | 'no' {
  if (vscode.languages.match(CRASHES, document) > 0) {
    return 'yes';
  }
  return vscode.languages.match(LOGS, document) > 0 ? 'maybe' : 'no';
}
