"""From the protocol's words to ours: URIs, positions in the client's units, edits and settings.

One of the two files where columns are not code points (`to_proto` is the other).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from lsprotocol import types
from pygls import uris

from oopsight import ide, tree
from oopsight.lsp import buffers, settings

# What takes two units of UTF-16.
_WIDE = re.compile("[\U00010000-\U0010ffff]")
_UTF8_SIZES = ((0x80, 1), (0x800, 2), (0x10000, 3))


def units(text: str, encoding: str) -> int:
    """How many of the client's units `text` takes."""
    if encoding == types.PositionEncodingKind.Utf32.value or text.isascii():
        return len(text)
    if encoding == types.PositionEncodingKind.Utf8.value:
        return sum(_utf8_size(ord(character)) for character in text)
    return len(text) + len(_WIDE.findall(text))


def _utf8_size(code: int) -> int:
    return next((size for below, size in _UTF8_SIZES if code < below), 4)


def column(line: str, character: int, encoding: str) -> int:
    """The code point in `line` that the client's `character` names; one inside a code point means that one.

    A character behind the end of the line means its end, as the protocol says.
    """
    if encoding == types.PositionEncodingKind.Utf32.value or line.isascii():
        return min(max(character, 0), len(line))
    if encoding != types.PositionEncodingKind.Utf8.value:
        return _column_of_utf_16(line, character)
    at = 0
    for index, one in enumerate(line):
        at += units(one, encoding)
        if at > character:
            return index
    return len(line)


def _column_of_utf_16(line: str, character: int) -> int:
    before = 0
    for wide in _WIDE.finditer(line):
        if wide.start() + before >= character - 1:
            # At or behind the character, or between its two units.
            return min(wide.start(), max(character - before, 0))
        before += 1
    return min(max(character - before, 0), len(line))


def path(uri: str) -> Path | None:
    """The file that a URI names, None for one that is no file (`untitled:`)."""
    try:
        name = uris.to_fs_path(uri)
    except ValueError:
        return None
    return Path(name) if name else None


def tree_path(sources: tree.Sources, uri: str) -> str | None:
    """The path of a URI in the source roots, None for what is outside; symbolic links to a root are followed."""
    file = path(uri)
    return None if file is None else sources.path_of(file)


def place(
    workspace: ide.Workspace,
    encoding: str,
    document: types.TextDocumentIdentifier,
    position: types.Position,
) -> ide.Place:
    """Where the user points, in code points."""
    key = document.uri
    inside = None if workspace.tree is None else tree_path(workspace.tree.sources, key)
    line = position.line
    text = _line(workspace, key, inside, line)
    return ide.Place(key, line, column(text, position.character, encoding), inside)


def _line(workspace: ide.Workspace, key: str, inside: str | None, line: int) -> str:
    log, buffer = workspace.log(key), workspace.buffers.get(key)
    lines: Sequence[str] = ()
    if log is not None:
        lines = log.lines
    elif buffer is not None:
        lines = buffer.lines
    elif inside is not None:
        lines = workspace.lines(inside) or ()
    return lines[line] if 0 <= line < len(lines) else ""


def edited(
    buffer: buffers.Buffer,
    version: int,
    changes: Sequence[types.TextDocumentContentChangeEvent],
    encoding: str,
) -> buffers.Buffer:
    """The text after the client's edits, which it made in their order."""
    draft = buffers.Draft.from_buffer(buffer)
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            start = _inside(draft.lines, change.range.start, encoding)
            draft.replace(start, _inside(draft.lines, change.range.end, encoding), change.text)
        else:
            draft = buffers.Draft.of(change.text)
    return draft.done(buffer.document.key, version)


def _inside(lines: Sequence[str], position: types.Position, encoding: str) -> buffers.Place:
    """The place of a position; one behind the end of a line or of the text is that end."""
    if not 0 <= position.line < len(lines):
        return buffers.inside(lines, position.line, 0)
    return position.line, column(lines[position.line], position.character, encoding)


def chosen(value: object, base: Path | None) -> settings.Settings | None:
    """Settings from what a client sent: `{"oopsight": {…}}` or the inner part; None when it holds none of ours."""
    inner = _get(value, "oopsight")
    inner = value if inner is None else inner
    tree, config, build = (
        _get(inner, name) for name in ("kernelTree", "kernelConfig", "buildDirectory")
    )
    also, mapped = _get(inner, "alsoSources"), _get(inner, "pathMap")
    texts = any(isinstance(one, str) for one in (tree, config, build))
    if not texts and also is None and mapped is None:
        return None
    return settings.Settings(
        _path_setting(tree, base),
        _path_setting(config, base),
        _path_setting(build, base),
        tuple(
            one for one in (_path_setting(name, base) for name in _list(also)) if one is not None
        ),
        tuple(one.strip() for one in _list(mapped) if isinstance(one, str) and one.strip()),
    )


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else ()


def _get(value: object, name: str) -> object:
    """A member of a JSON object, which pygls gives as a mapping or as an object with attributes."""
    if isinstance(value, Mapping):
        return value.get(name)
    return getattr(value, name, None)


def _path_setting(value: object, base: Path | None) -> Path | None:
    """The path that a setting names; a relative one is relative to the workspace."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        return None
    named = _home(Path(value.strip()))
    return named if named.is_absolute() or base is None else base / named


def _home(named: Path) -> Path:
    """`~/linux` with the home directory in place; as it is when there is none."""
    try:
        return named.expanduser()
    except RuntimeError:
        return named


def opened(item: types.TextDocumentItem) -> buffers.Buffer:
    """An opened document."""
    return buffers.Buffer.of(item.text, item.uri, item.version)


def folders(params: types.InitializeParams) -> tuple[Path, ...]:
    """The folders that the client has open."""
    named = [folder.uri for folder in params.workspace_folders or ()]
    if not named and params.root_uri:
        named = [params.root_uri]
    found = [path(uri) for uri in named]
    if not named and params.root_path:
        found = [Path(params.root_path)]
    return tuple(folder for folder in found if folder is not None)
