"""README's tables of formats and architectures, made from their records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from oopsight import arch, formats

_BEGIN = "<!-- {name}: made from the records by pytest --update -->\n"
_END = "<!-- end -->\n"


def renewed(document: str) -> str:
    """The document with every table as the records have it today."""
    for name, rows in TABLES.items():
        begin = _BEGIN.format(name=name)
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(_END)}", re.DOTALL)
        table = begin + "".join(row + "\n" for row in rows()) + _END
        document, count = pattern.subn(lambda _, table=table: table, document)
        assert count == 1, f"no place for the table of {name}"
    return document


def _formats() -> Iterator[str]:
    yield "| spelling | printed by kernels of | looks like |"
    yield "|---|---|---|"
    for name in formats.names():
        record = formats.get(name)
        assert record is not None
        where = ", ".join(f"`{one}`" for one in record.architectures) or "any architecture"
        yield f"| {record.title} (`{name}`) | {where} | {_code(record.sample.strip())} |"


def _architectures() -> Iterator[str]:
    yield "| architecture | bits | what its record holds |"
    yield "|---|---|---|"
    for record in arch.all():
        also = f" ({', '.join(record.also)})" if record.also else ""
        domains = [f"`{domain.key}`" for domain in record.domains]
        held = [
            *([f"{len(record.registers)} registers"] if record.registers else []),
            *([f"fault status {', '.join(domains)}"] if domains else []),
            *([f"{len(record.regions)} address regions"] if record.regions else []),
            *(["entry code"] if record.fault_entries or record.trap_entries else []),
        ]
        yield f"| `{record.name}`{also} | {record.bits} | {', '.join(held)} |"


def _code(text: str) -> str:
    """A line of a log as a code span in a table."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text.replace('|', chr(92) + '|')}{fence}"


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    "formats": _formats,
    "architectures": _architectures,
}
