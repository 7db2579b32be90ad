"""How much of real crash texts is read: frame-like tokens that belong to elements, and the truth of frames.json.

    python -m tests.corpus.measure [SET…] [--missing] [--truth] [--registers]

Texts are those of the directory `shared/corpus` beside the project. `--missing` lists what belongs to nothing,
`--truth` compares the console logs of `real-kernels` with their frames, `--registers` counts the numbers of register blocks.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from oopsight import formats, model
from oopsight.util import texts

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
SKIPPED = {".json", ".tsv", ".md", ".ko", ".decoded"}
LICENCES = {"COPYING", "COPYING3", "LICENSE", "MANIFEST.tsv", "INDEX.tsv"}

# What looks like a frame, written independently of the rules that are measured.
TOKENS = {
    "symbol+offset/size": re.compile(r"[A-Za-z_.$][\w.$\[\]]*\+0x[0-9a-fA-F]+/0x[0-9a-fA-F]+"),
    "address name": re.compile(r"\[<[0-9a-f]{8,16}>\] \(?(?:\? )?[A-Za-z_][\w.]*"),
    "from": re.compile(r"[A-Za-z_][\w.]* (?:\[\w+\] )?from [A-Za-z_][\w.]*\+0x[0-9a-f]+"),
}

# The numbers of register blocks, by architecture, written independently of the rules, too: what names a register with
# its number, or rows of numbers (`words`) of which each is one. The names are those that only registers have.
_HEX = r"[0-9a-f]{8}(?:[0-9a-f]{8})?"
REGISTERS = {
    "arm": re.compile(rf"\b(?:pc|lr|psr|sp|ip|fp|r\d\d?) ?: (?:\[<)?({_HEX})\b"),
    "arm64": re.compile(r"\b(?:pc|lr|sp|pstate|x\d\d?) ?: (?:\[<)?([0-9a-f]{8,16})\b"),
    "riscv": re.compile(rf"\b(?:s?epc|ra|[sgt]p|[ats]\d\d?|status|badaddr|cause) ?: ({_HEX})\b"),
    "mips": re.compile(rf"(?:^|[ >])(?:Hi|Lo|epc|ra|Status|Cause|BadVA) *: ({_HEX})\b"),
    "loongarch": re.compile(
        rf"\b(?:(?:pc|ra|tp|sp|[atsu]\d) |(?:CRMD|PRMD|EUEN|ECFG|ESTAT|BADV|ERA): )({_HEX})\b"
    ),
}
# Rows of numbers whose names only count on.
ROWS = {
    "mips": re.compile(rf"\$ ?\d+ *:(?P<words>(?: {_HEX}\b)+)"),
}
WORD = re.compile(_HEX)


@dataclass
class Text:
    """One text: its set, the architecture and format that the manifest guesses, and its document."""

    group: str
    path: Path
    arch: str
    format: str
    document: model.Document


def documents(groups: list[str]) -> Iterator[Text]:
    """Every text of the corpus, or of the named sets."""
    for folder in sorted(CORPUS.iterdir()):
        if not folder.is_dir() or (groups and folder.name not in groups):
            continue
        told = manifest(folder)
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.suffix in SKIPPED or path.name in LICENCES:
                continue
            row = told.get(str(path.relative_to(folder)), {})
            known = list(path.relative_to(folder).parts[:-1])
            document = model.Document.of(texts.decode(path.read_bytes()), str(path))
            arch = row.get("arch") or (known[0] if known else "unknown")
            yield Text(folder.name, path, arch, row.get("format") or "unknown", document)


def manifest(folder: Path) -> dict[str, dict[str, str]]:
    """The rows of a manifest by their file."""
    file = folder / "MANIFEST.tsv"
    if not file.exists():
        return {}
    with file.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    key = next(iter(rows[0])) if rows else ""
    return {row[key]: row for row in rows}


def spans_of(parsed: model.Parsed) -> dict[int, list[tuple[int, int]]]:
    """The places of all elements, by line."""
    found: dict[int, list[tuple[int, int]]] = {}

    def add(spans: tuple[model.Span, ...]) -> None:
        for span in spans:
            found.setdefault(span.line, []).append((span.start, span.end))

    add(tuple(mention.span for mention in parsed.mentions))
    for crash in parsed.crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                add(frame.spans)
                add(frame.code.name_spans)
        for registers in crash.registers:
            for register in registers.registers:
                add(register.spans)
        for mention in crash.mentions:
            add((mention.span,))
    return found


def measure(groups: list[str], *, missing: bool) -> bool:
    """Print a table of what belongs to elements; whether every set reaches its goal."""
    counted: Counter[tuple[str, str, str]] = Counter()
    belongs: Counter[tuple[str, str, str]] = Counter()
    problems: Counter[str] = Counter()
    for text in documents(groups):
        parsed = formats.parse(text.document)
        places = spans_of(parsed)
        for crash in parsed.crashes:
            problems.update(problem.code for problem in crash.problems)
        key = (text.group, text.format, text.arch)
        for number, line in enumerate(text.document.lines):
            for name, pattern in TOKENS.items():
                for token in pattern.finditer(line):
                    counted[key] += 1
                    inside = any(
                        start < token.end() and token.start() < end
                        for start, end in places.get(number, ())
                    )
                    belongs[key] += inside
                    if missing and not inside:
                        print(f"{text.path.relative_to(CORPUS)}:{number + 1}: {name}: {line[:160]}")
    total, good = sum(counted.values()), sum(belongs.values())
    for key in sorted(counted):
        share = belongs[key] / counted[key]
        print(
            f"{key[0]:18} {key[1]:22} {key[2]:12} {belongs[key]:6} of {counted[key]:6}  {share:7.2%}"
        )
    print(f"all: {good} of {total}  {good / max(total, 1):.3%}; problems: {dict(problems)}")
    return good >= 0.99 * total


def registers(groups: list[str], *, missing: bool) -> bool:
    """Print how many numbers of register blocks are read with their value, by architecture."""
    counted: Counter[tuple[str, str]] = Counter()
    belongs: Counter[tuple[str, str]] = Counter()
    for text in documents(groups):
        parsed = formats.parse(text.document)
        known = {
            (span.line, register.number)
            for crash in parsed.crashes
            for registers_ in crash.registers
            for register in registers_.registers
            for span in register.spans
        }
        name = next((crash.arch for crash in parsed.crashes if crash.arch), None) or ""
        family = name if name in REGISTERS else name.rstrip("0123456789").rstrip("_")
        for number, line in enumerate(text.document.lines):
            for word in _words(family, line):
                counted[text.group, family] += 1
                read = (number, int(word, 16)) in known
                belongs[text.group, family] += read
                if missing and not read:
                    print(f"{text.path.relative_to(CORPUS)}:{number + 1}: {word}: {line[:160]}")
    for key in sorted(counted):
        share = belongs[key] / counted[key]
        print(f"{key[0]:18} {key[1]:12} {belongs[key]:6} of {counted[key]:6}  {share:7.2%}")
    total, good = sum(counted.values()), sum(belongs.values())
    print(f"all registers: {good} of {total}  {good / max(total, 1):.3%}")
    return good >= 0.99 * total


def _words(family: str, line: str) -> Iterator[str]:
    """The numbers of registers on a line."""
    if family in REGISTERS:
        for found in REGISTERS[family].finditer(line):
            yield found[1]
    if family in ROWS:
        for row in ROWS[family].finditer(line):
            yield from WORD.findall(row["words"])


def truth() -> bool:
    """Compare the logs of `real-kernels` with their frames: every entry an element of the right kind."""
    wrong = entries = 0
    for path in sorted(CORPUS.glob("real-kernels/*/*.frames.json")):
        log = path.with_name(path.name.removesuffix(".frames.json") + ".log")
        document = model.Document.of(texts.decode(log.read_bytes()))
        known = _conventions(formats.parse(document))
        for entry in json.loads(path.read_text(encoding="utf-8")):
            entries += 1
            key = (entry["line"], entry["sym"], entry["off"], entry["size"], entry["mod"])
            said = known.get(key, set())
            if entry["kind"] not in said:
                wrong += 1
                print(
                    f"{log.parent.name}/{log.name}:{entry['line']}: {key[1:]} is {entry['kind']}, read as {sorted(said)}"
                )
    print(f"{entries - wrong} of {entries} entries are read with their kind")
    return wrong == 0


def _conventions(parsed: model.Parsed) -> dict[tuple[int, str, int, int, str], set[str]]:
    """Every place in code, with what it is said to be."""
    found: dict[tuple[int, str, int, int, str], set[str]] = {}

    def add(code: model.CodeRef | None, convention: model.Convention | None, unsure: bool) -> None:
        if code is None or code.symbol is None or code.offset is None or not code.name_spans:
            return
        key = (
            code.name_spans[0].line + 1,
            code.symbol,
            code.offset,
            code.size or 0,
            code.module or "",
        )
        kind = "pc" if convention is model.Convention.EXACT else "ret"
        found.setdefault(key, set()).add("maybe" if unsure else kind)

    for mention in parsed.mentions:
        add(mention.code, mention.convention, False)
    for crash in parsed.crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                unsure = frame.reliability is model.Reliability.UNSURE
                add(frame.code, frame.convention, unsure)
        for registers in crash.registers:
            for register in registers.registers:
                add(register.code, register.convention, False)
        for mention in crash.mentions:
            add(mention.code, mention.convention, False)
    return found


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--truth", action="store_true")
    parser.add_argument("--registers", action="store_true")
    options = parser.parse_args()
    if not CORPUS.is_dir():
        print(f"There is no corpus at {CORPUS}; nothing was measured.")
        return 0
    if options.registers:
        good = registers(options.sets, missing=options.missing)
    else:
        good = truth() if options.truth else measure(options.sets, missing=options.missing)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
