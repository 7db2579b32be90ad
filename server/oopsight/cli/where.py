"""The command `where`: symbols with offsets, or addresses → function, file, line and every inlined call."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from oopsight import image
from oopsight.cli import outcomes, output

_QUERY = re.compile(
    r"(?P<symbol>[A-Za-z_.$][\w.$]{0,511})(?:\+(?P<offset>0x[0-9A-Fa-f]{1,16}|[0-9]{1,12}))?"
    r"(?:/(?P<size>0x[0-9A-Fa-f]{1,16}|[0-9]{1,12}))?\Z",
    re.ASCII,
)
_ADDRESS = re.compile(r"(?:0[xX])?(?P<digits>[0-9A-Fa-f]{1,16})\Z", re.ASCII)
_BUILD = re.compile(r"^(?:debian/build/build_[^/]{1,80}/|/build/[^/]{1,80}/linux-[^/]{1,80}/)")


@dataclass(frozen=True, slots=True)
class _Answer:
    query: str
    address: int | None
    chain: tuple[image.Place, ...]
    problems: tuple[str, ...]


def where(options: argparse.Namespace) -> int:
    """Say where each place in code is; the exit status."""
    try:
        opened = image.opened(options.vmlinux)
    except image.Unreadable as error:
        raise outcomes.UnusableError(str(error)) from None
    except OSError as error:
        raise outcomes.UnusableError(
            f"{options.vmlinux} cannot be read: {error.strerror or error}."
        ) from None
    found = [
        answer
        for query in options.places
        for answer in _answers(opened, query, back=options.return_address)
    ]
    if options.format == "json":
        rows = [_json(answer) for answer in found]
        output.put(json.dumps({"schema": 1, "answers": rows}, indent=2) + "\n")
    else:
        output.put("".join(_text(answer) for answer in found))
    for problem in opened.problems:
        output.say(problem)
    if not opened.facts.has_lines:
        output.say(
            f"{opened.path.name} has no debugging information, so only symbols are known; "
            "take the vmlinux of the build directory, or the distribution's debug package."
        )
    opened.close()
    return outcomes.ANSWERED


def _answers(opened: image.Kept, query: str, *, back: bool) -> Iterator[_Answer]:
    step = 1 if back else 0
    number = _ADDRESS.match(query)
    symbol = _QUERY.match(query)
    found = opened.find(symbol["symbol"]) if symbol else ()
    if symbol and (found or number is None):
        yield from _of_symbol(opened, query, symbol, found, step)
    elif number:
        address = int(number["digits"], 16)
        yield _Answer(query, address, opened.chain(max(address - step, 0)), ())
    else:
        problem = f"`{query}` is neither an address nor a symbol with an offset such as vfs_write+0xc7/0x3f0."
        yield _Answer(query, None, (), (problem,))


def _of_symbol(
    opened: image.Kept,
    query: str,
    symbol: re.Match[str],
    found: tuple[image.ElfSymbol, ...],
    step: int,
) -> Iterator[_Answer]:
    name = symbol["symbol"]
    if not found:
        problem = f"{opened.path.name} has no symbol {name}; it may belong to a module, or to another kernel."
        yield _Answer(query, None, (), (problem,))
        return
    offset = int(symbol["offset"], 0) if symbol["offset"] else 0
    problems: tuple[str, ...] = ()
    if symbol["size"]:
        size = int(symbol["size"], 0)
        fitting = tuple(one for one in found if one.size == size)
        if fitting:
            found = fitting
        else:
            sizes = ", ".join(f"{one.size:#x}" for one in found if one.size is not None)
            problems = (
                f"{name} is {sizes} bytes long in {opened.path.name} and {size:#x} in the text: it is another build.",
            )
    if len(found) > 1:
        problems = (*problems, f"{len(found)} functions are called {name}; each is shown.")
    for one in found:
        address = one.address + offset
        yield _Answer(query, address, opened.chain(address - step), problems)


def _json(answer: _Answer) -> dict[str, object]:
    address = answer.address
    return {
        "query": answer.query,
        "address": None if address is None else {"number": address, "hex": f"{address:#x}"},
        "chain": [
            {
                "function": place.function,
                "file": _file(place),
                "line": place.line or None,
                "column": place.column or None,
                "inlined": place.inlined,
            }
            for place in answer.chain
        ],
        "problems": list(answer.problems),
    }


def _text(answer: _Answer) -> str:
    head = answer.query
    if answer.address is not None:
        head += f"  ({answer.address:#x})"
    rows = [head]
    for place in answer.chain:
        line = f":{place.line}" if place.line else ""
        rows.append(
            f"  {place.function or '??'} at {_file(place) or '??'}{line}"
            + (" (inlined)" if place.inlined else "")
        )
    if not answer.chain and answer.address is not None:
        rows.append("  no code that the image knows")
    rows += [f"  {problem}" for problem in answer.problems]
    return "\n".join(rows) + "\n"


def _file(place: image.Place) -> str | None:
    """The path as the sources have it: without the directory in which a distribution built."""
    return None if place.file is None else _BUILD.sub("", place.file)
