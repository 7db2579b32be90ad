"""Large texts: reading one of 100 MB from the command line, and typing in one of 50 000 lines in an editor."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lsprotocol import types

TOP = Path(__file__).parents[2]
SAMPLE = TOP / "sample_kernel"
SEED = (SAMPLE / "crashes" / "arm" / "seed.txt").read_text(encoding="utf-8").splitlines()
LINES_BETWEEN_STACKS = 20_000
SIZE = 100_000_000
LINES = 50_000
EDITS_OF_A_KIND = 40
URI = "untitled:bench"

_DRIVERS = ("sample_usb", "sample_net", "sample_mmc", "sample_gpu", "sample_i2c", "sample_pm")
_MESSAGES = (
    "{driver} 1-{n}: new high-speed device number {n}",
    "{driver}: probe of {n:x}.device failed with error -{n}",
    "{driver}: firmware version {n}.{n}.0 loaded, {n} kB, took {n} ms",
    "{driver}: link is up, 100Mbps, full duplex, flow control off, queue {n}",
    "audit: type=1400 audit({n}.012:{n}): avc:  denied  {{ read }} for  pid={n} comm=\"worker{n}\"",
    "{driver}: wait for event {n} timed out after {n} ms; trying again (attempt {n} of 10)",
)  # fmt: skip
# What may look like a part of a callstack at first sight.
_SUSPECTS = (
    "{driver}: state = {n}, mode = 0x{n:08x}, owner = task{n}",
    "{driver}: | queue {n} | depth {n:4} | busy {n:3}% |",
    "Modules linked in: sample_usb(O) sample_net sample_mmc sample_gpu(E) sample_i2c [last unloaded: sample_pm]",
)
_SUSPECTED = {False: 0.03, True: 0.3}
_KOREAN = "요즘 보드가 자꾸 죽습니다, 로그 첨부합니다"


def console(seed: int = 1, remarks: bool = False, tables: bool = False) -> Iterator[str]:
    """Lines of a console log without end, with a callstack of TRACE32 every so often.

    `remarks` are some lines in Korean, `tables` many lines with bars and equal signs.
    """
    generator = random.Random(seed)
    number = 0
    while True:
        number += 1
        if number % LINES_BETWEEN_STACKS == LINES_BETWEEN_STACKS // 2:
            yield from SEED
        if remarks and number % 1000 == 0:
            yield _KOREAN
        suspect = generator.random() < _SUSPECTED[tables]
        text = generator.choice(_SUSPECTS if suspect else _MESSAGES).format(
            driver=generator.choice(_DRIVERS), n=generator.randrange(1, 4000)
        )
        stamp = f"[{number / 500:12.6f}]"
        caller = generator.choice(("", f"[T{generator.randrange(9999):5}] ", "[    C1] "))
        yield f"<{generator.randrange(8)}>{stamp} {caller}{text}"


def write(path: Path, end: str, encoding: str, lines: Iterator[str]) -> int:
    """A log of some 100 MB; its size in bytes."""
    size = 0
    with open(path, "wb") as file:
        for line in lines:
            size += file.write(f"{line}{end}".encode(encoding))
            if size >= SIZE:
                return size
    return size


READINGS = {
    "LF": ("\n", "utf-8", {}),
    "CR LF": ("\r\n", "utf-8", {}),
    "UTF-8 with Korean": ("\n", "utf-8", {"remarks": True}),
    "CP949": ("\n", "cp949", {"remarks": True}),
    "many tables": ("\n", "utf-8", {"tables": True}),
}


def reading() -> Iterator[str]:
    """Rows of a table: CPU seconds and memory of `explain` for each kind of text."""
    for name, (end, encoding, kind) in READINGS.items():
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            size = write(log, end, encoding, console(**kind))
            cpu, memory, answer = _explained(log)
            assert answer.count(b"do_DataAbort") > 0
        yield f"| {name} | {size / 1e6:.0f} | {cpu:.1f} | {memory / 1e6:.0f} | {memory / size:.2f} |"


def _explained(log: Path) -> tuple[float, int, bytes]:
    """CPU seconds, peak memory in bytes and the answer of `oopsight explain`."""
    command = [sys.executable, "-m", "oopsight", "explain", str(log), "--format", "json"]
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(command, stdout=answer)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        answer.seek(0)
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, answer.read()


def empty() -> float:
    """Peak memory in MB of a process that reads a text of one frame."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        log.write_text("-001|sample_probe(dev = 0x1)\n")
        return _explained(log)[1] / 1e6


# Typing


def log_of_an_editor(tables: bool = False) -> list[str]:
    """The lines of the text that is edited."""
    lines = console(seed=2, tables=tables)
    return [next(lines) for _ in range(LINES)]


def edits(lines: list[str]) -> dict[str, Callable[[int], types.TextDocumentContentChangePartial]]:
    """What is typed, by its name; each is a function of how often it was done before."""
    frame = next(at for at, line in enumerate(lines) if "do_DataAbort(" in line)
    prose = len(lines) * 3 // 4

    def at(
        line: int, column: int, text: str, until: tuple[int, int] | None = None
    ) -> types.TextDocumentContentChangePartial:
        start = types.Position(line, column)
        end = start if until is None else types.Position(*until)
        return types.TextDocumentContentChangePartial(range=types.Range(start, end), text=text)

    column = lines[frame].index("(") + 1
    pasted = "\n".join(lines[1000:1020]) + "\n"
    return {
        "a character in a frame": lambda n: at(frame, column, "xyz"[n % 3]),
        "a character far from any": lambda n: at(prose, 20, "xyz"[n % 3]),
        "a line in at the top, and out": lambda n: (
            at(0, 0, "", (1, 0)) if n % 2 else at(0, 0, "remark\n")
        ),
        "a line in in the middle, and out": lambda n: (
            at(LINES // 2, 0, "", (LINES // 2 + 1, 0)) if n % 2 else at(LINES // 2, 0, "remark\n")
        ),
        "20 lines pasted, and out": lambda n: (
            at(prose, 0, "", (prose + 20, 0)) if n % 2 else at(prose, 0, pasted)
        ),
    }


def _row(name: str, handled: list[float], parsed: list[float]) -> str:
    def cells(seconds: list[float]) -> str:
        return f"{statistics.mean(seconds) * 1000:.1f} | {max(seconds) * 1000:.1f}"

    return f"| {name} | {cells(handled)} | {cells(parsed)} |"


def typing_in_a_session(tables: bool = False) -> Iterator[str]:
    """Rows of a table: milliseconds until an edit is taken over, and until the text is read again."""
    from oopsight.lsp import buffers, from_proto, session

    lines = log_of_an_editor(tables)
    state = session.Session()
    state.open(buffers.Buffer.of("\n".join(lines), URI, 1), session.CRASH_LANGUAGE)
    assert state.snapshot().logs[URI].parsed.crashes
    version = 1
    for name, edit in edits(lines).items():
        handled, parsed = [], []
        for number in range(EDITS_OF_A_KIND):
            version += 1
            start = time.perf_counter()
            buffer = state.buffer(URI)
            assert buffer is not None
            state.change(from_proto.edited(buffer, version, [edit(number)], "utf-16"))
            handled.append(time.perf_counter() - start)
            state.snapshot()
            parsed.append(time.perf_counter() - start)
        yield _row(name, handled, parsed)


def typing_in_an_editor() -> Iterator[str]:
    """Rows of a table: milliseconds until the server has answered for the links of the text after an edit."""
    sys.path.insert(0, str(TOP / "tests" / "e2e"))
    import lsp_client

    lines = log_of_an_editor()
    with tempfile.TemporaryDirectory() as cache, lsp_client.client(Path(cache)) as client:
        client.initialize(initializationOptions={"kernelTree": str(SAMPLE)})
        client.wait_for_index()
        client.open(URI, "\n".join(lines))
        assert client.ask("documentLink", URI)
        version = 1
        for name, edit in edits(lines).items():
            idle, answered = [], []
            for number in range(EDITS_OF_A_KIND):
                version += 1
                start = time.perf_counter()
                client.ask("hover", "untitled:nothing", 0, 0)
                idle.append(time.perf_counter() - start)
                where = edit(number)
                start = time.perf_counter()
                client.notify(
                    "textDocument/didChange",
                    {
                        "textDocument": {"uri": URI, "version": version},
                        "contentChanges": [
                            {
                                "range": {
                                    "start": _position(where.range.start),
                                    "end": _position(where.range.end),
                                },
                                "text": where.text,
                            }
                        ],
                    },
                )
                client.ask("documentLink", URI)
                answered.append(time.perf_counter() - start)
            yield _row(name, idle, answered)


def _position(place: types.Position) -> dict[str, int]:
    return {"line": place.line, "character": place.character}
