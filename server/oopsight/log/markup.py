"""What web pages make of a text: entities for characters, tags around words and lines.

Only names that HTML has are tags, and only where they look like tags: `<TASK>`, `<IRQ>`, `<#DF>`, `<4>` and the bytes
of a `Code:` line are the kernel's own words.
"""

from __future__ import annotations

import html.entities
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from oopsight import model
from oopsight.log import characters, ropes, splices, stripping

# Entities that are no names of variables: `p = &num;` is C.
_NAMES = (
    "amp apos bdquo bull copy emsp ensp gt hellip hyphen larr laquo lbrack ldquo lowbar lpar lrm lsqb lsquo lt "
    "mdash middot minus nbsp ndash NewLine percnt quot raquo rarr rbrack rdquo reg rlm rpar rsqb rsquo sbquo shy "
    "Tab thinsp times verbar vert zwj zwnj"
).split()
_NAMED = {name: html.entities.html5[f"{name};"] for name in _NAMES}
_ENTITY = re.compile(
    rf"&(?:#(?P<decimal>[0-9]{{1,7}})|#[xX](?P<hex>[0-9A-Fa-f]{{1,6}})|(?P<name>{'|'.join(_NAMED)}));"
)

# A tag that ends a line of the page, one that ends a cell of a table, and one that changes how words look.
_BLOCKS = (
    "article blockquote br center dl dt div figure footer h[1-6] header hr li main ol p pre section table tbody thead "
    "tfoot tr ul"
)
_CELLS = "td th"
_INLINE = (
    "a abbr acronym b bdi bdo big body cite code data del em font html i img ins kbd label mark nobr q s samp small "
    "span strike strong sub sup time tt u var wbr"
)
_TAG = re.compile(
    r"<(?P<close>/)?"
    rf"(?:(?P<block>{'|'.join(_BLOCKS.split())})|(?P<cell>{'|'.join(_CELLS.split())})"
    rf"|(?:{'|'.join(_INLINE.split())}))"
    r"(?P<attributes>[ \t][^<>]{0,800})?/?>",
    re.IGNORECASE,
)
_SHORT = 200
# A line of a page that was put together is not longer.
_LONGEST = 4096
_ONLY_MARKS = re.compile(r"(?:[|>\s]|<[a-zA-Z/][^<>]{0,200}>)*$")
_BREAK = re.compile(r"<br[ \t/>]", re.IGNORECASE)


def is_suspect(text: str) -> bool:
    """Whether there may be something to mend; quick, and never False where there is."""
    return has_entities(text) or has_tags(text) or has_escapes(text)


def has_entities(text: str) -> bool:
    """Whether there may be an entity."""
    return "&" in text and ";" in text


def has_tags(text: str) -> bool:
    """Whether there may be a tag, or an end of a line that was written as an entity."""
    return ("<" in text and _TAG.search(text) is not None) or "\n" in text


def without_entities(line: model.LogLine) -> tuple[model.LogLine, ...]:
    """The line with the characters for which entities stand."""
    return (_changed(line, _ENTITY, _character),)


def without_tags(line: model.LogLine) -> tuple[model.LogLine, ...]:
    """The line without tags; those that end a line make several of it.

    A line of nothing but tags shows nothing on its page.
    """
    untagged = _changed(line, _TAG, _instead)
    parts = _unnumbered(ropes.broken(untagged))
    if untagged is not line and not parts[0].text.strip() and not _BREAK.search(line.text):
        return (replace(parts[0], noise=True),)
    if any(map(_is_printed, parts[1:])):
        # Who logged the whole page did not print its lines: those without a name go on with the one above. Where
        # others name the same printer again, the page was made of logged lines.
        logged = line.caller is not None and any(
            stripping.end(part.text)[2] == line.caller for part in parts[1:]
        )
        if not any(stripping.end(part.text)[2] for part in parts[1:]):
            return (parts[0], *(replace(part, time=None) for part in parts[1:]))
        first = parts[0] if logged or not _is_printed(parts[0]) else _unprinted(parts[0])
        return (first, *map(_unprinted, parts[1:]))
    return parts


# A line's number, as pages and editors put it in front.
_NUMBER = re.compile(r"[ \t]{0,8}[0-9]{1,6}(?:[:.)](?![0-9])|\t|[ ]{1,2}(?![ ]))[ \t]?(?=\S)")
# The bars by which a page is quoted; behind a bar of its own text more blanks stand.
_BARS = re.compile(r"(?:\|[ ]){1,32}(?=[^\s|])")
# A page has so many lines below the one with the number.
_BELOW = 2


def _unnumbered(parts: tuple[model.LogLine, ...]) -> tuple[model.LogLine, ...]:
    """The lines of a page that was one line when lines were numbered or quoted: the number or the bars stand before its first line alone."""
    for pattern in (_NUMBER, _BARS):
        mark = pattern.match(parts[0].text) if len(parts) > _BELOW else None
        if mark and not any(pattern.match(part.text) for part in parts[1:]):
            parts = (ropes.part(parts[0], mark.end()), *parts[1:])
    return parts


def _is_printed(line: model.LogLine) -> bool:
    """Whether a line prints its time or printer itself."""
    return stripping.end(line.text)[1:] != (None, None)


def _unprinted(line: model.LogLine) -> model.LogLine:
    return replace(line, time=None, caller=None)


def _changed(
    line: model.LogLine, pattern: re.Pattern[str], instead: Callable[[re.Match[str]], str]
) -> model.LogLine:
    changes = [(m.start(), m.end(), instead(m)) for m in pattern.finditer(line.text)]
    changes = [change for change in changes if line.text[change[0] : change[1]] != change[2]]
    return ropes.respelled(line, changes) if changes else line


def _character(entity: re.Match[str]) -> str:
    """What an entity stands for; itself where it stands for nothing."""
    name = entity["name"]
    if name:
        return _NAMED[name]
    code = int(entity["decimal"]) if entity["decimal"] else int(entity["hex"], 16)
    if code == 0 or code > sys.maxunicode or 0xD800 <= code < 0xE000:
        return entity.group()
    return chr(code)


def _instead(tag: re.Match[str]) -> str:
    """What shows in place of a tag; itself where it is none: attributes have values."""
    attributes = (tag["attributes"] or "").strip(" \t/")
    if attributes and "=" not in attributes:
        return tag.group()
    if tag["block"]:
        if tag.start() < _SHORT:
            text, _, _ = stripping.end(tag.string)
            if _ONLY_MARKS.match(tag.string[text : tag.start()]):
                return ""  # quote marks before the tag belong to the line behind it
        return "\n" if tag["block"].lower() == "br" else "\v"
    return " " if tag["cell"] and tag["close"] else ""


# What Markdown's editors put a backslash before; where letters follow backslashes, these are a path or C.
_ESCAPED = re.compile(r"\\([_*|<>\[\]()~#+.!-])")
_NO_MARKDOWN = re.compile(r"\\[A-Za-z0-9\\\"']")


def has_escapes(text: str) -> bool:
    """Whether marks may be escaped as Markdown wants it."""
    return "\\" in text and _ESCAPED.search(text) is not None and not _NO_MARKDOWN.search(text)


def without_escapes(line: model.LogLine) -> tuple[model.LogLine, ...]:
    """The line with the marks alone."""
    found = _ESCAPED.finditer(line.text)
    return (ropes.respelled(line, ((one.start(), one.end(), one[1]) for one in found)),)


# The beginning of a tag or entity at the end of a line, and its end at the beginning of the next one.
_BROKEN = re.compile(r"<[A-Za-z/]?[^<>]{0,200}$")
_QUOTED = re.compile(r"(?:> ?){1,32}")
_MENDS = re.compile(r"[^<>]{0,200}>")
_BROKEN_ENTITY = re.compile(r"&#?[0-9A-Za-z]{0,8}$")
_MENDS_ENTITY = re.compile(r"#?[0-9A-Za-z]{0,8};")
# So much of a line can end or begin an entity.
_ENTITY_LENGTH = 12


def has_broken_tags(texts: Sequence[str]) -> bool:
    """Whether there may be tags or entities that a wrap broke in two."""
    return any("<" in text and _BROKEN.search(text) for text in texts) or any(
        "&" in text[-_ENTITY_LENGTH:] for text in texts
    )


def without_broken_tags(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """Lines that end within a tag or an entity, with the line on which it ends."""
    mended: list[model.LogLine] = []
    for line in lines:
        whole = _joined(mended[-1], line) if mended else None
        if whole is None:
            mended.append(line)
        else:
            mended[-1] = whole
    return mended if len(mended) < len(lines) else lines


def _joined(line: model.LogLine, rest: model.LogLine) -> model.LogLine | None:
    """Both as one line where a tag or an entity begins on the first and ends on the second, else None."""
    if len(line.text) > _LONGEST:
        return None
    begun = _BROKEN_ENTITY.search(line.text[-_ENTITY_LENGTH:])
    mended = begun and _MENDS_ENTITY.match(rest.text)
    if begun and mended and _ENTITY.fullmatch(begun.group() + mended.group()):
        return ropes.joined((line, rest))
    quoted = _QUOTED.match(line.text) if rest.text.startswith(">") else None
    if quoted and rest.text.startswith(quoted[0]):
        rest = ropes.part(rest, quoted.end())  # both are still quoted
    elif quoted:
        return None
    begins, ends = _BROKEN.search(line.text), _MENDS.match(rest.text)
    if not begins or not ends:
        return None
    for glue in ("", " "):
        tag = begins.group() + glue + ends.group()
        if _TAG.fullmatch(tag):
            return ropes.joined((line, rest), glue)
    return None


# The end of a line of a page, also escaped.
_END = re.compile(r"(?:<|&lt;)br[ \t/]{0,3}(?:>|&gt;)", re.IGNORECASE)
_ENDS = re.compile(rf"{_END.pattern}\s*$", re.IGNORECASE)
_INSIDE = re.compile(rf"{_END.pattern}\s*\S", re.IGNORECASE)
# A page that is put together is no longer.
_LONGEST_PAGE = 1 << 16


def has_wrapped_pages(texts: Sequence[str]) -> bool:
    """Whether lines of a page end within lines of the text."""
    return sum(_INSIDE.search(text) is not None for text in texts) > 1


def without_wrapped_pages(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """The lines of a page on one line, where the text's own lines end anywhere: a wrap broke the page, which had none."""
    held = [at for at, line in enumerate(lines) if _END.search(line.text)]
    ended = sum(_ENDS.search(lines[at].text) is not None for at in held)
    if not has_wrapped_pages([line.text for line in lines]) or ended * 2 > len(held):
        return lines
    page = lines[held[0] : held[-1] + 1]
    if any(_has_others(line.text) for line in page):
        return lines
    gaps = _gaps(page[:-1])
    parts = [[page[0]]]
    length = len(page[0].text)
    for above, gap, line in zip(page, gaps, page[1:], strict=False):
        if not _is_rest_of_page(above, line) or length > _LONGEST_PAGE:
            parts.append([line])
            length = len(line.text)
            continue
        quoted = _QUOTED.match(above.text)
        bare = quoted and line.text.startswith(quoted[0])
        rest = ropes.part(line, len(quoted[0])) if quoted and bare else line
        if gap:
            parts[-1].append(model.LogLine(line.number, " " * gap, ()))
        parts[-1].append(rest)
        length += gap + len(rest.text)
    whole = [ropes.joined(some) if len(some) > 1 else some[0] for some in parts]
    return [*lines[: held[0]], *whole, *lines[held[-1] + 1 :]]


def _has_others(text: str) -> bool:
    """Whether a console or another printer ended a line of the page."""
    start = stripping.end(text)[0]
    return stripping.is_noise(text, start) or splices.is_suspect(text[start:]) or "** " in text


def _gaps(lines: Sequence[model.LogLine]) -> Sequence[int]:
    """How many blanks stood behind each of the lines of a page that was wrapped.

    Terminals cut lines at their width, before or after the page was escaped; mailers break at a blank.
    """
    for texts in (
        [line.text for line in lines],
        [_changed(line, _ENTITY, _character).text for line in lines],
    ):
        ends = [len(text) + characters.wide_in(text) for text in texts]
        width = max(ends)
        full = sum(end >= width - 1 for end in ends)
        if 2 * full >= len(ends) and (full > 1 or len(ends) == 1):
            return [width - end if width - end > 1 else 0 for end in ends]
    return [1] * len(lines)


def _is_rest_of_page(above: model.LogLine, line: model.LogLine) -> bool:
    """Whether a line goes on with a page: neither ended the page's line above it, nor was it printed for itself."""
    text = line.text.strip()
    return text != "" and not _ENDS.search(above.text) and not _is_printed(line)
