"""Time and memory of the main job, appended with commit and machine to RESULTS.md.

    python tests/bench/run.py [TREE [CONFIG]]
    python tests/bench/run.py text
    python tests/bench/run.py index TREE [FUNCTIONS]

Without a tree it measures on the sample kernel. Each row is a process of its own; the first run has an empty cache.
`text` measures large texts (see texts.py); it takes some minutes and needs some 100 MB in the folder for temporary files.
`index` measures the index of a whole tree beside ctags, cscope, gtags and ripgrep (see trees.py); FUNCTIONS is what
`gdb -batch -ex 'info functions' vmlinux` prints for a kernel built from that tree.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import dumps
import texts
import trees

TOP = Path(__file__).parents[2]
RESULTS = Path(__file__).with_name("RESULTS.md")
SEED = TOP / "sample_kernel" / "crashes" / "arm" / "seed.txt"


def measure(command: list[str], cache: str) -> tuple[float, float, int]:
    """Wall seconds, CPU seconds (children included) and peak memory in MiB of the largest process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "OOPSIGHT_CACHE": cache}
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, after.ru_maxrss // 1024


def main() -> None:
    """Measure and append one table, or those of texts."""
    if sys.argv[1:] == ["text"]:
        append(text_tables())
    elif sys.argv[1:2] == ["dump"]:
        append(dump_tables(sys.argv[2:]))
    elif sys.argv[1:2] == ["index"]:
        append(index_tables(sys.argv[2:]))
    else:
        append(explain_table(sys.argv[1:]))


def text_tables() -> list[str]:
    """What large texts cost: reading one, and typing in one."""
    typing = "| edit | mean ms | worst ms | mean ms | worst ms |"
    return [
        f"\n## {date.today().isoformat()}, {commit()}: large texts\n",
        f"{machine()}; an empty process takes {texts.empty():.0f} MB.\n",
        "`explain` of a console log with a callstack every 20 000 lines:\n",
        "| text | MB | CPU s | peak MB | peak / text |",
        "|---|---|---|---|---|",
        *texts.reading(),
        *(
            line
            for tables, kind in ((False, ""), (True, " with many tables"))
            for line in (
                f"\nEdits of a log of 50 000 lines{kind}, in the session: until it is taken over, and until the text is read again:\n",
                typing,
                "|---|---|---|---|---|",
                *texts.typing_in_a_session(tables),
            )
        ),
        "\nThe same log in an editor: a request that needs no text, and an edit until all links of the text are there:\n",
        typing,
        "|---|---|---|---|---|",
        *texts.typing_in_an_editor(),
    ]


def dump_tables(arguments: list[str]) -> list[str]:
    """What a dump of thousands of tasks costs an editor, without a tree and with one."""
    return [
        f"\n## {date.today().isoformat()}, {commit()}: a dump of tasks\n",
        f"{machine()}.\n",
        *dumps.tables(arguments),
    ]


def index_tables(arguments: list[str]) -> list[str]:
    """What the index of a tree costs, and what it finds."""
    root = Path(arguments[0])
    functions = Path(arguments[1]) if len(arguments) > 1 else None
    return [
        f"\n## {date.today().isoformat()}, {commit()}: index of Linux {release(root)}\n",
        f"{machine()}; memory is that of all processes at once.",
        *trees.tables(root, functions),
    ]


def release(root: Path) -> str:
    """What the Makefile of a tree says."""
    lines = (root / "Makefile").read_text(encoding="utf-8", errors="replace").split("\n")[:4]
    return ".".join(
        line.split("=")[-1].strip() for line in lines if "LEVEL" in line or "VERSION" in line
    )


def explain_table(arguments: list[str]) -> list[str]:
    """What the main job costs on a tree."""
    tree = Path(
        arguments[0] if arguments else os.environ.get("OOPSIGHT_TREE_3_18") or TOP / "sample_kernel"
    )
    command = [
        sys.executable,
        "-m",
        "oopsight",
        "explain",
        str(SEED),
        "--tree",
        str(tree),
        "--format",
        "json",
    ]
    if len(arguments) > 1:
        command += ["--config", arguments[1]]
    with tempfile.TemporaryDirectory() as cache:
        rows = []
        for name in ("first run (makes the index)", "second run", "third run"):
            wall, cpu, memory = measure(command, cache)
            rows.append(f"| {name} | {wall:.1f} | {cpu:.1f} | {memory} |")
        size = sum(file.stat().st_size for file in Path(cache).rglob("*") if file.is_file()) / 1e6
    return [
        f"\n## {date.today().isoformat()}, {commit()}: `explain` of the seed's callstack on Linux {release(tree)}\n",
        f"{machine()}; index {size:.0f} MB.\n",
        "| run | wall s | CPU s | peak MiB |",
        "|---|---|---|---|",
        *rows,
    ]


def commit() -> str:
    """The commit that is measured."""
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip()


def machine() -> str:
    """The machine that measures."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def append(lines: list[str]) -> None:
    """Show the lines and add them to the results."""
    if not RESULTS.exists():
        RESULTS.write_text(
            "# Measured\n\nWritten by `make bench`; newest last.\n", encoding="utf-8"
        )
    with open(RESULTS, "a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
