// Typed view of the settings `oopsight.*`. Paths leave this file the way the server wants them:
// with variables replaced and relative ones made absolute.

import * as os from 'node:os';
import * as vscode from 'vscode';
import { resolveMapping, resolvePath, type Places } from './paths';

export const SECTION = 'oopsight';

/** What the server is told, at start and after every change. An empty text or list means "not set". */
export interface ServerSettings {
  readonly kernelTree: string;
  readonly kernelConfig: string;
  readonly buildDirectory: string;
  readonly alsoSources: readonly string[];
  readonly pathMap: readonly string[];
}

/** The settings that the server acts on. */
export function serverSettings(): ServerSettings {
  return {
    kernelTree: pathSetting('kernelTree'),
    kernelConfig: pathSetting('kernelConfig'),
    buildDirectory: pathSetting('buildDirectory'),
    alsoSources: listSetting('alsoSources').map((written) => resolvePath(written, places())),
    pathMap: listSetting('pathMap').map((written) => resolveMapping(written, places())),
  };
}

/**
 * The program that the user named, or "". The setting has the scope `machine`, so that VS Code
 * itself ignores it in a workspace's settings: opening a repository must not choose a program.
 */
export function serverPath(): string {
  return vscode.workspace.getConfiguration(SECTION).get('serverPath', '').trim();
}

/** A list as the user wrote it; what is no text in it is left out. */
function listSetting(name: keyof ServerSettings): string[] {
  const written: unknown = vscode.workspace.getConfiguration(SECTION).get(name);
  return Array.isArray(written) ? written.filter((one) => typeof one === 'string') : [];
}

function pathSetting(name: keyof ServerSettings): string {
  const written = vscode.workspace.getConfiguration(SECTION).get(name, '');
  return resolvePath(written, places());
}

function places(): Places {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    home: os.homedir(),
    folders: folders
      .filter((folder) => folder.uri.scheme === 'file')
      .map((folder) => ({ name: folder.name, path: folder.uri.fsPath })),
  };
}
