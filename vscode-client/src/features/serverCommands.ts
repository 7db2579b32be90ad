// "Oopsight: Restart Server" and "Oopsight: Show Output".

import * as vscode from 'vscode';
import type { Context } from '../context';

export function activate(context: Context): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('oopsight.restartServer', () => context.restart()),
    vscode.commands.registerCommand('oopsight.showOutput', () => {
      context.output.show();
    }),
  );
}
