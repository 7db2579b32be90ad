// One server process and the language client that talks to it. It is started once, stopped once and
// then thrown away; Context decides whether there is a next one.

import type { ChildProcess } from 'node:child_process';
import * as os from 'node:os';
import { createInterface } from 'node:readline';
import type * as vscode from 'vscode';
import {
  CloseAction,
  DidChangeConfigurationNotification,
  ErrorAction,
  LanguageClient,
  type ConfigurationParams,
} from 'vscode-languageclient/node';
import { SELECTOR } from './documents';
import { startServer } from './server';
import { SECTION, serverSettings } from './settings';

/** A server that has not answered its first request by then is taken for something else. */
const START_MILLISECONDS = 30_000;

/** How long a server may take to end after it was asked to. */
const STOP_MILLISECONDS = 2_000;

export class Client {
  private readonly language: LanguageClient;
  private process: ChildProcess | undefined;
  private state: 'starting' | 'running' | 'over' = 'starting';

  /** `lost` is called when a running server goes away without having been asked to. */
  constructor(
    private readonly program: string,
    private readonly output: vscode.LogOutputChannel,
    private readonly lost: () => void,
  ) {
    this.language = new QuietLanguageClient(SECTION, 'Oopsight', () => this.spawn(), {
      documentSelector: SELECTOR,
      outputChannel: output,
      initializationOptions: serverSettings,
      initializationFailedHandler: () => false, // start() rejects, and Context tells the user
      errorHandler: {
        error: (error, _message, count) => this.failed(error, count),
        closed: () => this.closed(),
      },
      // Server texts quote crashes from anywhere: no command links, no HTML.
      markdown: { isTrusted: false, supportHtml: false },
      middleware: {
        workspace: {
          configuration: async (params, token, next) => answer(params, await next(params, token)),
        },
      },
      stdioOptions: { stdout: () => undefined, stderr: logLines },
    });
  }

  /** Resolves when the server answers; rejects with what went wrong, and then no process is left. */
  async start(): Promise<void> {
    const timer = setTimeout(() => {
      this.output.error(`The server has not answered for ${String(START_MILLISECONDS / 1000)} seconds.`);
      this.process?.kill();
    }, START_MILLISECONDS);
    try {
      await this.language.start();
    } catch (error) {
      this.state = 'over';
      await this.end();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    if (this.state === 'starting') {
      this.state = 'running';
    }
  }

  /** Resolves when the process has ended. A start that is under way rejects. */
  async stop(): Promise<void> {
    const running = this.state === 'running';
    this.state = 'over';
    if (!running) {
      this.process?.kill();
      await this.end();
      return;
    }
    try {
      await this.language.dispose(STOP_MILLISECONDS);
    } catch (error) {
      this.output.warn(`The server did not stop in good order: ${String(error)}`);
    }
    await this.end();
  }

  /** Tells the server the settings as they are now. */
  async sendSettings(): Promise<void> {
    if (this.state === 'running') {
      const settings = { [SECTION]: serverSettings() };
      await this.language.sendNotification(DidChangeConfigurationNotification.type, { settings });
    }
  }

  private async spawn(): Promise<ChildProcess> {
    const child = await startServer(this.program, os.homedir());
    if (this.state === 'over') {
      child.kill();
    }
    this.output.info(`Started ${this.program} serve, process ${String(child.pid)}.`);
    child.on('error', (error) => {
      this.output.error(`Server process: ${error.message}`);
    });
    child.on('exit', (code, signal) => {
      const how = signal === null ? `status ${String(code)}` : `signal ${signal}`;
      this.output.info(`Process ${String(child.pid)} ended with ${how}.`);
    });
    this.process = child;
    return child;
  }

  private failed(error: Error, count: number | undefined): { action: ErrorAction; handled: boolean } {
    this.output.error(`Connection to the server: ${error.message}`);
    // Reading does not recover from text that is no message (there is no count then), nor is it
    // likely that writing does after several attempts.
    if (count === undefined || count > 3) {
      this.process?.kill();
    }
    return { action: ErrorAction.Continue, handled: true };
  }

  private closed(): { action: CloseAction; handled: boolean } {
    if (this.state === 'running') {
      this.state = 'over';
      void this.end().then(this.lost);
    }
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  /** Sees to it that the process ends, by force if it must be. */
  private async end(): Promise<void> {
    const child = this.process;
    if (child?.exitCode !== null || child.signalCode !== null) {
      return; // there is none, or it has ended
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.stdin?.end();
    });
  }
}

/** Writes every error to the output channel and shows none: Context shows the one message there is. */
class QuietLanguageClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** A server that asks for our section gets the resolved paths instead of the text in the settings. */
function answer(params: ConfigurationParams, given: unknown): unknown[] {
  const answers = given as unknown[];
  return params.items.map((item, index) => (item.section === SECTION ? serverSettings() : answers[index]));
}

function logLines(input: NodeJS.ReadableStream, output: vscode.LogOutputChannel): void {
  createInterface({ input, crlfDelay: Infinity }).on('line', (line) => {
    output.info(line);
  });
}
