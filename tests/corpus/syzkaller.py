"""Fuzzers' console logs: the kind of crash and its function, as their collection states them.

    python -m tests.corpus.syzkaller [--all]

A text of `syzkaller/report` begins with header lines: `TYPE:` says what happened, `TITLE:` what a finder of duplicates would
call it, mostly with a function. The kind and title of the first crash must tell the type, the function must stand in its
fault stack, and a text without a title must hold no crash. What differs is listed; `--all` also lists those that differ
in texts marked as corrupted.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.measure import CORPUS

from oopsight import formats, model
from oopsight.util import texts

# The kinds that a type stands for. A kind of many types is told apart by its title.
TYPES: dict[str, tuple[str, ...]] = {
    "ATOMIC_SLEEP": ("atomic-sleep",),
    "BUG": ("bug", "usercopy", "overflow"),
    "DoS": ("oops", "panic"),
    "HANG": ("hung-task", "rcu-stall", "soft-lockup", "hard-lockup", "workqueue-lockup", "lockup"),
    "KASAN-NULL-POINTER-DEREFERENCE-READ": ("kasan",),
    "KASAN-READ": ("kasan",),
    "KASAN-USE-AFTER-FREE-READ": ("kasan",),
    "KASAN-USE-AFTER-FREE-WRITE": ("kasan",),
    "KASAN-WRITE": ("kasan",),
    "KCSAN-DATARACE": ("kcsan",),
    "KFENCE-INVALID-FREE": ("kfence",),
    "KFENCE-MEMORY-CORRUPTION": ("kfence",),
    "KFENCE-READ": ("kfence",),
    "KFENCE-USE-AFTER-FREE-READ": ("kfence",),
    "KMSAN-INFO-LEAK": ("kmsan",),
    "KMSAN-UNINIT-VALUE": ("kmsan",),
    "LEAK": ("leak",),
    "LOCKDEP": ("lockdep", "rcu-usage", "spinlock", "preemption"),
    "MEMORY_SAFETY_BUG": ("oops", "list-corruption"),
    "NULL-POINTER-DEREFERENCE": ("oops",),
    "REFCOUNT_WARNING": ("refcount",),
    "UBSAN": ("ubsan",),
    "WARNING": ("warning", "odebug", "usercopy", "overflow"),
}
# What a title must say where the kind alone does not tell the type, and what it must not say.
WORDS: dict[str, tuple[str, str]] = {
    "MEMORY_SAFETY_BUG": (r"paging request|page fault|corruption|list_", ""),
    "NULL-POINTER-DEREFERENCE": (r"NULL pointer dereference", ""),
    "DoS": (r"", r"paging request|NULL pointer dereference"),
    "KASAN-USE-AFTER-FREE-READ": (r"use.after.free", ""),
    "KASAN-USE-AFTER-FREE-WRITE": (r"use.after.free", ""),
    "KASAN-NULL-POINTER-DEREFERENCE-READ": (r"null-ptr-deref", ""),
    "KASAN-READ": ("", r"use.after.free|null-ptr-deref"),
    "KASAN-WRITE": ("", r"use.after.free|null-ptr-deref"),
    "KFENCE-INVALID-FREE": (r"invalid free", ""),
    "KFENCE-MEMORY-CORRUPTION": (r"memory corruption", ""),
    "KFENCE-READ": (r"read", r"use-after-free"),
    "KFENCE-USE-AFTER-FREE-READ": (r"use-after-free read", ""),
    "KMSAN-INFO-LEAK": (r"infoleak", ""),
    "KMSAN-UNINIT-VALUE": (r"uninit-value", ""),
}
# The fuzzer's own programs, not the kernel.
NOT_THE_KERNEL = ("SYZ_FAILURE", "REBOOT")
# Stacks among which the function may be: what a report is about, for a leak who allocated, for a hang what a task waits for.
ROLES = {model.StackRole.FAULT, model.StackRole.INTERRUPTED, model.StackRole.TASK}
MORE_ROLES = {
    "LEAK": {model.StackRole.ALLOC},
    "LOCKDEP": {model.StackRole.LOCK},
    "HANG": {model.StackRole.OTHER_CPU},
}
HEADER = re.compile(
    r"(?:TITLE|ALT|TYPE|FRAME|CORRUPTED|SUPPRESSED|EXECUTOR|PANICKED|START): ?.*\Z|#.*\Z"
)


@dataclass(frozen=True)
class Text:
    """A text, and what its header states."""

    name: str
    header: dict[str, str]
    document: model.Document


def read(path: Path) -> Text:
    """Split a file into its header and the log; the report that some files repeat is left out."""
    lines = texts.decode(path.read_bytes()).split("\n")
    header: dict[str, str] = {}
    while lines and HEADER.match(lines[0]):
        key, _, value = lines.pop(0).partition(":")
        header.setdefault(key, value.strip())
    log = "\n".join(lines).split("\nREPORT:\n")[0]
    return Text(path.name, header, model.Document.of(log, str(path)))


def function(title: str) -> str | None:
    """The function that a title names; unmounting is none."""
    found = re.search(r".* in (<?[A-Za-z_][\w.:<> ]*?)(?: / \S+|/\S+)?\Z", title)
    if not found or found[1] == "corrupted" or title.endswith("still in use in unmount"):
        return None
    return found[1].rpartition("::")[2] if "::" in found[1] else found[1]


def is_of(crash: model.Crash, type_: str) -> bool:
    """Whether kind and title of a crash tell this type."""
    if crash.kind == "warning" and type_ == "LOCKDEP":
        return "kernel/locking/" in (crash.title or "")
    if crash.kind not in TYPES.get(type_, ()):
        return False
    wanted, unwanted = WORDS.get(type_, ("", ""))
    title = crash.title or ""
    return bool(re.search(wanted, title)) and not (unwanted and re.search(unwanted, title))


def stands_in(crash: model.Crash, wanted: str, type_: str) -> bool:
    """Whether a function stands in the stack that the crash is about; inlined functions are there by name only."""
    roles = ROLES | MORE_ROLES.get(type_, set())
    names = {
        name
        for stack in crash.stacks
        if stack.role in roles
        for frame in stack.frames
        for name in (frame.code.function, frame.callee.function if frame.callee else None)
        if name
    }
    # A system call is called by its name alone, whatever the kernel puts in front.
    return wanted in names or any(
        re.fullmatch(
            rf"(?:__)?(?:do_|se_|x64_|ia32_|arm64_|compat_)*(?:sys_|SyS_|SYSC_|ksys_){wanted}", name
        )
        or (wanted.startswith("sys_") and name.lower().endswith(wanted.lower()))
        for name in names
    )


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    folder = CORPUS / "syzkaller" / "report"
    if not folder.is_dir():
        print(f"There are no texts at {folder}; nothing was measured.")
        return 0
    kinds = functions = kinds_right = functions_right = none = none_right = 0
    for path in sorted(folder.iterdir(), key=lambda one: int(one.name)):
        text = read(path)
        crashes = formats.parse(text.document).crashes
        first = next((crash for crash in crashes if crash.kind is not None), None)
        title, type_ = text.header.get("TITLE"), text.header.get("TYPE")
        told = not options.all and "CORRUPTED" in text.header
        if title is None:
            none += 1
            none_right += not crashes
            if crashes:
                print(f"{text.name}: no title, but {[c.title for c in crashes]}")
            continue
        if type_ is not None and type_ not in NOT_THE_KERNEL:
            kinds += 1
            right = first is not None and is_of(first, type_)
            kinds_right += right
            if not right and not told:
                read_as = None if first is None else (first.kind, first.title)
                print(f"{text.name}: {type_} ({title}): read as {read_as}")
        wanted = function(title)
        if wanted is not None:
            functions += 1
            right = first is not None and stands_in(first, wanted, type_ or "")
            functions_right += right
            if not right and not told:
                print(f"{text.name}: {title}: {wanted} does not stand in the fault stack")
    print(f"kinds: {kinds_right} of {kinds}; functions: {functions_right} of {functions}")
    print(f"without a title: {none_right} of {none} give no crash")
    good = kinds_right >= 0.95 * kinds and functions_right >= 0.95 * functions
    return 0 if good and none_right == none else 1


if __name__ == "__main__":
    sys.exit(main())
