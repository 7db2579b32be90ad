"""The index of a whole tree against ctags, cscope, gtags and ripgrep on the same tree in the same run, and what it finds."""

from __future__ import annotations

import collections
import contextlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from oopsight import model, tree
from oopsight.tree import indexes, listing, scan

K = model.DefinitionKind
FUNCTIONS = (K.FUNCTION, K.INLINE)
# A 20-frame trace of a page fault, by its functions.
NAMES = (
    "get_page_from_freelist __alloc_pages __folio_alloc vma_alloc_folio do_anonymous_page handle_pte_fault "
    "__handle_mm_fault handle_mm_fault do_page_fault do_DataAbort ksys_write vfs_write new_sync_write ext4_file_write_iter "
    "generic_perform_write ext4_da_write_begin mmc_blk_issue_rq_foo usb_submit_urb schedule_timeout worker_thread"
).split()


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock and of all processes together, MB of all processes at once, MB on disk."""

    wall: float
    cpu: float
    memory: float
    disk: float

    def row(self, name: str) -> str:
        """One line of the table."""
        return (
            f"| {name} | {self.wall:.1f} | {self.cpu:.1f} | {self.memory:.0f} | {self.disk:.0f} |"
        )


def cost(command: Sequence[str], folder: Path, where: Path) -> Cost:
    """What a command costs that is run in `where` and writes to `folder`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=where,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OOPSIGHT_CACHE": str(folder), "TMPDIR": str(folder)},
    )
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(process, peak), daemon=True)
    watch.start()
    process.wait()
    wall = time.perf_counter() - start
    watch.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Cost(wall, cpu, peak[0], size / 1e6)


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    """The largest sum of proportional memory (PSS) of a process and all below it, looked at every 50 ms."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_memory, _family(process.pid))) / 1000)
        time.sleep(0.05)


def _family(root: int) -> Iterator[int]:
    children = collections.defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            children[int(stat.rpartition(")")[2].split()[1])].append(int(entry.name))
    queue = [root]
    while queue:
        one = queue.pop()
        yield one
        queue += children[one]


def _memory(process: int) -> int:
    """kB of one process."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0


def tables(root: Path, functions: Path | None) -> list[str]:
    """Costs of the index and of others, then what was found."""
    rows = [
        f"\nIndex of {sum(1 for _ in listing.sources(root))} files, "
        f"{sum(file.size for file in listing.sources(root)) / 1e6:.0f} MB:\n",
        "| what | wall s | CPU s | peak MB | disk MB |",
        "|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        ours = Path(folder) / "ours"
        ours.mkdir()
        index = [sys.executable, "-m", "oopsight", "index", str(root)]
        rows.append(cost(index, ours, root).row("oopsight, from nothing"))
        rows.append(cost(index, ours, root).row("oopsight, nothing changed (with counts)"))
        with _touched(root):
            rows.append(cost(index, ours, root).row("oopsight, ten files changed (with counts)"))
        rows += _in_process(root, ours)
        tags = Path(folder) / "tags"
        rows += [
            cost(command, _made(Path(folder) / name), root).row(title)
            if shutil.which(command[0])
            else f"| {title} | not installed | | | |"
            for name, title, command in _others(root, Path(folder), tags)
        ]
        rows += _against_ctags(root, tags) if tags.exists() else []
        rows += _against_dwarf(root, ours, functions) if functions is not None else []
    return rows


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _others(root: Path, folder: Path, tags: Path) -> list[tuple[str, str, list[str]]]:
    either = "|".join(NAMES)
    c_files = "-R --languages=C,Asm --langmap=C:.c.h --fields=+ne".split()
    return [
        ("ctags", "ctags, names, lines and ends", ["ctags", *c_files, "-f", str(tags), str(root)]),
        ("cscope", "cscope -b -q -k", ["cscope", "-R", "-b", "-q", "-k", "-f", str(folder / "cscope" / "out")]),
        ("gtags", "gtags", ["gtags", str(folder / "gtags")]),
        ("rg", "ripgrep for 20 names", ["rg", "-c", "-t", "c", either, str(root)]),
    ]  # fmt: skip


@contextlib.contextmanager
def _touched(root: Path, change: bool = True) -> Iterator[None]:
    """Ten files that look edited for a while; their times are put back."""
    files = [root / file.path for file in listing.sources(root)[::5000][:10]] if change else []
    times = [file.stat() for file in files]
    for file, status in zip(files, times, strict=True):
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    try:
        yield
    finally:
        for file, status in zip(files, times, strict=True):
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def _in_process(root: Path, cache: Path) -> list[str]:
    """Until an index that was made before can be asked, without starting a process."""
    os.environ["OOPSIGHT_CACHE"] = str(cache)
    rows = []
    for what, change in (("nothing changed", False), ("ten files changed", True)):
        with _touched(root, change):
            start, cpu = time.perf_counter(), time.process_time()
            indexes.build(root)
            wall, spent = time.perf_counter() - start, time.process_time() - cpu
        rows.append(f"| opened in a running process, {what} | {wall:.2f} | {spent:.2f} | | |")
    return rows


def _against_ctags(root: Path, tags: Path) -> list[str]:
    """Functions of ctags that we have not, with their ends; what ctags takes for functions in capitals are macros."""
    theirs: dict[str, list[tuple[str, int, int]]] = collections.defaultdict(list)
    with open(tags, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("!"):
                continue
            fields = line.rstrip("\n").split("\t")
            rest = line[line.find(';"\t') + 3 :].rstrip("\n").split("\t")
            path = os.path.relpath(fields[1], root)
            if rest[0] == "f" and not fields[0].isupper() and not path.startswith(_NOT_KERNEL):
                named = dict(one.split(":", 1) for one in rest[1:] if ":" in one)
                theirs[path].append((fields[0], int(named["line"]), int(named.get("end", 0))))
    total = missed = ends = 0
    for path, functions in theirs.items():
        if path.endswith(".S"):
            continue
        ours = collections.defaultdict(list)
        for row in scan.scan(path, (root / path).read_bytes()).rows:
            if row.kind in FUNCTIONS:
                ours[row.name].append(row)
        for name, line, end in functions:
            total += 1
            near = [row for row in ours[name] if abs(row.line - line) <= 3]
            missed += not near
            ends += bool(near and end and all(row.end != end for row in near))
    return [
        f"\nOf {total} functions that ctags finds in kernel code, {missed} are missed ({100 - 100 * missed / total:.3f} % found); "
        f"{ends} end elsewhere ({100 * ends / total:.3f} %).",
    ]


_NOT_KERNEL = ("tools/", "samples/", "scripts/", "Documentation/")


def _against_dwarf(root: Path, cache: Path, functions: Path) -> list[str]:
    """Functions with file and line that the debug information of a kernel of this tree names (`gdb -ex 'info functions'`)."""
    os.environ["OOPSIGHT_CACHE"] = str(cache)
    opened = tree.build_index(tree.open_tree(root))
    total = found = there = 0
    for name, path, line in _of_gdb(functions):
        total += 1
        kinds = (*FUNCTIONS, K.LABEL)
        known = [one for one in opened.definitions(name) if one.kind in kinds]
        found += bool(known)
        there += any(
            one.position.path == path and one.start_line - 1 <= line <= one.end_line
            for one in known
        )
    return [
        f"\nOf {total} functions that DWARF names with a file and line, {100 * found / total:.2f} % are known by name, "
        f"{100 * there / total:.2f} % at that place.",
    ]


def _of_gdb(listed: Path) -> Iterator[tuple[str, str, int]]:
    path = ""
    for line in listed.read_text(encoding="utf-8", errors="replace").split("\n"):
        if line.startswith("Non-debugging"):
            return
        file = re.match(r"File (?:/.*?/linux-[^/]*/)?(.*):$", line)
        if file is not None:
            path = os.path.normpath(file[1])
        found = re.match(r"(\d+):\t.*?\b(\w+)\(.*;$", line)
        if found is not None and path:
            yield found[2], path, int(found[1])
