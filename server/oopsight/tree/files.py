"""Files of a source tree by their tree-relative path: read at most once, never written, never outside the root."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path

# A generated register header can have 30 MB; nothing that a crash asks for stands in such a file.
LARGEST = 8 << 20
_KEPT_BYTES = 64 << 20
_KEPT_LINES = 64  # files whose lines are kept


class Sources:
    """Texts of one tree. Reading is by tree-relative path with `/`; what cannot be read is None.

    Text is decoded as UTF-8; bytes that are none are kept as surrogates, so that columns count as an editor counts.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real_root = os.path.realpath(root)
        self._bytes: OrderedDict[str, bytes | None] = OrderedDict()
        self._lines: OrderedDict[str, tuple[str, ...] | None] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()
        self._exists: dict[str, bool] = {}

    def inside(self, path: str) -> bool:
        """Whether `path` names something inside the tree once `..` and symbolic links are followed."""
        if not path or path.startswith("/") or "\0" in path:
            return False
        real = os.path.realpath(os.path.join(self._real_root, path))
        return real == self._real_root or real.startswith(self._real_root + os.sep)

    def exists(self, path: str) -> bool:
        """Whether `path` is a regular file inside the tree (a FIFO or device is none)."""
        found = self._exists.get(path)
        if found is None:
            found = "\0" not in path and os.path.isfile(os.path.join(self._real_root, path))
            found = found and self.inside(path)
            self._exists[path] = found
        return found

    def data(self, path: str) -> bytes | None:
        """The bytes of a file, None when it is absent, unreadable, not regular or very large."""
        with self._lock:
            if path in self._bytes:
                self._bytes.move_to_end(path)
                return self._bytes[path]
        data = self._read(path)
        with self._lock:
            if path not in self._bytes:
                self._bytes[path] = data
                self._held += len(data or b"")
            while self._held > _KEPT_BYTES and len(self._bytes) > 1:
                self._held -= len(self._bytes.popitem(last=False)[1] or b"")
        return data

    def fresh(self, path: str) -> bytes | None:
        """The bytes of a file as it is now, for who looks at many files once: nothing is remembered."""
        return self._read(path)

    def _read(self, path: str) -> bytes | None:
        if not self.exists(path):
            return None
        full = os.path.join(self._real_root, path)
        try:
            if os.path.getsize(full) > LARGEST:
                return None
            with open(full, "rb") as file:
                return file.read()
        except OSError:
            return None

    def text(self, path: str) -> str | None:
        """The text of a file with `\\n` line ends."""
        data = self.data(path)
        if data is None:
            return None
        return data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")

    def lines(self, path: str) -> tuple[str, ...] | None:
        """The lines of a file without their ends; the first is line 1."""
        with self._lock:
            if path in self._lines:
                self._lines.move_to_end(path)
                return self._lines[path]
        text = self.text(path)
        lines = None if text is None else tuple(text.split("\n"))
        with self._lock:
            self._lines[path] = lines
            while len(self._lines) > _KEPT_LINES:
                self._lines.popitem(last=False)
        return lines
