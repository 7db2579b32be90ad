"""A language client that trusts nobody: it frames messages by hand and checks every byte of the server's output."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
SECONDS = 60.0


class NotProtocolError(AssertionError):
    """The server wrote something to standard output that is no message."""


class Client:
    """One server process and what it sent. Requests of the server are answered as an editor would."""

    def __init__(self, cache: Path, settings: Json | None = None, cwd: Path | None = None) -> None:
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("OOPSIGHT_CACHE", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "oopsight", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=cwd,
        )
        self.settings = settings or {}
        self.notifications: list[Json] = []
        self.requests: list[Json] = []
        self.stderr: list[str] = []
        self._answers: queue.Queue[Json] = queue.Queue()
        self._arrived = threading.Condition()
        self._wrong: list[BaseException] = []
        self._next_id = 0
        self._threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    # Writing

    def send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def start(self, method: str, params: Any) -> int:
        self._next_id += 1
        self.send({"id": self._next_id, "method": method, "params": params})
        return self._next_id

    def request(self, method: str, params: Any) -> Any:
        """The result of a request; an error of the server fails the test."""
        number = self.start(method, params)
        answer = self._answers.get(timeout=SECONDS)
        self.check()
        assert answer["id"] == number
        assert "error" not in answer, answer
        return answer["result"]

    def answer(self, number: int) -> Json:
        """The whole answer to a request that was started: a result or an error."""
        answer = self._answers.get(timeout=SECONDS)
        self.check()
        assert answer["id"] == number
        return answer

    def error(self, method: str, *params: Any) -> int | None:
        """The code of the error that a request gets, None for a result; without `params` it has none."""
        self._next_id += 1
        message: Json = {"id": self._next_id, "method": method}
        return self.error_of({**message, "params": params[0]} if params else message)

    def error_of(self, message: Json) -> int | None:
        """The code of the error that this request gets, None for a result."""
        self.send(message)
        answer = self._answers.get(timeout=SECONDS)
        self.check()
        assert answer["id"] == message["id"]
        found: int | None = answer["error"]["code"] if "error" in answer else None
        return found

    # Reading

    def _read(self) -> None:
        try:
            while (message := self._message()) is not None:
                self._take(message)
        except BaseException as error:
            self._wrong.append(error)
            with self._arrived:
                self._arrived.notify_all()

    def _message(self) -> Json | None:
        """The next message; whatever is no exact framing is an error."""
        assert self.process.stdout is not None
        headers: dict[bytes, bytes] = {}
        while True:
            line = self.process.stdout.readline()
            if not line and not headers:
                return None
            if not line.endswith(b"\r\n"):
                raise NotProtocolError(line)
            if line == b"\r\n":
                break
            name, colon, value = line.partition(b": ")
            if not colon or name not in (b"Content-Length", b"Content-Type"):
                raise NotProtocolError(line)
            headers[name] = value.strip()
        length = int(headers[b"Content-Length"])
        body = self.process.stdout.read(length)
        if len(body) != length:
            raise NotProtocolError(body)
        message: Json = json.loads(body)
        assert message["jsonrpc"] == "2.0"
        return message

    def _take(self, message: Json) -> None:
        if "method" not in message:
            self._answers.put(message)
            return
        if "id" in message:
            self.send({"id": message["id"], "result": self._reply(message)})
        with self._arrived:
            (self.requests if "id" in message else self.notifications).append(message)
            self._arrived.notify_all()

    def _reply(self, message: Json) -> Any:
        if message["method"] == "workspace/configuration":
            return [self.settings.get(item["section"]) for item in message["params"]["items"]]
        return None

    def _read_stderr(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.stderr.append(line.decode(errors="replace"))

    def check(self) -> None:
        """Fail when the server wrote anything that is no message."""
        if self._wrong:
            raise self._wrong[0]

    def wait_for(self, wanted: Any) -> Json:
        """The first notification that `wanted` accepts, now or later."""
        end = time.monotonic() + SECONDS
        seen = 0
        with self._arrived:
            while True:
                for message in self.notifications[seen:]:
                    if wanted(message):
                        return message
                seen = len(self.notifications)
                self.check()
                if not self._arrived.wait(end - time.monotonic()):
                    raise AssertionError(f"not sent: {self.notifications} {''.join(self.stderr)}")

    # Sessions

    def initialize(self, capabilities: Json | None = None, **params: Any) -> Json:
        answer: Json = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": None,
                "capabilities": CAPABILITIES if capabilities is None else capabilities,
                **params,
            },
        )
        self.notify("initialized", {})
        return answer

    def open(self, uri: str, text: str, language: str = "kernel-crash", version: int = 1) -> None:
        document = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def ask(self, method: str, uri: str, line: int | None = None, character: int = 0) -> Any:
        params: Json = {"textDocument": {"uri": uri}}
        if line is not None:
            params["position"] = {"line": line, "character": character}
        return self.request(f"textDocument/{method}", params)

    def diagnostics(self, uri: str, accept: Any = lambda found: True) -> list[Json]:
        message = self.wait_for(
            lambda m: (
                m["method"] == "textDocument/publishDiagnostics"
                and m["params"]["uri"] == uri
                and accept(m["params"]["diagnostics"])
            )
        )
        found: list[Json] = message["params"]["diagnostics"]
        return found

    def registered(self, method: str) -> tuple[int, int]:
        """How often the server offered a method to this client, and how often it took it back."""
        offered = taken = 0
        for request in self.requests:
            params = request["params"]
            for one in params.get("registrations", ()) if params else ():
                offered += one["method"] == method
            for one in params.get("unregisterations", ()) if params else ():
                taken += one["method"] == method
        return offered, taken

    def wait_for_index(self) -> None:
        """Wait until the server says that it answers from a complete index."""
        self.wait_for(
            lambda m: (
                m["method"] == "window/logMessage" and "complete index" in m["params"]["message"]
            )
        )

    def leave(self) -> int:
        """Shut down in good order; the exit status, once every byte was read and checked."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.end()

    def end(self) -> int:
        """Wait for the end of the process and of its output."""
        status = self.process.wait(SECONDS)
        for thread in self._threads:
            thread.join(SECONDS)
        self.check()
        return status

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(SECONDS)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


CAPABILITIES: Json = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {
        "configuration": True,
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceFolders": True,
    },
    "textDocument": {
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "definition": {"linkSupport": True},
        "documentSymbol": {
            "hierarchicalDocumentSymbolSupport": True,
            "dynamicRegistration": True,
        },
        "documentLink": {"dynamicRegistration": True},
        "publishDiagnostics": {"relatedInformation": True, "versionSupport": True},
        "synchronization": {"didSave": True},
    },
}
"""What VS Code says of itself, as far as this server looks at it."""


@contextlib.contextmanager
def client(cache: Path, settings: Json | None = None, cwd: Path | None = None) -> Iterator[Client]:
    """A server that is gone afterwards, whatever happened."""
    started = Client(cache, settings, cwd)
    try:
        yield started
    finally:
        started.kill()
