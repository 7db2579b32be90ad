// Entry points of the extension. Everything that the editor shows comes from the server; the client
// starts it, carries settings to it and adds the commands.

import type * as vscode from 'vscode';
import { Context } from './context';
import * as pasteCallstack from './features/pasteCallstack';
import * as serverCommands from './features/serverCommands';

let context: Context | undefined;

export function activate(extension: vscode.ExtensionContext): void {
  context = new Context();
  extension.subscriptions.push(
    context,
    pasteCallstack.activate(),
    serverCommands.activate(context),
  );
  context.activate();
}

export async function deactivate(): Promise<void> {
  await context?.stop();
}
