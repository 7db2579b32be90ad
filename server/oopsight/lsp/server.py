"""Builds the server: who the client is, which messages are handled, and how it starts and ends."""

from __future__ import annotations

import contextlib
import contextvars
import functools
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from lsprotocol import types
from pygls import constants, exceptions
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

import oopsight
from oopsight import ide, tree
from oopsight.lsp import (
    background,
    from_proto,
    handlers,
    indexing,
    progress,
    session,
    to_proto,
)

_log = logging.getLogger(__name__)
_SECONDS_TO_STOP = 5.0
# What clients ask for once and keep until the document changes. Where the client can, these are registered
# anew when the tree has become known, which makes it ask again.
_KEPT_BY_CLIENTS = {
    types.TEXT_DOCUMENT_DOCUMENT_LINK: ("document_link", types.DocumentLinkRegistrationOptions()),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (
        "document_symbol",
        types.DocumentSymbolRegistrationOptions(),
    ),
}
# Requests that wait for another one's computing must not keep the reader of messages, which is in the same pool.
_THREADS = 16
_OBJECTS_BETWEEN = 100_000
_WATCHED = ("**/*.c", "**/*.h", "**/*.S", "**/.config")


@dataclass(frozen=True, slots=True)
class _Refused:
    """A message that is not what its method takes; `number` is the request's, None for one that wants no answer."""

    number: int | str | None
    method: str
    error: exceptions.JsonRpcException


class _Protocol(LanguageServerProtocol):
    """The protocol without pygls' own copy of the documents, and with some capabilities stated later.

    That copy splits lines where the protocol does not (form feed, U+2028), so later edits would miss their place.
    Every request gets an answer, also one that cannot be read or that comes too late; pygls drops these.
    """

    @functools.cached_property
    def given_up(self) -> set[int | str]:
        """Requests under way whose answer the client does not want any more."""
        return set()

    def structure_message(self, data: dict[str, Any]) -> object:
        """The message that a JSON object is; called for the objects inside a message too."""
        try:
            return super().structure_message(data)
        except exceptions.JsonRpcException:
            method = data.get("method")
            if not isinstance(method, str):
                return _Refused(_id(data), "?", exceptions.JsonRpcInvalidRequest())
            known = self.get_message_type(method) is not None
            error = (
                exceptions.JsonRpcInvalidParams(f"The parameters of {method} are wrong or missing.")
                if known
                else exceptions.JsonRpcMethodNotFound.of(method)
            )
            return _Refused(_id(data), method, error)

    def handle_message(self, message: object) -> None:
        """Handle a message, or say why not."""
        if isinstance(message, _Refused):
            self._refuse(message)
        elif getattr(message, "jsonrpc", None) != self.VERSION:
            number = _id(message) if isinstance(message, dict) else getattr(message, "id", None)
            self._refuse(_Refused(number, "?", exceptions.JsonRpcInvalidRequest()))
        elif self._shutdown and hasattr(message, "method") and hasattr(message, "id"):
            late = exceptions.JsonRpcInvalidRequest("The server was asked to shut down.")
            self._refuse(_Refused(message.id, str(message.method), late))
        else:
            super().handle_message(cast("Any", message))

    def _execute_handler(
        self,
        msg_id: int | str,
        handler: Callable[..., Any],
        callback: Callable[..., Any],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Handle a message; a handler in a thread of its own knows the message's number there, too."""
        if getattr(handler, constants.ATTR_EXECUTE_IN_THREAD, False):
            handler = functools.partial(contextvars.copy_context().run, handler)
            setattr(handler, constants.ATTR_EXECUTE_IN_THREAD, True)
        super()._execute_handler(msg_id, handler, callback, args, kwargs)

    def _handle_cancel_notification(self, msg_id: int | str) -> None:
        """Cancel a request that waits; one under way is told."""
        future = self._request_futures.get(msg_id)
        if future is not None and not future.cancel():
            self.given_up.add(msg_id)

    def _send_handler_result(self, future: Future[Any], *, msg_id: int | str) -> None:
        self.given_up.discard(msg_id)
        super()._send_handler_result(future, msg_id=msg_id)

    def _refuse(self, refused: _Refused) -> None:
        _log.warning("Refused %s: %s", refused.method, refused.error.message)
        if refused.number is not None:
            self._send_response(refused.number, error=refused.error.to_response_error())

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        result = yield from super().lsp_initialize(params)
        for method in Client.of(params.capabilities).renewable:
            setattr(result.capabilities, f"{_KEPT_BY_CLIENTS[method][0]}_provider", None)
        return result

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(
        self, params: types.DidOpenTextDocumentParams
    ) -> Generator[Any, Any, None]:
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(
        self, params: types.DidChangeTextDocumentParams
    ) -> Generator[Any, Any, None]:
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(
        self, params: types.DidCloseTextDocumentParams
    ) -> Generator[Any, Any, None]:
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None


def _id(data: dict[str, Any]) -> int | str | None:
    """The number or name of a request, None for a message that wants no answer."""
    found = data.get("id")
    return found if isinstance(found, (int, str)) and "result" not in data else None


class _OneLine(logging.Filter):
    """Makes a record of pygls one line: what a client sent wrongly needs no way through our code."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record; it is always written."""
        if record.name.startswith("pygls"):
            error = record.exc_info[1] if record.exc_info else None
            said = [record.getMessage(), *([str(error)] if error is not None else [])]
            record.msg, record.args = ": ".join(one.partition("\n")[0] for one in said), ()
            record.exc_info = record.exc_text = None
        return True


@dataclass(frozen=True, slots=True)
class Client:
    """What the client can show. `renewable` are the methods of `_KEPT_BY_CLIENTS` that it lets us register late."""

    markdown: bool = False
    location_links: bool = False
    related: bool = False
    progress: bool = False
    configuration: bool = False
    watched_files: bool = False
    renewable: tuple[str, ...] = ()

    @staticmethod
    def of(capabilities: types.ClientCapabilities) -> Client:
        """What the client says that it can."""
        text = capabilities.text_document
        window, workspace = capabilities.window, capabilities.workspace
        hover = text.hover if text else None
        definition = text.definition if text else None
        published = text.publish_diagnostics if text else None
        watched = workspace.did_change_watched_files if workspace else None
        return Client(
            markdown=types.MarkupKind.Markdown in ((hover and hover.content_format) or ()),
            location_links=bool(definition and definition.link_support),
            related=bool(published and published.related_information),
            progress=bool(window and window.work_done_progress),
            configuration=bool(workspace and workspace.configuration),
            watched_files=bool(watched and watched.dynamic_registration),
            renewable=tuple(
                method
                for method, (name, _) in _KEPT_BY_CLIENTS.items()
                if getattr(getattr(text, name, None), "dynamic_registration", None)
            ),
        )


class OopsightServer(LanguageServer):
    """The server: a session, two background threads and what is known of the client."""

    def __init__(self) -> None:
        super().__init__(
            "oopsight", oopsight.__version__, protocol_cls=_Protocol, max_workers=_THREADS
        )
        self.session = session.Session()
        self.indexer = indexing.Indexer(self.session, self._progress, self._answers_changed)
        self.publisher = background.Publisher(
            self.session, self._publish, self.indexer.texts_changed, self.renew
        )
        self.asked_to_shut_down = False
        self._published: set[str] = set()
        self._renewed = False

    @functools.cached_property
    def client(self) -> Client:
        """What the client can show; known from `initialize` on."""
        return Client.of(self.client_capabilities)

    @functools.cached_property
    def encoding(self) -> str:
        """The unit in which the client counts columns."""
        chosen = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        return chosen.value if isinstance(chosen, types.PositionEncodingKind) else str(chosen)

    def stop(self) -> None:
        """End all background work."""
        self.asked_to_shut_down = True
        self.indexer.stop(_SECONDS_TO_STOP)
        self.publisher.stop(_SECONDS_TO_STOP)

    def withdraw(self, key: str) -> None:
        """Take back the diagnostics of a document."""
        if key in self._published:
            self._published.discard(key)
            self._send_diagnostics(key, None, [])

    def _publish(self, workspace: ide.Workspace, key: str, version: int) -> None:
        findings = ide.findings(workspace, key)
        if not findings:
            self.withdraw(key)
            return
        self._published.add(key)
        found = to_proto.diagnostics(workspace, key, findings, self.encoding, self.client.related)
        self._send_diagnostics(key, version, found)

    def _send_diagnostics(
        self, key: str, version: int | None, found: list[types.Diagnostic]
    ) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(key, found, version))

    def _answers_changed(self) -> None:
        self.publisher.request(self.session.keys())
        self.renew()
        ready = self.session.ready_tree()
        if ready is not None:
            message = f"Answers come from the complete index of {ready}."
            self.window_log_message(types.LogMessageParams(types.MessageType.Info, message))

    def renew(self) -> None:
        """Make the client ask again for what it keeps."""
        kept = {method: _KEPT_BY_CLIENTS[method][1] for method in self.client.renewable}
        if not kept:
            return
        if self._renewed:
            gone = [types.Unregistration(f"oopsight-{method}", method) for method in kept]
            self.protocol.send_request(
                types.CLIENT_UNREGISTER_CAPABILITY, types.UnregistrationParams(gone)
            )
        self._renewed = True
        new = [
            types.Registration(f"oopsight-{method}", method, options)
            for method, options in kept.items()
        ]
        self.protocol.send_request(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(new))

    def _progress(self, title: str) -> progress.Progress:
        return progress.Progress(self, title, self.client.progress)

    @contextlib.contextmanager
    def progress_of(self, token: types.ProgressToken | None) -> Iterator[progress.Asked]:
        """The progress of the request that this thread answers; raises what tells the client of its cancellation."""
        protocol = cast("_Protocol", self.protocol)
        number = protocol.msg_id
        bar = progress.Asked(
            self,
            token,
            lambda: self.asked_to_shut_down or number in protocol.given_up,
        )
        try:
            yield bar
        except tree.Cancelled:
            raise exceptions.JsonRpcRequestCancelled from None
        finally:
            bar.end()

    def send_part(self, token: types.ProgressToken, locations: list[types.Location]) -> None:
        """Some of the results of a request whose client takes them one by one."""
        found = [cast("object", self.protocol._converter.unstructure(one)) for one in locations]
        self.protocol.notify(types.PROGRESS, types.ProgressParams(token, found))

    def ask_for_settings(self) -> None:
        """Ask the client for our section of its settings, where it can be asked."""
        if not self.client.configuration:
            return
        params = types.ConfigurationParams([types.ConfigurationItem(section="oopsight")])
        future = self.protocol.send_request(types.WORKSPACE_CONFIGURATION, params)
        future.add_done_callback(self._take_settings)

    def _take_settings(self, future: Future[list[object]]) -> None:
        try:
            answer = future.result()
        except Exception as error:
            _log.info("The client gave no settings: %s", error)
            return
        folders = self.session.folders
        for one in answer or ():
            chosen = from_proto.chosen(one, folders[0] if folders else None)
            if chosen is not None and self.session.configure(chosen):
                self.indexer.reopen()

    def watch_files(self) -> None:
        """Ask the client to say when sources change on disk, where it can."""
        if not self.client.watched_files:
            return
        options = types.DidChangeWatchedFilesRegistrationOptions(
            [types.FileSystemWatcher(glob_pattern=pattern) for pattern in _WATCHED]
        )
        registration = types.Registration(
            "oopsight-sources", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options
        )
        self.protocol.send_request(
            types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams([registration])
        )

    def report_server_error(self, error: Exception, source: object) -> None:
        """Faults go to the log (standard error), not into the user's face."""
        said = str(error).partition("\n")[0]
        _log.error("%s: %s", getattr(source, "__name__", source), said)


def _guarded(handler: Callable[..., object]) -> Callable[..., object]:
    """`handler` so that a fault of ours is logged and answered with null, and the process lives."""

    @functools.wraps(handler)
    def guarded(ls: OopsightServer, params: object = None) -> object:
        try:
            return handler(ls, params)
        except exceptions.JsonRpcException:
            raise
        except Exception:
            # Whatever it was, the editor's next question must still be answered.
            _log.exception("%s failed.", handler.__name__)
            return None

    return guarded


def _looking(handler: Callable[..., object]) -> Callable[..., object]:
    """`handler` with the snapshot that it looks at."""

    @functools.wraps(handler)
    def looking(ls: OopsightServer, params: object) -> object:
        with ls.session.looking() as workspace:
            return handler(ls, workspace, params)

    return looking


def build() -> OopsightServer:
    """A server with every handler registered, not yet started."""
    server = OopsightServer()
    for method, notified in handlers.NOTIFICATIONS.items():
        server.feature(method)(_guarded(notified))
    for method, asked in handlers.LONG_REQUESTS.items():
        server.feature(method)(server.thread()(_guarded(asked)))
    for method, asked in handlers.REQUESTS.items():
        server.feature(method)(server.thread()(_guarded(_looking(asked))))
    return server


def serve(protocol_in: BinaryIO, protocol_out: BinaryIO) -> int:
    """Serve one client on these streams until it leaves; the exit status that the protocol asks for."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(_OneLine())
    # A large log is hundreds of thousands of small objects that stay: looking through all of them again and again for
    # what could go takes longer than reading it.
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN, 20, 20)
    server = build()
    signal.signal(signal.SIGTERM, functools.partial(_leave, server))
    server.publisher.start()
    server.indexer.start()
    server.start_io(protocol_in, protocol_out)
    clean = server.asked_to_shut_down
    server.stop()
    return 0 if clean else 1


def _leave(server: OopsightServer, number: int, _frame: object) -> None:
    """End at once on a signal, but leave no worker process behind."""
    server.stop()
    os._exit(128 + number)
