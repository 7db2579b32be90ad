"""One function per message of the protocol, three moves each: convert, ask, convert."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from oopsight import ide
from oopsight.lsp import from_proto, to_proto

if TYPE_CHECKING:
    from oopsight.lsp.server import OopsightServer

_log = logging.getLogger(__name__)
_MOST_REFERENCES = 20_000
# Typing in a log is rare and bursts of edits are not: wait for the end of a burst before publishing.
_SECONDS_AFTER_EDIT = 0.15
_SECONDS_AFTER_SAVE = 0.5
_SOURCE_ENDINGS = (".c", ".h", ".S")
_CONFIGURATIONS = ("/.config", "/autoconf.h")
# It would take longer to find out which of them concern the tree than to look through it.
_MOST_FILES = 5000


# Requests


def hover(
    ls: OopsightServer, workspace: ide.Workspace, params: types.HoverParams
) -> types.Hover | None:
    """What is known of the element under the pointer, in a crash text or in the kernel's source."""
    place = from_proto.place(workspace, ls.encoding, params.text_document, params.position)
    answer = ide.hover(workspace, place)
    return to_proto.hover(workspace, place, answer, ls.encoding, ls.client.markdown)


def definition(
    ls: OopsightServer, workspace: ide.Workspace, params: types.DefinitionParams
) -> list[types.Location] | list[types.LocationLink] | None:
    """Where the element under the cursor leads to."""
    place = from_proto.place(workspace, ls.encoding, params.text_document, params.position)
    answer = ide.definition(workspace, place)
    return to_proto.definition(workspace, place, answer, ls.encoding, ls.client.location_links)


def document_link(
    ls: OopsightServer, workspace: ide.Workspace, params: types.DocumentLinkParams
) -> list[types.DocumentLink]:
    """Everything in a crash text that can be clicked."""
    key = params.text_document.uri
    return to_proto.links(workspace, key, ide.document_links(workspace, key), ls.encoding)


def document_symbol(
    ls: OopsightServer, workspace: ide.Workspace, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol]:
    """The stacks and frames of a crash text."""
    key = params.text_document.uri
    return to_proto.symbols(workspace, key, ide.outline(workspace, key), ls.encoding)


def folding_range(
    ls: OopsightServer, workspace: ide.Workspace, params: types.FoldingRangeParams
) -> list[types.FoldingRange]:
    """What can be folded in a crash text."""
    return to_proto.folds(ide.folding_ranges(workspace, params.text_document.uri))


def workspace_symbol(
    ls: OopsightServer, params: types.WorkspaceSymbolParams
) -> list[types.SymbolInformation]:
    """Frames of the open crashes and definitions of the tree, by a piece of their name."""
    workspace = ls.session.snapshot()
    return to_proto.workspace_symbols(
        workspace, ide.workspace_symbols(workspace, params.query), ls.encoding
    )


def references(ls: OopsightServer, params: types.ReferenceParams) -> list[types.Location] | None:
    """The uses of a function in the whole tree, sent as they are found where the client takes them so."""
    with ls.session.looking() as workspace:
        place = from_proto.place(workspace, ls.encoding, params.text_document, params.position)
        asked = ide.question(workspace, place)
    if asked is None:
        return None
    found: list[types.Location] = []
    with ls.progress_of(params.work_done_token) as bar:
        parts = ide.find_references(
            asked,
            declaration=params.context.include_declaration,
            progress=bar.report,
            cancelled=bar.cancelled,
        )
        for part in parts:
            locations = to_proto.references(part, ls.encoding)
            if params.partial_result_token is None:
                found += locations
            else:
                ls.send_part(params.partial_result_token, locations)
            if (count := bar.add(len(locations))) >= _MOST_REFERENCES:
                _log.warning("Only the first %d uses of %s are shown.", count, asked.name)
                break
    return found


# Notifications about documents


def did_open(ls: OopsightServer, params: types.DidOpenTextDocumentParams) -> None:
    """A document was opened."""
    item = params.text_document
    ls.session.open(from_proto.opened(item), item.language_id)
    ls.publisher.request([item.uri])


def did_change(ls: OopsightServer, params: types.DidChangeTextDocumentParams) -> None:
    """A document was edited."""
    key, version = params.text_document.uri, params.text_document.version
    before = ls.session.buffer(key)
    if before is not None:
        ls.session.change(from_proto.edited(before, version, params.content_changes, ls.encoding))
        ls.publisher.request([key], _SECONDS_AFTER_EDIT)


def did_close(ls: OopsightServer, params: types.DidCloseTextDocumentParams) -> None:
    """A document was closed: its diagnostics go with it."""
    ls.session.close(params.text_document.uri)
    ls.withdraw(params.text_document.uri)


def did_save(ls: OopsightServer, params: types.DidSaveTextDocumentParams) -> None:
    """A file was saved; one of the kernel tree moves answers."""
    _tree_changed(ls, [params.text_document.uri])


def did_change_watched_files(ls: OopsightServer, params: types.DidChangeWatchedFilesParams) -> None:
    """Files changed on disk."""
    _tree_changed(ls, [change.uri for change in params.changes])


def _tree_changed(ls: OopsightServer, changed: list[str]) -> None:
    """Look again at those of the files that are sources of the tree; at the whole of it for another configuration."""
    sources = ls.session.tree_sources()
    if sources is None:
        return
    if len(changed) > _MOST_FILES:
        ls.indexer.files_changed(None, _SECONDS_AFTER_SAVE)
        return
    inside = [
        path
        for uri in changed
        if uri.endswith((*_SOURCE_ENDINGS, *_CONFIGURATIONS))
        and (path := from_proto.tree_path(sources, uri)) is not None
    ]
    if any(f"/{path}".endswith(_CONFIGURATIONS) for path in inside):
        ls.indexer.reopen()
    elif inside:
        ls.indexer.files_changed(inside, _SECONDS_AFTER_SAVE)


# Settings


def initialize(ls: OopsightServer, params: types.InitializeParams) -> None:
    """The client says who it is and what is set."""
    folders = from_proto.folders(params)
    base = folders[0] if folders else None
    ls.session.configure(from_proto.chosen(params.initialization_options, base), folders)


def initialized(ls: OopsightServer, params: types.InitializedParams) -> None:
    """The client is ready: open the tree, and ask for what it did not say."""
    ls.renew()
    ls.indexer.reopen()
    ls.watch_files()
    if ls.session.chosen.kernel_tree is None:
        ls.ask_for_settings()


def did_change_configuration(
    ls: OopsightServer, params: types.DidChangeConfigurationParams
) -> None:
    """Settings changed; a client that sends none wants to be asked."""
    folders = ls.session.folders
    chosen = from_proto.chosen(params.settings, folders[0] if folders else None)
    if chosen is None:
        ls.ask_for_settings()
    elif ls.session.configure(chosen):
        ls.indexer.reopen()


def did_change_workspace_folders(
    ls: OopsightServer, params: types.DidChangeWorkspaceFoldersParams
) -> None:
    """Folders were opened or closed."""
    removed = {from_proto.path(folder.uri) for folder in params.event.removed}
    added = [from_proto.path(folder.uri) for folder in params.event.added]
    kept = [folder for folder in ls.session.folders if folder not in removed]
    new: list[Path] = [folder for folder in added if folder is not None and folder not in kept]
    if ls.session.configure(folders=(*kept, *new)):
        ls.indexer.reopen()


def shutdown(ls: OopsightServer, params: None) -> None:
    """The client is about to leave: stop all work."""
    ls.stop()


LONG_REQUESTS: dict[str, Callable[..., object]] = {
    types.WORKSPACE_SYMBOL: workspace_symbol,
    types.TEXT_DOCUMENT_REFERENCES: references,
}
"""Answered in threads of their own, beside the others: they look at the tree's index and files for a second or more."""

REQUESTS: dict[str, Callable[..., object]] = {
    types.TEXT_DOCUMENT_HOVER: hover,
    types.TEXT_DOCUMENT_DEFINITION: definition,
    types.TEXT_DOCUMENT_DOCUMENT_LINK: document_link,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: document_symbol,
    types.TEXT_DOCUMENT_FOLDING_RANGE: folding_range,
}
"""Answered in threads of their own, so that a long answer keeps nobody waiting."""

NOTIFICATIONS: dict[str, Callable[..., None]] = {
    types.INITIALIZE: initialize,
    types.INITIALIZED: initialized,
    types.SHUTDOWN: shutdown,
    types.TEXT_DOCUMENT_DID_OPEN: did_open,
    types.TEXT_DOCUMENT_DID_CHANGE: did_change,
    types.TEXT_DOCUMENT_DID_CLOSE: did_close,
    types.TEXT_DOCUMENT_DID_SAVE: did_save,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: did_change_configuration,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: did_change_watched_files,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: did_change_workspace_folders,
}
"""Handled at once and in order; none of them computes."""
