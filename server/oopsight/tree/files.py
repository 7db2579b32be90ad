"""Files of the source roots by their path: read at most once, never written, never outside the roots."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from oopsight import model

# A generated register header can have 30 MB; nothing that a crash asks for stands in such a file.
LARGEST = 8 << 20
_KEPT_BYTES = 64 << 20
_KEPT_LINES = 64  # files whose lines are kept


class Sources:
    """Texts of one tree and of the roots beside it. Reading is by tree-relative path with `/`, which begins with the id
    of another root (`also1:/main.c`, see `model.rooted`); what cannot be read is None.

    Text is decoded as UTF-8; bytes that are none are kept as surrogates, so that columns count as an editor counts.
    """

    def __init__(self, root: Path, others: Mapping[str, Path] | None = None) -> None:
        self.root = root
        self.others = dict(others or {})
        self._tops = {"tree": root, **self.others}
        self._real_tops = {key: os.path.realpath(top) for key, top in self._tops.items()}
        self._bytes: OrderedDict[str, bytes | None] = OrderedDict()
        self._lines: OrderedDict[str, tuple[str, ...] | None] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()
        self._exists: dict[str, bool] = {}
        self._real_folders: dict[tuple[str, str], str] = {}

    def unread(self) -> Sources:
        """The same roots with nothing read yet."""
        return Sources(self.root, self.others)

    def place(self, path: str) -> Path:
        """Where a file lies on disk, below its root as the user named it."""
        key, below = model.rooted(path)
        return self._tops.get(key, self.root) / below

    def path_of(self, file: Path) -> str | None:
        """The path of a file on disk, None for one in no root; symbolic links to a root are followed."""
        if "\0" in str(file):
            return None
        for tops, one in ((self._tops, file), (self._real_tops, Path(os.path.realpath(file)))):
            holding = [(str(top), key) for key, top in tops.items() if one.is_relative_to(top)]
            if holding:
                top, key = max(holding, key=lambda pair: len(pair[0]))
                below = one.relative_to(top).as_posix()
                return below if key == "tree" else f"{key}:/{below}"
        return None

    def _full(self, path: str) -> str | None:
        """Where a file lies once `..` and symbolic links are followed; None outside of its root."""
        key, below = model.rooted(path)
        top = self._real_tops.get(key)
        if top is None or not below or below.startswith("/") or "\0" in below:
            return None
        folder, _, name = below.rpartition("/")
        real = f"{self._real_folder(top, folder)}/{name}"
        if name in ("", ".", "..") or Path(real).is_symlink():
            real = os.path.realpath(os.path.join(top, below))
        return real if real == top or real.startswith(top.rstrip(os.sep) + os.sep) else None

    def _real_folder(self, top: str, folder: str) -> str:
        """A folder below a root without symbolic links; asked for each file in it, so remembered."""
        key = (top, folder)
        found = self._real_folders.get(key)
        if found is None:
            found = os.path.realpath(os.path.join(top, folder)).rstrip(os.sep)
            self._real_folders[key] = found
        return found

    def inside(self, path: str) -> bool:
        """Whether `path` names something inside its root once `..` and symbolic links are followed."""
        return self._full(path) is not None

    def beside(self, path: str) -> tuple[str, ...]:
        """The names in the folder of a file, in their order; () for a folder that cannot be read."""
        full = self._full(path)
        try:
            return (
                () if full is None else tuple(sorted(e.name for e in Path(full).parent.iterdir()))
            )
        except OSError:
            return ()

    def exists(self, path: str) -> bool:
        """Whether `path` is a regular file inside its root (a FIFO or device is none)."""
        found = self._exists.get(path)
        if found is None:
            key, below = model.rooted(path)
            top = self._real_tops.get(key)
            found = (
                top is not None
                and "\0" not in below
                and os.path.isfile(os.path.join(top, below))
                and self.inside(path)
            )
            self._exists[path] = found
        return found

    def has_folder(self, path: str) -> bool:
        """Whether `path` is a directory inside its root."""
        full = self._full(path)
        return full is not None and Path(full).is_dir()

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

    def _read(self, path: str) -> bytes | None:
        if not self.exists(path):
            return None
        full = self._full(path)
        if full is None:
            return None
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
