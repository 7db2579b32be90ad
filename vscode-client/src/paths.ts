// Paths as people write them in settings. Knows no editor, so that plain tests reach it.

import * as path from 'node:path';

/** What a written path can refer to. */
export interface Places {
  readonly home: string;
  readonly folders: readonly { readonly name: string; readonly path: string }[];
}

const VARIABLE = /\$\{(userHome|workspaceFolder)(?::([^}]*))?\}/g;

/**
 * An absolute path for what was written, or "" when nothing was written.
 * What cannot be resolved (no folder is open, or none of that name) stays as written: the server
 * then says that there is no such directory, with the text that the user knows.
 */
export function resolvePath(written: string, places: Places): string {
  const first = places.folders[0]?.path;
  const replaced = written
    .trim()
    .replace(VARIABLE, (whole, variable: string, name: string | undefined) =>
      variable === 'userHome' ? places.home : (folderPath(places, name) ?? whole),
    );
  const fromHome = atHome(replaced, places.home);
  if (fromHome === '' || path.isAbsolute(fromHome) || fromHome.includes('${') || first === undefined) {
    return fromHome;
  }
  return path.join(first, fromHome);
}

/**
 * A `FROM=TO` whose TO is resolved where it has a variable or a `~`. A relative TO stays as it is: it
 * is a directory of the kernel tree.
 */
export function resolveMapping(written: string, places: Places): string {
  const at = written.indexOf('=');
  const to = written.slice(at + 1).trim();
  if (at < 0 || !/^~(?:[\\/]|$)|\$\{/.test(to)) {
    return written.trim();
  }
  return `${written.slice(0, at).trim()}=${resolvePath(to, places)}`;
}

/** A leading `~` replaced by the home directory, as a shell does. */
export function atHome(written: string, home: string): string {
  return written === '~' || /^~[\\/]/.test(written) ? path.join(home, written.slice(1)) : written;
}

function folderPath(places: Places, name: string | undefined): string | undefined {
  const folder = name === undefined ? places.folders[0] : places.folders.find((each) => each.name === name);
  return folder?.path;
}
