// "Oopsight: Paste Callstack": the clipboard's text becomes a crash document, ready to click through.

import * as vscode from 'vscode';

export function activate(): vscode.Disposable {
  return vscode.commands.registerCommand('oopsight.pasteCallstack', pasteCallstack);
}

async function pasteCallstack(): Promise<void> {
  const content = await vscode.env.clipboard.readText();
  if (content.trim() === '') {
    void vscode.window.showWarningMessage(
      'The clipboard holds no text. Copy a kernel callstack, then run "Oopsight: Paste Callstack" again.',
    );
    return;
  }
  const document = await vscode.workspace.openTextDocument({ language: 'kernel-crash', content });
  await vscode.window.showTextDocument(document, { preview: false });
}
