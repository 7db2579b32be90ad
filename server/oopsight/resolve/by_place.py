"""Tests for choosing a definition by where it stands: beside the neighbours in the stack, or where most frames are."""

from __future__ import annotations

from collections.abc import Sequence

from oopsight.resolve.choices import Test, be, places


def near_test(paths: Sequence[str]) -> Test:
    """A static function called directly stands in the file of a neighbour in the stack."""
    return Test(
        lambda d: d.position.path in paths,
        lambda dropped: f"{places(dropped)} {be(dropped)} in no file of the neighbouring frames.",
    )


def folder_tests(paths: Sequence[str]) -> list[Test]:
    """Files near those of the neighbours in the tree of folders, the nearest first."""
    folders = {
        "/".join(path.split("/")[:depth])
        for path in paths
        for depth in range(2, path.count("/") + 1)
    }
    return [_folder_test(folder) for folder in sorted(folders, key=lambda each: -each.count("/"))]


def _folder_test(folder: str) -> Test:
    return Test(
        lambda d: d.position.path.startswith(f"{folder}/"),
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} not in {folder}, as neighbouring frames are."
        ),
    )


# Where most frames of a stack are, when nothing else tells.
_CORE = (
    "kernel/",
    "mm/",
    "fs/",
    "lib/",
    "block/",
    "net/core/",
    "init/",
    "ipc/",
    "security/",
    "drivers/base/",
)


def core_test() -> Test:
    """Code that every kernel runs is in more stacks than a driver."""
    return Test(
        lambda d: d.position.path.startswith((*_CORE, "arch/")),
        lambda dropped: f"{places(dropped)} {be(dropped)} in a driver, which fewer kernels have.",
    )
