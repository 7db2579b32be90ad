"""Time and memory of the main job, appended with commit and machine to RESULTS.md.

    python tests/bench/run.py [TREE [CONFIG]]

Without a tree it measures on the sample kernel. Each row is a process of its own; the first run has an empty cache.
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
    """Measure and append one table."""
    arguments = sys.argv[1:]
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
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as cache:
        rows = []
        for name in ("first run (makes the index)", "second run", "third run"):
            wall, cpu, memory = measure(command, cache)
            rows.append(f"| {name} | {wall:.1f} | {cpu:.1f} | {memory} |")
        size = sum(file.stat().st_size for file in Path(cache).rglob("*") if file.is_file()) / 1e6
    version = (tree / "Makefile").read_text(encoding="utf-8", errors="replace").split("\n")[:3]
    release = ".".join(line.split("=")[-1].strip() for line in version)
    lines = [
        f"\n## {date.today().isoformat()}, {commit}: `explain` of the seed's callstack on Linux {release}\n",
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; index {size:.0f} MB.\n",
        "| run | wall s | CPU s | peak MiB |",
        "|---|---|---|---|",
        *rows,
    ]
    if not RESULTS.exists():
        RESULTS.write_text(
            "# Measured\n\nWritten by `make bench`; newest last.\n", encoding="utf-8"
        )
    with open(RESULTS, "a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
