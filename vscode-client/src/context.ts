// Owns the language client: starts it when a crash is opened, starts it again when it was lost, and
// tells the user in one message when there is no server and what to do about it.

import * as os from 'node:os';
import * as vscode from 'vscode';
import { Client } from './client';
import { mayHoldCrash } from './documents';
import { findServer } from './server';
import { SECTION, serverPath } from './settings';

/** A server that is lost this often within the time below is not started again by itself. */
const LOSSES = 4;
const LOSS_MILLISECONDS = 3 * 60 * 1000;

const OPEN_SETTING = 'Open Setting';
const SHOW_OUTPUT = 'Show Output';

/** Does the user wait for the server, so that failing must be shown, or would a message only disturb? */
type Manner = 'announce' | 'quiet';

export class Context {
  readonly output = vscode.window.createOutputChannel('Oopsight', { log: true });
  private readonly subscriptions: { dispose(): unknown }[] = [this.output];
  private client: Client | undefined;
  private losses: number[] = [];
  private shown: string | undefined;
  /** Starts and stops, one after the other. */
  private queue: Promise<void> = Promise.resolve();

  /** Watches documents and settings from now on, and takes up what is open already. */
  activate(): void {
    this.subscriptions.push(
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.opened(document);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        this.settingsChanged(event);
      }),
      // A relative path in the settings starts at the first folder.
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.client?.sendSettings()),
    );
    vscode.workspace.textDocuments.forEach((document) => {
      this.opened(document);
    });
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  start(manner: Manner): Promise<void> {
    return this.enqueue(() => this.launch(manner));
  }

  async stop(): Promise<void> {
    // Asked at once, so that a server which is slow to start does not hold up those who wait behind it.
    const stopped = this.client?.stop();
    this.client = undefined;
    await this.enqueue(async () => {
      await stopped;
    });
  }

  async restart(): Promise<void> {
    this.losses = [];
    await this.stop();
    await this.start('announce');
  }

  private opened(document: vscode.TextDocument): void {
    const answer = mayHoldCrash(document);
    if (answer !== 'no') {
      void this.start(answer === 'yes' ? 'announce' : 'quiet');
    }
  }

  private settingsChanged(event: vscode.ConfigurationChangeEvent): void {
    if (event.affectsConfiguration(`${SECTION}.serverPath`)) {
      void this.restart();
    } else if (event.affectsConfiguration(SECTION)) {
      void this.client?.sendSettings();
    }
  }

  private async launch(manner: Manner): Promise<void> {
    if (this.client !== undefined) {
      return;
    }
    const found = await findServer(serverPath(), {
      home: os.homedir(),
      searchPath: process.env.PATH ?? '',
      platform: process.platform,
    });
    if ('problem' in found) {
      this.report(found.problem, manner);
      return;
    }
    const client = new Client(found.program, this.output, () => {
      this.lost(client);
    });
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.output.error(String(error));
      if (this.client !== client) {
        return; // stopped on request while it started
      }
      this.client = undefined;
      this.report(
        `Oopsight's server could not be started with "${found.program} serve". Make sure that the setting oopsight.serverPath names the program oopsight; the output says more.`,
        manner,
      );
    }
  }

  private lost(client: Client): void {
    if (this.client !== client) {
      return;
    }
    this.client = undefined;
    const now = Date.now();
    this.losses = this.losses.filter((time) => now - time < LOSS_MILLISECONDS).concat(now);
    if (this.losses.length < LOSSES) {
      this.output.warn('The server stopped by itself and is started again.');
      void this.start('announce');
    } else {
      this.report(
        `Oopsight's server stopped ${String(LOSSES)} times within a few minutes and stays off. The output says why; "Oopsight: Restart Server" starts it again.`,
        'announce',
      );
    }
  }

  private report(problem: string, manner: Manner): void {
    this.output.error(problem);
    if (manner === 'announce') {
      void this.announce(problem);
    }
  }

  /** Shows the sentence, unless it still stands there. */
  private async announce(problem: string): Promise<void> {
    if (this.shown === problem) {
      return;
    }
    this.shown = problem;
    const choice = await vscode.window.showErrorMessage(problem, OPEN_SETTING, SHOW_OUTPUT);
    this.shown = undefined;
    if (choice === OPEN_SETTING) {
      await openServerPath();
    } else if (choice === SHOW_OUTPUT) {
      this.output.show();
    }
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch((error: unknown) => {
      this.output.error(String(error));
    });
    return this.queue;
  }
}

/** Opens the settings at oopsight.serverPath, on the page of the machine that runs the server. */
async function openServerPath(): Promise<void> {
  const command =
    vscode.env.remoteName === undefined ? 'workbench.action.openSettings' : 'workbench.action.openRemoteSettings';
  await vscode.commands.executeCommand(command, { query: `@id:${SECTION}.serverPath` });
}
