"""Names and places elsewhere in the text that lead into the source: `name()`, `file:line`, and table references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from oopsight import model

# What one search finds: a file and line, a call without arguments, or a name with an index. None can start inside
# a word, and all repetitions are bounded.
_MENTION = re.compile(
    r"(?<![\w./+~-])(?:"
    r"(?P<path>/?(?:[\w.+~-]{1,80}/){0,24}[\w.+~-]{1,80}\.(?:c|h|S|rs)):(?P<line>[0-9]{1,7})(?![\w])"
    r"|(?P<function>[A-Za-z_]\w{0,127})\(\)"
    r"|(?P<table>[A-Za-z_]\w{0,127})\[(?P<index>[0-9]{1,6})\])",
    re.ASCII,
)
_CAN_HAVE = re.compile(r"\(\)|\.(?:c|h|S|rs):[0-9]|\[[0-9]")
# A line of a source listing, by its keyword, its end or the line number in front: indexes in it are declarations and accesses,
# not references to a table's entry.
_CODE_END = re.compile(r"[;{}\\][ \t]*(?://.*|/\*.*)?$")
_CODE_BEGIN = re.compile(r"[ \t]*(?:if|for|while|switch|return|else|do)\b", re.ASCII)
_CODE_NUMBER = re.compile(r"[ \t]*[0-9]{1,6}(?:[ \t]{2}|[A-Za-z_{}#/*])", re.ASCII)
_KEYWORDS = frozenset(
    ("if", "for", "while", "switch", "return", "sizeof", "typeof", "defined", "asm", "do", "else")
)


def find(
    lines: Sequence[model.LogLine], stacks: Sequence[model.Stack]
) -> tuple[model.SourceMention, ...]:
    """All mentions in `lines`, in order; lines of frames and markers are left out."""
    taken = {span.line for stack in stacks for span in stack.spans}
    return tuple(mention for line in lines if line.number not in taken for mention in in_line(line))


def in_line(line: model.LogLine) -> Iterator[model.SourceMention]:
    """The mentions of one line, in order."""
    if not _CAN_HAVE.search(line.text):
        return
    code: bool | None = None
    for found in _MENTION.finditer(line.text):
        part = found["function"] and "function"
        spans = line.spans(*found.span(part or 0))
        if len(spans) != 1:
            continue
        (span,) = spans
        if found["path"]:
            position = model.SourcePos(found["path"], int(found["line"]))
            yield model.SourceMention(span, position=position)
        elif found["function"]:
            if found["function"] not in _KEYWORDS:
                yield model.SourceMention(span, name=found["function"])
        else:
            code = _is_code(line.text) if code is None else code
            if not code:
                yield model.SourceMention(span, name=found["table"], index=int(found["index"]))


def _is_code(text: str) -> bool:
    return bool(_CODE_BEGIN.match(text) or _CODE_NUMBER.match(text) or _CODE_END.search(text))
