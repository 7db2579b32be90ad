"""Which release a tree states: its Makefile, its configuration, and what a build of it wrote down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from oopsight.tree.configs import Config

_HEAD = 8192
_VERSION = re.compile(
    r"^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)[ \t]*[:?]?=[ \t]*([^\n#]*)", re.MULTILINE
)
# `# Linux/arm 6.1.176 Kernel Configuration`, before 2.6.39 with other words in between.
_CONFIGURED = re.compile(r"^# Linux(?:/\w+)? ([0-9]\S*) Kernel Configuration", re.MULTILINE)
_BUILT = "include/config/kernel.release"


@dataclass(frozen=True, slots=True)
class Stated:
    """What is said of a release: `makefile` (6.1.176-rc1), `configuration` (for which its options were asked), `local`
    (CONFIG_LOCALVERSION) and `built` (what a build called itself); None where nothing says it.
    """

    makefile: str
    configuration: str | None = None
    local: str | None = None
    built: str | None = None

    @property
    def name(self) -> str:
        """The release as the built kernel calls itself, as far as that is known."""
        return self.built or self.makefile + (self.local or "")


def of_makefile(top: Path) -> str | None:
    """The release that the Makefile of a kernel tree states; None when it states none."""
    head = _read(top / "Makefile")
    stated = {match.group(1): match.group(2).strip() for match in _VERSION.finditer(head)}
    if not stated.get("VERSION") or not stated.get("PATCHLEVEL"):
        return None
    numbers = [stated["VERSION"], stated["PATCHLEVEL"], stated.get("SUBLEVEL", "")]
    return ".".join(number for number in numbers if number) + stated.get("EXTRAVERSION", "")


def of_tree(
    makefile: str, top: Path, build: Path | None, config: Config | None, config_path: Path | None
) -> Stated:
    """Everything that is said of the release of a tree."""
    header = None if config_path is None else _CONFIGURED.search(_read(config_path))
    local = None if config is None else config.get("CONFIG_LOCALVERSION")
    built = _read((build or top) / _BUILT).strip()
    return Stated(
        makefile,
        header.group(1) if header else None,
        local or None,
        built if re.fullmatch(r"[0-9][!-~]{1,99}", built) else None,
    )


def _read(path: Path) -> str:
    """The beginning of a file, "" when it cannot be read or is none."""
    try:
        if not path.is_file():
            return ""
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(_HEAD)
    except (OSError, ValueError):
        return ""
