"""Where things are defined in one file: a scan of its bytes that needs no parser and no configuration.

Kernel code begins its definitions in column 0 and ends function bodies with `}` in column 0
(Documentation/process/coding-style.rst, 3). Half of all kernel files hold an idiom that breaks a C parser, and now
and then one swallows the rest of the file; this scan finds the definition all the same, and the parser is then
asked about single functions only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from oopsight import model

K = model.DefinitionKind

# Order is stored on disk: append only, and raise indexes.SCHEMA.
KINDS = (
    K.FUNCTION,
    K.INLINE,
    K.MACRO,
    K.CONSTANT,
    K.ENUMERATOR,
    K.LABEL,
    K.ASM_MACRO,
    K.TABLE,
    K.STRUCT,
)
KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Row:
    """One definition: lines from 1; `start` to `end` is the whole of it, `line` that of its name."""

    name: str
    kind: model.DefinitionKind
    line: int
    start: int
    end: int
    static: bool = False
    type_name: str | None = None


# Words with parentheses that may stand before a function's name, or that are no definition at all.
_NO_NAME = frozenset(
    b"__attribute__ __attribute __printf __scanf __section __aligned __releases __acquires __must_hold __alloc_size "
    b"__alloc_size__ __assume_aligned __nonnull __malloc typeof __typeof__ __declspec __diag_push __diag_ignore "
    b"__alias __cold __copy __counted_by __noreturn __no_sanitize __optimize __target __deprecated _Pragma __asm__ asm "
    b"if while for switch return sizeof defined __cond_acquires __cond_lock __acquire __release "
    b"__cacheline_group_begin __bpf_kfunc_start_defs __free_device_driver".split()
)

# Everything that can begin something at the start of a line. Each search begins at a literal newline, which the
# regular expression engine finds fast; bodies of functions are skipped by looking for "\n}".
_TOP = re.compile(
    rb"\n(?:"
    rb"(?P<open>\{)"
    rb"|(?P<define>[ \t]*#[ \t]*define[ \t]+(?P<macro>\w+))"
    rb"|(?P<oneline>[A-Za-z_][^\n;#={}\"]*\)[^\n;{}=\"]*\{)"
    rb"|(?P<wrapped>[ \t]+[^\n;{}=]*\)[ \t]*\{[ \t]*\}?[ \t]*(?=\n))"
    rb"|(?P<struct>(?:struct|union)[ \t]+(?P<tag>\w+)[^\n;(){}=]*\{)"
    rb"|(?P<structnext>(?:struct|union)[ \t]+(?P<tagnext>\w+)[ \t]*(?=\n\{))"
    rb"|(?P<enum>(?:typedef[ \t]+)?enum\b[^\n;(){}=]*\n?\{)"
    rb"|(?P<table>[A-Za-z_][^\n;#(){}=]*=\s*\{)"
    rb")"
)
# The last two words of `static const struct x y[N] __initconst = {` that are no attributes: type and name.
_DECLARED = re.compile(
    rb"(?P<type>\w+)[ \t*]+(?P<name>\w+)[ \t]*(?:\[[^\]]*\][ \t]*)*(?:__\w+[ \t]*)*="
)
_COMMENT = re.compile(rb"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|//[^\n]*")
_CONTINUED = re.compile(rb"(?:[^\n\\]|\\.|\\\n)*")
_CALL_LIKE = re.compile(rb"(\w+)[ \t\n]*\(")
_BLANK = re.compile(rb"[^\n]")
_WORD = re.compile(rb"\w+")
_ENUMERATOR = re.compile(rb"(?:^|,)\s*(\w+)")
_LONGEST_HEADER = 4000


def _blank(match: re.Match[bytes]) -> bytes:
    return _BLANK.sub(b" ", match.group())


def without_comments(data: bytes) -> bytes:
    """`data` with comments replaced by spaces, so that offsets and lines stay."""
    if b"/*" not in data and b"//" not in data:
        return data
    return _COMMENT.sub(_blank, data)


class _Lines:
    """Line numbers of growing offsets."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._line = 0  # a newline was put in front of the data

    def of(self, offset: int) -> int:
        if offset < self._at:
            return self._line - self._data.count(b"\n", offset, self._at)
        self._line += self._data.count(b"\n", self._at, offset)
        self._at = offset
        return self._line


def scan_c(data: bytes, *, constants: bool = True) -> Iterator[Row]:
    """Every definition of a C file or header; object-like macros that are no calls only with `constants`."""
    data = b"\n" + data.replace(b"\r\n", b"\n")
    lines = _Lines(data)
    at = last_end = 0
    while (match := _TOP.search(data, at)) is not None:
        kind = match.lastgroup
        if kind == "define":
            at, row = _macro(data, match, lines, constants)
            last_end = at
            if row is not None:
                yield row
        elif kind in {"open", "oneline", "wrapped"}:
            opening = data.index(b"{", match.start())
            end = _body_end(data, opening)
            row = _function(data, last_end, opening, end, lines)
            at = match.end() if row is None else max(end, match.end())
            if row is not None:
                last_end = at
                yield row
        elif kind == "enum":
            at = data.find(b"}", match.end())
            at = last_end = len(data) if at < 0 else at
            yield from _enumerators(data, match.end(), at, lines)
        elif kind == "table":
            at = last_end = _close(data, match.end() - 1)
            declared = _DECLARED.search(match.group("table"))
            if declared is not None:
                name_at = match.start("table") + declared.start("name")
                yield Row(
                    declared.group("name").decode("latin-1"),
                    K.TABLE,
                    lines.of(name_at),
                    lines.of(match.start() + 1),
                    lines.of(at),
                    match.group("table").startswith(b"static"),
                    declared.group("type").decode("latin-1"),
                )
        else:
            tag = "tag" if kind == "struct" else "tagnext"
            end = _close(data, data.find(b"{", match.end() - 1))
            line = lines.of(match.start(tag))
            yield Row(match.group(tag).decode("latin-1"), K.STRUCT, line, line, lines.of(end))
            # Constants are often defined between the members: go on inside.
            at = match.end()


def _body_end(data: bytes, opening: int) -> int:
    """Offset of the `}` of a function body: on the same line, or the next one in column 0."""
    line_end = data.find(b"\n", opening)
    line_end = len(data) if line_end < 0 else line_end
    first = data[opening:line_end]
    if first.count(b"{") == first.count(b"}"):
        return line_end
    end = data.find(b"\n}", opening)
    return len(data) if end < 0 else end + 1


def _close(data: bytes, opening: int) -> int:
    """Offset of the `}` that closes a structure or initialiser: in column 0, or on the opening line."""
    line_end = data.find(b"\n", opening)
    line_end = len(data) if line_end < 0 else line_end
    first = data[opening:line_end]
    if first.count(b"{") <= first.count(b"}"):
        return line_end
    end = data.find(b"\n}", opening)
    return len(data) if end < 0 else end + 1


def _function(data: bytes, low: int, opening: int, end: int, lines: _Lines) -> Row | None:
    """The function whose body opens at `opening`; its header stands somewhere behind `low`."""
    low = max(low, opening - _LONGEST_HEADER)
    header = without_comments(data[low:opening])
    # A header has no empty line in it; `*/` is left where the comment began before `low`.
    empty = data.rfind(b"\n\n", low, low + len(header.rstrip())) - low
    cut = max(header.rfind(b";"), header.rfind(b"}"), header.rfind(b"*/") + 1, empty + 1)
    directive = header.rfind(b"\n#", 0, len(header))
    if directive >= cut:
        continued = _CONTINUED.match(header, directive + 1)
        cut = continued.end() if continued is not None else directive
    for found in _CALL_LIKE.finditer(header, max(cut, 0)):
        name = found.group(1)
        if name in _NO_NAME or name.isdigit():
            continue
        before = header[cut + 1 : found.start()]
        if b"=" in before or before.rstrip().endswith((b"struct", b"enum", b"union")):
            return None
        words = before.split()
        made = _made_by_macro(name, header[found.end() :])
        if made is None and not words and name.isupper() and name not in _TAKES_BODY:
            made = _first_name(header[found.end() :])
            if made is None:
                return None
        position = low + found.start(1)
        lead = len(before) - len(before.lstrip())
        begin = low + cut + 1 + lead
        if data[begin - 1 : begin] != b"\n":
            return None  # a statement of a body that was not recognised
        inline = any(b"inline" in word and not word.startswith(b"noinline") for word in words)
        return Row(
            made or name.decode("latin-1"),
            K.INLINE if inline else K.FUNCTION,
            lines.of(position),
            lines.of(begin),
            lines.of(end),
            b"static" in words,
        )
    return None


# Macros of tests and tables whose body is no function of their first argument's name.
_TAKES_BODY = frozenset(b"TEST TEST_F FIXTURE FIXTURE_SETUP FIXTURE_TEARDOWN".split())


def _first_name(arguments: bytes) -> str | None:
    """The function that a macro with a body makes: `DEFINE_IDTENTRY(exc_divide_error)`, `BPF_CALL_1(name, …)`."""
    first = _WORD.match(arguments.lstrip())
    return None if first is None or first.group()[:1].isdigit() else first.group().decode("latin-1")


_SYSCALL = re.compile(rb"(COMPAT_)?SYSCALL_DEFINE[0-6]$")


def _made_by_macro(name: bytes, arguments: bytes) -> str | None:
    """The function that `SYSCALL_DEFINEn(name, …)` makes (include/linux/syscalls.h)."""
    match = _SYSCALL.match(name)
    first = _WORD.search(arguments)
    if match is None or first is None:
        return None
    return ("compat_sys_" if match.group(1) else "sys_") + first.group().decode("latin-1")


def _macro(
    data: bytes, match: re.Match[bytes], lines: _Lines, constants: bool
) -> tuple[int, Row | None]:
    """The macro at `match`, and where to go on."""
    name_end = match.end("macro")
    line_end = data.find(b"\n", name_end)
    line_end = len(data) if line_end < 0 else line_end
    while data[line_end - 1 : line_end] == b"\\" and line_end < len(data):
        following = data.find(b"\n", line_end + 1)
        line_end = len(data) if following < 0 else following
    if data[name_end : name_end + 1] == b"(":
        kind = K.MACRO
    else:
        body = data[name_end:line_end].strip()
        calls = _CALL_LIKE.search(body)
        if (_WORD.fullmatch(body) and not body.isupper() and not body[:1].isdigit()) or (
            calls and calls.group(1).islower() and calls.group(1) not in _NO_NAME
        ):
            kind = K.MACRO
        elif constants:
            kind = K.CONSTANT
        else:
            return line_end, None
    line = lines.of(match.start("macro"))
    return line_end, Row(
        match.group("macro").decode("latin-1"), kind, line, line, lines.of(line_end)
    )


def _enumerators(data: bytes, start: int, end: int, lines: _Lines) -> Iterator[Row]:
    body = without_comments(data[start:end])
    depth_free = re.sub(rb"\([^()]*\)", _blank, body)
    without_directives = re.sub(rb"(?m)^[ \t]*#[^\n]*", _blank, depth_free)
    for match in _ENUMERATOR.finditer(without_directives):
        if not match.group(1)[:1].isdigit():
            line = lines.of(start + match.start(1))
            yield Row(match.group(1).decode("latin-1"), K.ENUMERATOR, line, line, line)


# Labels that a trace can print: ENTRY(x), SYM_FUNC_START(x) and its kind (include/linux/linkage.h), `name:` in column 0,
# and macros. Local labels begin with a digit, a dot or `.L`.
_ASM = re.compile(
    rb"\n(?:[ \t]*(?P<entry>(?:[A-Z_]*ENTRY|SYM_[A-Z_]*START[A-Z_]*|SYM_[A-Z_]*LABEL[A-Z_]*|_GLOBAL|FUNC|LEAF|NESTED|FEXPORT|idtentry"
    rb"|SYM_CODE|WEAK)[A-Z_0-9]*)[ \t]*\([ \t]*(?P<name>[A-Za-z_]\w*)"
    rb"|(?P<label>[A-Za-z_]\w*)[ \t]*:(?!:)"
    rb"|[ \t]*\.macro[ \t]+(?P<macro>\w+)"
    rb"|[ \t]*#[ \t]*define[ \t]+(?P<define>\w+)(?P<call>\()?)"
)


def scan_asm(data: bytes) -> Iterator[Row]:
    """Every label and macro of an assembler file; a label ends where the next one begins."""
    data = b"\n" + without_comments(data.replace(b"\r\n", b"\n"))
    lines = _Lines(data)
    total = data.count(b"\n")
    pending: tuple[str, int] | None = None
    for match in _ASM.finditer(data):
        if match.group("define") is not None:
            line = lines.of(match.start("define"))
            kind = K.MACRO if match.group("call") else K.CONSTANT
            yield Row(match.group("define").decode("latin-1"), kind, line, line, line)
        elif match.group("macro") is not None:
            line = lines.of(match.start("macro"))
            end = data.find(b".endm", match.end())
            yield Row(
                match.group("macro").decode("latin-1"),
                K.ASM_MACRO,
                line,
                line,
                lines.of(len(data) if end < 0 else end),
            )
        else:
            group = "name" if match.group("name") is not None else "label"
            line = lines.of(match.start(group))
            if pending is not None:
                yield Row(pending[0], K.LABEL, pending[1], pending[1], max(line - 1, pending[1]))
            pending = (match.group(group).decode("latin-1"), line)
    if pending is not None:
        yield Row(pending[0], K.LABEL, pending[1], pending[1], total)


def scan(path: str, data: bytes, *, constants: bool = True) -> Iterator[Row]:
    """Every definition of the file `path`, by what its name says it is."""
    if path.endswith(".S"):
        return scan_asm(data)
    return scan_c(data, constants=constants)
