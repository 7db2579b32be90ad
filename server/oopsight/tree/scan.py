"""Where things are defined in one file: a scan of its bytes that needs no parser and no configuration.

Kernel code begins its definitions in column 0 and ends function bodies with `}` in column 0
(Documentation/process/coding-style.rst, 3). Half of all kernel files hold an idiom that breaks a C parser, and now
and then one swallows the rest of the file; this scan finds the definition all the same, and the parser is then
asked about single functions only.
"""

from __future__ import annotations

import re
import sys

from oopsight import model
from oopsight.tree import asmscan, rows
from oopsight.tree.rows import KIND_NUMBER, STATIC, Found, Raw
from oopsight.tree.spots import Lines, blank, without_comments

K = model.DefinitionKind
# Looked up a million times for one tree.
_FUNCTION, _INLINE, _MACRO, _CONSTANT = (
    KIND_NUMBER[kind] for kind in (K.FUNCTION, K.INLINE, K.MACRO, K.CONSTANT)
)
_TABLE, _STRUCT, _ENUMERATOR_KIND = (
    KIND_NUMBER[kind] for kind in (K.TABLE, K.STRUCT, K.ENUMERATOR)
)

# Words with parentheses that may stand before a function's name, or that are no definition at all.
_NO_NAME = frozenset(
    b"__attribute__ __attribute __printf __scanf __section __aligned __releases __acquires __must_hold __alloc_size "
    b"__alloc_size__ __assume_aligned __nonnull __malloc typeof __typeof__ __declspec __diag_push __diag_ignore "
    b"__alias __cold __copy __counted_by __noreturn __no_sanitize __optimize __target __deprecated _Pragma __asm__ asm "
    b"if while for switch return sizeof defined __cond_acquires __cond_lock __acquire __release "
    b"TARGET_ATTRIBUTE __cacheline_group_begin __bpf_kfunc_start_defs __free_device_driver".split()
)


def _compiled(pattern: bytes, flags: int = 0) -> re.Pattern[bytes]:
    """The pattern; before Python 3.11 without possessive repeats, which only save trying in vain here."""
    if sys.version_info < (3, 11):
        pattern = re.sub(rb"([*+])\+", rb"\1", pattern)
    return re.compile(pattern, flags)


# Everything that can begin something at the start of a line. Each search begins at a literal newline, which the
# regular expression engine finds fast; bodies of functions are skipped by looking for "\n}". What ends with `{` or `=`
# is decided by its words; `{` alone opens a function whose header holds what the first row cannot pass. Each
# row begins with a character of its own, by which the engine passes over it, and what is repeated gives nothing back.
_TOP = rb"""\n(?:
    [A-Za-z_] (?: [^;\#{}="]*+ ([{=]) | \w*+ [ \t]*+ (\() [^;{}()"] )
  | \# [ \t]*+ define [ \t]++ (\w++) %s
  | [ \t]++ \# [ \t]*+ define [ \t]++ (\w++) %s
  | \{ ()
)"""
# In folders whose object-like macros are left out, only those that may stand for a call.
_CALLING = rb"(?=\(|[ \t]+[(&*!~]*[A-Z_]*[a-z]|[ \t]*\\\n)"
_WITH_CONSTANTS = _compiled(_TOP % (b"", b""), re.VERBOSE)
_WITHOUT_CONSTANTS = _compiled(_TOP % (_CALLING, _CALLING), re.VERBOSE)
_CALLED_MACRO = re.compile(rb"[ \t]*#[ \t]*define[ \t]+\w+\(")
_MOST_PARENTHESES = 5000
_ENDS, _CALL, _OPEN = 1, 2, 5
_GIVEN = re.compile(rb"[^;{}()\"]{1,200}")
# What is no definition, and stands behind half of all functions.
_NO_USE = (b"EXPORT_", b"MODULE_", b"module_param", b"module_exit", b"SYM_")

# The usual header: words, the name, an opening parenthesis.
_PLAIN = re.compile(rb"([A-Za-z_][\w \t\n*]*[ \t\n*])(\w+)\(")
_USE = re.compile(rb"(\w+)[ \t]*\(([^()]{1,200})")
_TYPE = re.compile(rb"(?:typedef[ \t\n]+)?(struct|union|enum)\b[ \t]*(\w*)[^()]*\Z")
# The last two words of `static const struct x y[N] __initconst` that are no attributes: type and name.
_DECLARED = _compiled(
    rb"\b(?P<type>\w++)[ \t*]++(?P<name>\w++)[ \t]*(?:\[[^\]]*\][ \t]*)*(?:__\w+[ \t]*)*\Z"
)
_OPENS = re.compile(rb"\s*\{")
_CONTINUED = re.compile(rb"(?:[^\n\\]|\\.|\\\n)*")
_CALL_LIKE = re.compile(rb"(\w+)[ \t\n]*\(")
_WORD = re.compile(rb"\w+")
_NAME = re.compile(rb"[ \t\n]*(\w+)[ \t\n]*\Z")
_ONE_WORD = re.compile(rb"[ \t]*(?!void\b)([A-Za-z_]\w*)[ \t]*[,)]")
_ENUMERATOR = re.compile(rb"(?:^|,)\s*(\w+)")
_LONGEST_HEADER = 4000
_MOST_WORDS = 3  # arguments of a macro that may be part of a function's name


def scan(path: str, data: bytes, *, constants: bool = True) -> Found:
    """Everything that the file `path` defines; object-like macros that are no calls only with `constants`."""
    return rows.found(raw(path, data, constants=constants))


def raw(path: str, data: bytes, *, constants: bool = True) -> Raw:
    """The same, as it is stored."""
    if path.endswith(".S"):
        return asmscan.scan_asm(data)
    if not constants and b"{" not in data and not _calls_a_macro(data):
        return Raw([], [], [])  # a generated header of nothing but numbers
    return _Scan(data, constants).found()


def _calls_a_macro(data: bytes) -> bool:
    """Whether there is a macro with parameters; headers of numbers have few parentheses, and millions of macros."""
    at = -1
    for _ in range(_MOST_PARENTHESES):
        at = data.find(b"(", at + 1)
        if at < 0:
            return False
        if _CALLED_MACRO.match(data, data.rfind(b"\n", 0, at) + 1) is not None:
            return True
    return True


class _Scan:
    """One pass over a C file. Each method that reads something returns the offset at which to go on."""

    def __init__(self, data: bytes, constants: bool) -> None:
        self._data = b"\n" + (data.replace(b"\r\n", b"\n") if b"\r" in data else data)
        self._line_of = Lines(self._data).of
        self._constants = constants
        self._last_end = 0  # where the definition before ended
        self._rows: list[rows.RawRow] = []
        self._types: list[bytes] = []
        self._uses: list[rows.RawUse] = []

    def found(self) -> Raw:
        """The definitions, and the macros that may make more."""
        data = self._data
        search = (_WITH_CONSTANTS if self._constants else _WITHOUT_CONSTANTS).search
        at = 0
        while (match := search(data, at)) is not None:
            kind = match.lastindex or 0
            if kind == _ENDS:
                at = self._headed(match)
            elif kind == _CALL:
                at = self._called(match.start() + 1, match.end() - 2)
            elif kind == _OPEN:
                opening = match.end() - 1
                at = self._function(opening, _body_end(data, opening), opening + 1)
            else:
                at = self._last_end = self._macro(match[kind], match.start(), match.end(kind))
        return Raw(self._rows, self._types, self._uses)

    def _called(self, start: int, opening: int) -> int:
        """A macro at the beginning of a line, with its arguments."""
        data = self._data
        if data.startswith(_NO_USE, start):
            return start
        given = _GIVEN.match(data, opening + 1)
        if given is None:
            return start
        at = given.end()
        name = data[start:opening].rstrip(b" \t")
        self._use(name, _whole(given.group(), data[at : at + 1]), start, at)
        return at

    def _headed(self, match: re.Match[bytes]) -> int:
        """What a line in column 0 begins that goes on to `{` or `=`."""
        start = match.start() + 1
        opening = match.end() - 1
        head = self._data[start:opening]
        if match[_ENDS] == b"=":
            return self._initialised(head, start, opening + 1)
        plain = _PLAIN.match(head) if b"(" in head else None
        if plain is not None:
            name = plain.group(2)
            words = plain.group(1)
            if (
                not name.startswith(b"__")
                and name not in _NO_NAME
                and b"\n\n" not in head
                and b"*/" not in head
                and not words.endswith((b"struct ", b"enum ", b"union "))
            ):
                end = self._last_end = _body_end(self._data, opening)
                if name.isupper() and (one := _ONE_WORD.match(head, plain.end())) is not None:
                    # `static int FNAME(walk_addr)(struct …)`, `int BPF_PROG(name, …)`: a macro makes the name.
                    given = head[plain.end() : _closing(head, plain.end()) - 1]
                    self._use(name, given, start + plain.start(2), end)
                    name = one.group(1)
                self._plain(words, name, start, end)
                return end
        else:
            typed = _TYPE.search(head)
            if typed is not None:
                return self._type(typed, start, opening)
        return self._function(opening, _body_end(self._data, opening), opening + 1)

    def _plain(self, words: bytes, name: bytes, start: int, end: int) -> None:
        """A function with a usual header."""
        mark = _FUNCTION
        if b"inline" in words and _says_inline(words.split()):
            mark = _INLINE
        if b"static" in words and b"static" in words.split():
            mark |= STATIC
        first = self._line_of(start)
        back = words.count(b"\n")
        line = first + back
        self._rows.append((name, mark, line, back, self._line_of(end) - line))

    def _initialised(self, head: bytes, start: int, at: int) -> int:
        """A variable or array with an initialiser in braces."""
        if b"(" in head:
            used = _USE.match(head)
            if used is not None:
                given = _whole(used.group(2), head[used.end() : used.end() + 1])
                self._use(used.group(1), given, start, at)
            return at
        opens = _OPENS.match(self._data, at)
        if opens is None:
            return at
        end = self._last_end = _initialiser_end(self._data, opens.end() - 1)
        cut = head.rfind(b"\n\n") + 2 if b"\n\n" in head else 0
        declared = _DECLARED.search(head, cut)
        if declared is not None:
            first = self._line_of(start + cut)
            line = self._line_of(start + declared.start("name"))
            mark = _TABLE | STATIC if head.startswith(b"static", cut) else _TABLE
            self._rows.append(
                (declared["name"], mark, line, line - first, self._line_of(end) - line)
            )
            self._types.append(declared["type"])
        return end

    def _type(self, typed: re.Match[bytes], start: int, opening: int) -> int:
        """A structure or union, or the enumerators of an enumeration."""
        if typed.group(1) == b"enum":
            end = self._data.find(b"}", opening)
            end = self._last_end = len(self._data) if end < 0 else end
            self._enumerators(opening + 1, end)
            return end
        if typed.group(2):
            line = self._line_of(start + typed.start(2))
            end = self._line_of(_close(self._data, opening))
            self._rows.append((typed.group(2), _STRUCT, line, 0, end - line))
        # Constants are often defined between the members: go on inside.
        return opening + 1

    def _function(self, opening: int, end: int, otherwise: int) -> int:
        """The function whose body opens at `opening`; its header stands somewhere behind the definition before."""
        data = self._data
        low = max(self._last_end, opening - _LONGEST_HEADER)
        header = without_comments(data[low:opening])
        cut = _header_start(data, header, low)
        while (found := _name_of(header, cut)) is not None:
            name = found.group(1)
            before = header[cut : found.start()]
            words = before.split()
            if b"=" in before or before.rstrip().endswith((b"struct", b"enum", b"union")):
                return otherwise
            if not words and name.isupper():
                closed = _closing(header, found.end())
                if (
                    _name_of(header, closed) is not None
                    and header[closed:].lstrip(b" \t")[:1] == b"\n"
                ):
                    # A macro alone on its line, and the header behind it.
                    self._use(
                        name, header[found.end() : closed - 1], low + found.start(1), low + closed
                    )
                    cut = closed
                    continue
            lead = len(before) - len(before.lstrip())
            begin = low + cut + lead
            name_at = low + found.start(1)
            if data[begin - 1 : begin] != b"\n" and data[name_at - 1 : name_at] != b"\n":
                return otherwise  # a statement of a body that was not recognised
            return self._named(found, words, header, low, begin, end) or otherwise
        return otherwise

    def _named(
        self,
        found: re.Match[bytes],
        words: list[bytes],
        header: bytes,
        low: int,
        begin: int,
        end: int,
    ) -> int:
        """The function that a header names, or the macro that stands for one; 0 when it is none."""
        name = found.group(1)
        made: bytes | None = None
        if not words and name.isupper():
            given = header[found.end() : _closing(header, found.end()) - 1]
            self._use(name, given, low + found.start(1), end)
            made = _made_by_macro(name, given)
            if made is None:
                return 0
            if not made:
                self._last_end = end
                return end
        mark = _INLINE if _says_inline(words) else _FUNCTION
        first, line = self._line_of(begin), self._line_of(low + found.start(1))
        self._rows.append(
            (
                made or name,
                mark | STATIC if b"static" in words else mark,
                line,
                line - first,
                max(self._line_of(end) - line, 0),
            )
        )
        self._last_end = end
        return end

    def _use(self, macro: bytes, given: bytes, start: int, end: int) -> None:
        """A macro outside of functions, under each of its first arguments that is a name."""
        words = given.split(b",", _MOST_WORDS)[:_MOST_WORDS]
        named = [found.group(1) for found in map(_NAME.match, words) if found is not None]
        if not named or macro in _NO_NAME:
            return
        line = self._line_of(start)
        more = max(self._line_of(end) - line, 0)
        self._uses += [(word, macro, line, more) for word in dict.fromkeys(named)]

    def _macro(self, name: bytes, start: int, name_end: int) -> int:
        """A macro, with all its lines."""
        data = self._data
        line_end = data.find(b"\n", name_end)
        line_end = len(data) if line_end < 0 else line_end
        more = 0
        while data[line_end - 1 : line_end] == b"\\" and line_end < len(data):
            following = data.find(b"\n", line_end + 1)
            line_end = len(data) if following < 0 else following
            more += 1
        kind = _MACRO
        if data[name_end : name_end + 1] != b"(" and not _stands_for_call(data[name_end:line_end]):
            if not self._constants:
                return line_end
            kind = _CONSTANT
        self._rows.append((name, kind, self._line_of(start + 1), 0, more))
        return line_end

    def _enumerators(self, start: int, end: int) -> None:
        body = without_comments(self._data[start:end])
        if b"(" in body:
            body = re.sub(rb"\([^()]*\)", blank, body)
        if b"#" in body:
            body = re.sub(rb"(?m)^[ \t]*#[^\n]*", blank, body)
        for match in _ENUMERATOR.finditer(body):
            if not match.group(1)[:1].isdigit():
                line = self._line_of(start + match.start(1))
                self._rows.append((match.group(1), _ENUMERATOR_KIND, line, 0, 0))


def _says_inline(words: list[bytes]) -> bool:
    return any(b"inline" in word and not word.startswith(b"noinline") for word in words)


def _header_start(data: bytes, header: bytes, low: int) -> int:
    """Where in the text before a body its header begins: behind an end of anything else, or an empty line."""
    # A header has no empty line in it; `*/` is left where the comment began before `low`.
    empty = data.rfind(b"\n\n", low, low + len(header.rstrip())) - low
    cut = max(header.rfind(b";"), header.rfind(b"}"), header.rfind(b"*/") + 1, empty + 1)
    directive = header.rfind(b"\n#", 0, len(header))
    if directive >= cut:
        continued = _CONTINUED.match(header, directive + 1)
        cut = continued.end() if continued is not None else directive
    return cut + 1


def _name_of(header: bytes, cut: int) -> re.Match[bytes] | None:
    """The first word before a parenthesis that can be the name of a function.

    What begins with two underscores is an attribute, unless no other name follows.
    """
    at = max(cut - 1, 0)
    reserved = None
    while (found := _CALL_LIKE.search(header, at)) is not None:
        name = found.group(1)
        if name not in _NO_NAME and not name.isdigit():
            if not name.startswith(b"__"):
                return reserved if reserved is not None and _is_call(header, found) else found
            reserved = reserved or found
        at = _closing(header, found.end())
    return reserved


def _is_call(header: bytes, found: re.Match[bytes]) -> bool:
    """Whether a word before a parenthesis stands alone, as attributes behind a header do: no type is before it."""
    before = header[: found.start()].rstrip(b" \t\n*")
    return before.endswith(b")") or not before


def _closing(text: bytes, at: int) -> int:
    """The offset behind the parenthesis that closes the one before `at`."""
    depth = 1
    for found in _PARENTHESIS.finditer(text, at):
        depth += 1 if found.group() == b"(" else -1
        if not depth:
            return found.end()
    return len(text)


def _whole(given: bytes, following: bytes) -> bytes:
    """Arguments without the last one when that goes on with a parenthesis of its own."""
    return given.rpartition(b",")[0] if following == b"(" else given


_PARENTHESIS = re.compile(rb"[()]")


def _body_end(data: bytes, opening: int) -> int:
    """Offset of the `}` of a function body: on the same line, or the next one in column 0."""
    following = data[opening + 1 : opening + 2]
    if following != b"\n":
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


def _initialiser_end(data: bytes, opening: int) -> int:
    """Offset of the `}` that closes an initialiser: in column 0, or before a semicolon."""
    column = data.find(b"\n}", opening)
    column = len(data) if column < 0 else column + 1
    closed = data.find(b"};", opening, column)
    return column if closed < 0 else closed


def _stands_for_call(body: bytes) -> bool:
    """Whether an object-like macro is another name for something that can be called, or a call itself."""
    body = body.strip()
    calls = _CALL_LIKE.search(body) if b"(" in body else None
    if calls is not None:
        return calls.group(1).islower() and calls.group(1) not in _NO_NAME
    return body.replace(b"_", b"a").isalnum() and not body.isupper() and not body[:1].isdigit()


# Macros of tests (tools/testing/selftests/kselftest_harness.h) whose body is no function of their first argument's name.
_TAKES_BODY = frozenset(b"TEST_F FIXTURE FIXTURE_VARIANT FIXTURE_SETUP FIXTURE_TEARDOWN".split())
_SYSCALL = re.compile(rb"(COMPAT_)?SYSCALL_DEFINE[0-6]$")


def _made_by_macro(name: bytes, given: bytes) -> bytes | None:
    """The function that a macro with a body makes; empty where the body is none.

    `SYSCALL_DEFINEn(name, …)` (include/linux/syscalls.h), `DEFINE_IDTENTRY(exc_divide_error)`, `BPF_CALL_1(name, …)`.
    """
    if name in _TAKES_BODY:
        return b""
    first = _WORD.match(given.lstrip())
    if first is None or first.group()[:1].isdigit():
        return None
    syscall = _SYSCALL.match(name)
    if syscall is None:
        return first.group()
    return (b"compat_sys_" if syscall.group(1) else b"sys_") + first.group()
