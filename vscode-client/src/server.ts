// Finds the server program and starts it. Knows no editor, so that plain tests reach it.
//
// The program comes from the machine-scoped setting or from the user's own PATH, never from a
// workspace folder: opening a repository that one does not trust must not run what lies in it.

import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { atHome } from './paths';

/** A program to run, or a full sentence that says why there is none and what to do. */
export type Found = { readonly program: string } | { readonly problem: string };

/** The parts of the machine that the search looks at. */
export interface Machine {
  readonly home: string;
  readonly searchPath: string;
  readonly platform: NodeJS.Platform;
}

const NAME = 'oopsight';

/** Finds the server: what `serverPath` names, else `oopsight` on PATH, else in ~/.local/bin. */
export async function findServer(serverPath: string, machine: Machine): Promise<Found> {
  return serverPath === '' ? await search(machine) : await named(atHome(serverPath, machine.home));
}

async function named(program: string): Promise<Found> {
  if (!path.isAbsolute(program)) {
    return {
      problem: `The setting oopsight.serverPath must be an absolute path, but is "${program}". Write the whole path of the program oopsight, or clear the setting to search PATH.`,
    };
  }
  if (await isProgram(program)) {
    return { program };
  }
  return {
    problem: `The setting oopsight.serverPath names ${program}, which is not a program that can be run. Correct the setting, or clear it to search PATH.`,
  };
}

async function search(machine: Machine): Promise<Found> {
  const file = machine.platform === 'win32' ? `${NAME}.exe` : NAME;
  // Relative entries of PATH would start in whatever folder is open. ~/.local/bin is where pip, pipx
  // and uv put programs; an editor started from a desktop often does not have it on PATH.
  const directories = machine.searchPath
    .split(machine.platform === 'win32' ? ';' : ':')
    .filter((directory) => path.isAbsolute(directory))
    .concat(path.join(machine.home, '.local', 'bin'));
  for (const directory of directories) {
    const program = path.join(directory, file);
    if (await isProgram(program)) {
      return { program };
    }
  }
  return {
    problem: `Oopsight's server was not found. Install the program oopsight so that it is on PATH, or write its path into the setting oopsight.serverPath.`,
  };
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false; // missing, unreadable and not executable are all "no"
  }
}

/** Starts the server on standard input and output; rejects when the program cannot be started. */
export async function startServer(program: string, home: string): Promise<ChildProcess> {
  // Started at home rather than in the folder that is open, whose files must not influence it.
  const child = spawn(program, ['serve'], { cwd: home, stdio: 'pipe', windowsHide: true });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return child;
}
