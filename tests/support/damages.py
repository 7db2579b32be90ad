"""THE table of what happens to a text on its way from a debugger to us: each row simulates one kind of damage.

A row does what really happens, no more: a terminal cuts exactly at its width, a mailer breaks at blanks, quoted-printable
is made by a real encoder. `python -m support.damages` (in `tests/`) applies chains of them and compares what is read.
"""

from __future__ import annotations

import html
import quopri
import random
import re
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from oopsight.util import texts

Change = Callable[[str, random.Random], str]

_ENDS = re.compile(r"(\r*\n|\r)")
# Lines that begin a frame or a marker, behind whatever damage has put before them.
_FRAME = re.compile(r"-?\d{2,4} ?\|[ \t]*\S|-{2,3}>?\|")
_WHOLE_FRAME = re.compile(r"-\d{3}\|\S.*\)$")


@dataclass(frozen=True)
class Damage:
    """One kind of damage.

    `lossy`: information is truly gone, so that a stated problem is right. `unseen`: nobody can see the loss in the text (a
    digit is missing), so that only places are judged. `adds` is another text that was mixed in: its stacks are expected too.
    """

    name: str
    title: str
    change: Change
    lossy: bool = False
    unseen: bool = False
    adds: str | None = None


# Another CPU's stack, which is mixed into a text.
COMPANION = """\
-000|companion_wait(lock = ?, count = 41)
-001|companion_poll(inline)
-001|companion_run(work = 2863308800, ?)
-002|companion_thread(data = 2863312896)
-003|companion_entry(asm)
---|end of frame
"""
# What people write behind frames; no other text of ours contains these words.
REMARKS = (
    " // added: see here",
    "   <--- added by me",
    " <== added, why",
    "  /* added */",
    "\t<<--- added (here!)",
)
# What other CPUs and drivers print meanwhile.
OTHERS = (
    "audit: type=1400 audit(1721.123:4): avc: denied",
    "usb 1-1: new high-speed USB device number 4 using xhci_hcd",
    "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
    "mmc0: Timeout waiting for hardware interrupt.",
    "random: crng init done",
)
REPLIES = (
    "Thanks for the report.",
    "No need to wrap lines here.",
    "Which tree is this?",
    "I think this is the culprit, see above.",
)


def lines_of(text: str) -> list[str]:
    """The lines of a text without their ends."""
    return _ENDS.split(text)[::2]


def each(text: str, change: Callable[[str], str]) -> str:
    """Change every line and leave its end."""
    parts = _ENDS.split(text)
    last = len(parts) - 1
    return "".join(
        part if at % 2 or (at == last and not part) else change(part)
        for at, part in enumerate(parts)
    )


def _split_last(text: str) -> tuple[list[str], str]:
    """The lines, and the end of the last one: a file's last newline begins no further line."""
    lines = lines_of(text)
    if len(lines) > 1 and not lines[-1]:
        return lines[:-1], "\n"
    return lines, ""


def _relined(text: str, change: Callable[[list[str]], Iterable[str]]) -> str:
    lines, end = _split_last(text)
    return "\n".join(change(lines)) + end


# --- prefixes -------------------------------------------------------------------------------------------------------


def _clock(chance: random.Random) -> Iterator[float]:
    now = chance.choice((0.0, 5.243603, 417.725670, 12345.0, 550195.37467))
    while True:
        now += chance.choice((0.0, 0.000004, 0.000031, 0.0012))
        yield now


def _prefixed(make: Callable[[random.Random, float], str]) -> Change:
    """Every line behind a prefix that is made from the time."""

    def change(text: str, chance: random.Random) -> str:
        clock = _clock(chance)
        return each(text, lambda line: make(chance, next(clock)) + line)

    return change


def _fixed(*templates: str) -> Change:
    """Every line behind one of the prefixes; `{t}` is the time as printk writes it."""

    def change(text: str, chance: random.Random) -> str:
        template = chance.choice(templates)
        clock = _clock(chance)
        return each(text, lambda line: template.replace("{t}", f"{next(clock):12.6f}") + line)

    return change


def _day(now: float) -> str:
    second = int(now) % 3600
    return f"12:{second // 60:02d}:{second % 60:02d}"


def _journald(months: str) -> Change:
    """System logs, whose dates are written in the machine's language."""
    choices = months.split("|")

    def change(text: str, chance: random.Random) -> str:
        month = chance.choice(choices)
        host = chance.choice(("host", "board-7", "4GB", "laptop"))
        clock = _clock(chance)
        return each(text, lambda line: f"{month} {_day(next(clock))} {host} kernel: {line}")

    return change


def _console_login(text: str, chance: random.Random) -> str:
    """A login prompt stands on the console when the first message comes."""
    lines = _fixed("[{t}][    C1] ")(text, chance).split("\n")
    at = chance.choice([at for at, line in enumerate(lines) if not line.endswith("] ")])
    lines[at] = chance.choice(("host login: ", "Password: ", "~ # ", "root@host:~# ")) + lines[at]
    return "\n".join(lines)


def _pstore(text: str, chance: random.Random) -> str:
    """Headers that the persistent store puts between its records."""
    head = chance.choice(("Panic#1 Part{}", "Oops#2 Part{}"))

    def change(lines: list[str]) -> list[str]:
        at = chance.randrange(len(lines) + 1)
        return [head.format(1), *lines[:at], head.format(2), *lines[at:]]

    return _relined(text, change)


def _ramoops(text: str, chance: random.Random) -> str:
    return f"===={chance.randrange(10**9, 2 * 10**9)}.{chance.randrange(10**6):06d}-D\n{text}"


def _kdb(text: str, _: random.Random) -> str:
    """The kernel debugger prints the mark of continued lines."""
    return each(text, lambda line: f"<c>{line}<c>")


def _numbered(style: str) -> Change:
    """Line numbers of web pages and editors, glued or apart."""

    def change(text: str, chance: random.Random) -> str:
        number = chance.choice((0, 8, 37, 98, 997))

        def one(line: str) -> str:
            nonlocal number
            number += 1
            return style.format(number) + line

        return each(text, one)

    return change


def _between_frames(lines: list[str]) -> Iterator[int]:
    """Where a frame follows a frame or marker: nobody writes between a heading and its stack."""
    for at in range(1, len(lines)):
        if _FRAME.match(lines[at].strip()) and _FRAME.match(lines[at - 1].strip()):
            yield at


# --- quoting --------------------------------------------------------------------------------------------------------


def _quoted(mark: str) -> Change:
    def change(text: str, chance: random.Random) -> str:
        marks = mark * chance.randrange(1, 6)
        return each(text, lambda line: marks + line)

    return change


def _quoted_trimmed(text: str, _: random.Random) -> str:
    """Clients leave no blank behind the mark of an empty line."""
    return each(text, lambda line: f"> {line}" if line else ">")


def _replied(text: str, chance: random.Random) -> str:
    """Somebody answers between quoted frames."""

    def change(lines: list[str]) -> Iterator[str]:
        places = list(_between_frames(lines))
        chosen = set(chance.sample(places, min(2, len(places))))
        for at, line in enumerate(lines):
            if at in chosen:
                yield from ("", chance.choice(REPLIES), "")
            yield f"> {line}"

    return _relined(text, change)


# --- encodings of mails and pages ------------------------------------------------------------------------------------


def _quoted_printable(text: str, _: random.Random) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return quopri.encodestring(data).decode("ascii")


def _escaped(text: str, _: random.Random) -> str:
    return html.escape(text, quote=False)


def _escaped_much(text: str, chance: random.Random) -> str:
    """Pages that escape quotes, runs of blanks and more than they have to."""
    escaped = html.escape(text, quote=True)
    if chance.random() < 0.5:
        escaped = escaped.replace("|", "&#124;").replace("(", "&#40;").replace(")", "&#x29;")
    return re.sub(r"  +| $", lambda run: "&nbsp;" * len(run.group()), escaped)


def _broken(br: str) -> Change:
    def change(text: str, _: random.Random) -> str:
        return br.join(lines_of(html.escape(text, quote=False)))

    return change


def _paragraphs(text: str, chance: random.Random) -> str:
    tag = chance.choice(("p", "div", "li"))
    return each(html.escape(text, quote=False), lambda line: f"<{tag}>{line}</{tag}>")


def _highlighted(text: str, _: random.Random) -> str:
    """A page that shows the text as code, each word in a tag of its own."""

    def word(found: re.Match[str]) -> str:
        kind = "mi" if found.group()[0].isdigit() else "n"
        return f'<span class="{kind}">{found.group()}</span>'

    parts = re.split(r"(\w+)", html.escape(text, quote=False))
    # Names of entities are no words of the text.
    coloured = "".join(
        re.sub(r"\w+", word, part) if at % 2 and not parts[at - 1].endswith(("&", "&#")) else part
        for at, part in enumerate(parts)
    )
    return f"<pre><code>{coloured}</code></pre>"


# --- characters -------------------------------------------------------------------------------------------------------

_WIDE_ALL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
_WIDE_MARKS = {code: wide for code, wide in _WIDE_ALL.items() if chr(code) in "(),=|:?;!"}


def _mapped(table: dict[int, int | str]) -> Change:
    return lambda text, _: text.translate(table)


def _smart(text: str, _: random.Random) -> str:
    """Quotes and dashes as word processors make them."""
    text = re.sub(r'(^|[\s(=>])"', "\\1\u201c", text).replace('"', "\u201d")
    text = re.sub(r"(^|[\s(=>])'", "\\1\u2018", text).replace("'", "\u2019")
    return text.replace("---", "\u2014").replace("--", "\u2013")


def _dashes(text: str, chance: random.Random) -> str:
    """Each hyphen became another dash."""
    return text.replace("-", chance.choice("\u2013\u2212\u2010\u2011"))


def _times(text: str, _: random.Random) -> str:
    return re.sub(r"(?<![0-9A-Za-z])0x(?=[0-9A-Fa-f])", "0\u00d7", text)


def _tabs(text: str, _: random.Random) -> str:
    """Runs of blanks became tabs, as an editor saves them."""

    def one(line: str) -> str:
        parts = [line[at : at + 8] for at in range(0, len(line), 8)]
        full = [re.sub(r" {2,}$", "\t", part) if len(part) == 8 else part for part in parts]
        return "".join(full)

    return each(text, one)


def _indented_by_tabs(text: str, _: random.Random) -> str:
    return each(text, lambda line: re.sub(r"^ +", lambda run: "\t" * -(-len(run[0]) // 4), line))


def _ansi_lines(text: str, chance: random.Random) -> str:
    colour = chance.choice(("\x1b[31m", "\x1b[0;33m", "\x1b[1;31m", "\x1b[38;5;208m"))
    return each(text, lambda line: f"{colour}{line}\x1b[0m")


def _ansi_words(text: str, chance: random.Random) -> str:
    """What a search colours: names and numbers in the middle of lines."""
    start, end = chance.choice((("\x1b[01;31m\x1b[K", "\x1b[m\x1b[K"), ("\x1b[32m", "\x1b[0m")))
    return re.sub(
        r"\w+", lambda word: start + word[0] + end if chance.random() < 0.4 else word[0], text
    )


def _ansi_bare(escape: str) -> Change:
    """The escape character is lost or written out; what follows it is still there."""

    def change(text: str, chance: random.Random) -> str:
        colour = chance.choice(("[31m", "[0;33m", "[1;31m"))
        return each(text, lambda line: f"{escape}{colour}{line}{escape}[0m")

    return change


# --- files --------------------------------------------------------------------------------------------------------


def _ended(end: str) -> Change:
    return lambda text, _: end.join(lines_of(text))


def _stored(encoding: str, sentence: str = "", mark: bytes = b"") -> Change:
    """Written into a file in this encoding, with a sentence around, and read again."""

    def change(text: str, _: random.Random) -> str:
        # What the encoding has no character for is saved as a plain one, or the text is not saved so.
        plain = text.replace("\u00a0", " ") if sentence else text
        whole = f"{sentence}\n{plain}\n{sentence}" if sentence else plain
        try:
            return texts.decode(mark + whole.encode(encoding))
        except UnicodeEncodeError:
            return text
        except texts.NotATextError:
            # UTF-16 without a mark and without Latin letters cannot be told from noise; the reader says so.
            if encoding == "utf-16-le" and not mark:
                return text
            raise

    return change


def _invalid(text: str, chance: random.Random) -> str:
    """Bytes that are no text, in lines of their own and at the ends of lines that hold no frame."""
    noise = (b"\xff\xfe", b"\x80\x81", b"\xed\xa0", b"\xc3", b"\xf0\x9f")

    def change(lines: list[str]) -> Iterator[str]:
        yield "noise \udcff"
        for line in lines:
            prose = not re.search(r"[|=(),:/]", line) and len(line.split()) > 3
            yield f"{line} \udcff" if prose else line
        yield "\udcff"

    broken = _relined(text, change).encode("utf-8", "surrogatepass")
    marker = "\udcff".encode("utf-8", "surrogatepass")
    return texts.decode(b"".join(_between(broken.split(marker), noise, chance)))


def _between(
    parts: list[bytes], noise: tuple[bytes, ...], chance: random.Random
) -> Iterator[bytes]:
    for at, part in enumerate(parts):
        if at:
            yield chance.choice(noise)
        yield part


# --- wraps --------------------------------------------------------------------------------------------------------


_SHOWN = re.compile(r"\x1b\[[0-9;]*[mK]|.", re.DOTALL)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _rows(line: str, width: int) -> Iterator[str]:
    """The rows in which a terminal of this width shows the line; colours take no room."""
    row, used = "", 0
    for character in _SHOWN.findall(line):
        columns = _columns(character) if len(character) == 1 else 0
        if used + columns > width:
            yield row
            row, used = "", 0
        row += character
        used += columns
    yield row


def _terminal(*, stripped: bool = False) -> Change:
    """Cut exactly at the width, anywhere; some terminals copy rows without the blanks at their ends."""

    def change(text: str, chance: random.Random) -> str:
        width = chance.randrange(72, 133)

        def one(line: str) -> str:
            rows = list(_rows(line, width))
            return "\n".join(row.rstrip(" ") if stripped else row for row in rows)

        return each(text, one)

    return change


def _folded(line: str, width: int) -> list[str]:
    """The line broken at blanks, which are left out; words stay whole and the indentation stays."""
    if len(line) <= width or not line.strip():
        return [line]
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    folded = textwrap.wrap(
        line.strip(" "),
        width,
        initial_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )
    return folded or [line]


def _mailer(text: str, chance: random.Random) -> str:
    width = chance.randrange(72, 81)
    return each(text, lambda line: "\n".join(_folded(line, width)))


def _mailer_quoted(mark: str) -> Change:
    """The answer to a wrapped mail: the rest of a line has (or has not) the quote mark."""

    def change(text: str, chance: random.Random) -> str:
        width = chance.randrange(72, 81)
        return each(text, lambda line: "> " + f"\n{mark}".join(_folded(line, width - 2)))

    return change


def _flowed(text: str, chance: random.Random) -> str:
    """RFC 3676: a blank at the end of a line says that it goes on; lines that begin with one get another in front."""
    width = chance.randrange(72, 79)

    def one(line: str) -> str:
        stuffed = f" {line}" if line.startswith((" ", "From ")) else line
        return " \n".join(_folded(stuffed.rstrip(" "), width))

    return each(text, one)


def _blank_lines(text: str, _: random.Random) -> str:
    return _relined(text, lambda lines: (row for line in lines for row in (line, "")))


def _one_line(text: str, chance: random.Random) -> str:
    return chance.choice((" ", "  ")).join(_split_last(text)[0])


# --- consoles -------------------------------------------------------------------------------------------------------


def _spliced(text: str, chance: random.Random) -> str:
    """Another CPU prints in the middle of a line; the rest of the line comes behind it."""
    lines, end = _split_last(_fixed("[{t}][ T7073] ")(text, chance))
    head = len("[   12.345678][ T7073] ")
    places = [at for at, line in enumerate(lines) if _FRAME.search(line) and len(line) > head + 1]
    for at in chance.sample(places, min(2, len(places))):
        line = lines[at]
        found = _FRAME.search(line)
        # What is cut is a message; its prefixes are printed at once.
        first = max(head, found.start() if found else head) + 1
        cut = chance.randrange(min(first, len(line) - 1), len(line))
        other = f"{line[: line.index(']') + 1]}[    C1] {chance.choice(OTHERS)}"
        lines[at] = f"{line[:cut]}{other}\n{line[cut:]}"
    return "\n".join(lines) + end


def _noise(text: str, chance: random.Random) -> str:
    """Lines of other drivers between."""

    def change(lines: list[str]) -> Iterator[str]:
        places = set(_between_frames(lines))
        for at, line in enumerate(lines):
            if at in places and chance.random() < 0.2:
                time = f"{chance.random() * 1000:12.6f}"
                yield f"[{time}] {chance.choice(OTHERS)}"
            yield line

    return _relined(text, change)


def _dropped_note(text: str, chance: random.Random) -> str:
    """The note stands there for lines of others: nothing of this text is missing."""

    def change(lines: list[str]) -> list[str]:
        at = chance.randrange(len(lines) + 1)
        note = f"** {chance.randrange(1, 99)} printk messages dropped **"
        return [*lines[:at], note, *lines[at:]]

    return _relined(text, change)


def _dropped(text: str, chance: random.Random) -> str:
    """The note stands for a line of this text."""

    def change(lines: list[str]) -> list[str]:
        at = chance.randrange(len(lines))
        return [*lines[:at], "** 1 printk messages dropped **", *lines[at + 1 :]]

    return _relined(text, change)


def _replayed(text: str, chance: random.Random) -> str:
    """A message that was broken off is printed again in full."""

    def change(lines: list[str]) -> list[str]:
        places = [at for at, line in enumerate(lines) if _FRAME.match(line.strip())]
        if not places:
            return lines
        at = chance.choice(places)
        part = lines[at][: chance.randrange(1, len(lines[at]))]
        note = "** replaying previous printk message **"
        return [*lines[:at], part, note, *lines[at:]]

    return _relined(text, change)


def _interleaved(ours: str, others: str) -> Change:
    """The lines of another CPU's stack between, each with its printer's name."""

    def change(text: str, chance: random.Random) -> str:
        clock = _clock(chance)
        theirs = COMPANION.strip().split("\n")

        def lines(mine: list[str]) -> Iterator[str]:
            left, right = list(mine), list(theirs)
            while left or right:
                first = left and (not right or chance.random() < len(left) / len(left + right))
                mark, line = (ours, left.pop(0)) if first else (others, right.pop(0))
                yield mark.replace("{t}", f"{next(clock):12.6f}") + line

        return _relined(text, lines)

    return change


# --- copies ---------------------------------------------------------------------------------------------------------


def _first_dash(text: str, _: random.Random) -> str:
    """The first character of the selection is missing."""
    return re.sub(r"^-(?=\d{3}\|)", "", text, count=1, flags=re.MULTILINE)


def _respelled(pattern: str, new: str) -> Change:
    return lambda text, _: re.sub(pattern, new, text, flags=re.MULTILINE)


def _remarked(text: str, chance: random.Random) -> str:
    """People write behind frames."""

    def one(line: str) -> str:
        whole = _WHOLE_FRAME.match(line)
        return line + chance.choice(REMARKS) if whole and chance.random() < 0.4 else line

    return each(text, one)


def _fenced(text: str, chance: random.Random) -> str:
    start, end = chance.choice(
        (("```", "```"), ("{noformat}", "{noformat}"), ("[code]", "[/code]"), ("/*", " */"))
    )
    return f"{start}\n{text.rstrip()}\n{end}\n"


def _truncated(text: str, chance: random.Random) -> str:
    width = chance.randrange(50, 110)
    return each(text, lambda line: line[:width])


def _thinned(text: str, chance: random.Random) -> str:
    """A serial line drops a character now and then."""
    return "".join(c for c in text if c in "\r\n" or chance.random() >= 0.002)


DAMAGES: tuple[Damage, ...] = (
    Damage("printk", "printk time", _fixed("[{t}] ")),
    Damage("two-clocks", "two clocks in one bracket", _fixed("[{t} 01-05 13:30:50.343] ")),
    Damage("doubled-bracket", "doubled bracket", _fixed("kern.err kernel: [[{t}][ T2742] ")),
    Damage("level", "syslog level", _fixed("<6>", "<4>")),
    Damage("level-time", "level and time", _fixed("<4>[{t}] ", "<14>[{t}] ")),
    Damage("caller", "printk time and caller", _fixed("[{t}][ T7073] ", "[{t}][    C2] ")),
    Damage(
        "samsung",
        "Samsung",
        _fixed("<0>[{t}]  [1:      swapper/1:    0] [c1] ", "[{t}]  [2:    kworker/2:1:  412] "),
    ),
    Damage(
        "mediatek",
        "MediaTek",
        _fixed(
            "<6>[{t}] -(0)[0:swapper]", "[{t}] <0>-(0)[0:swapper]", "[{t}] (0)[0:swapper]",
            "[{t}] .(3)[211:kworker/3:1]",
        ),
    ),
    Damage("unisoc", "Unisoc", _fixed("[{t}] c0 1 (swapper/0) ", "[{t}] c3 1432 (kworker/3:1) ")),
    Damage("syslog", "syslog", _fixed("Nov 22 12:50:01 host kernel: [{t}] ")),
    Damage("syslog-iso", "syslog with ISO dates", _fixed(
        "2024-05-06T07:08:09.123456+02:00 host kernel: [{t}] ",
        "2024-05-06T07:08:09+0200 host kernel: ",
        "<4>1 2024-05-06T07:08:09.123Z host kernel - - - ",
    )),
    Damage("journald-en", "journald", _journald("Nov 22|Feb 03")),
    Damage("journald-ko", "journald, Korean", _journald("11월 22|2월 03")),
    Damage("journald-ja", "journald, Japanese and Chinese", _journald("11月 22| 2月 03")),
    Damage("journald-ru", "journald, Russian", _journald("июл 27|ноя 22")),
    Damage("journald-eu", "journald, European", _journald("Okt 22|févr. 03|Mär 09|paź 11|Ιουν 05|Kas 22")),
    Damage("journald-monotonic", "journald, monotonic", _fixed("[{t}] host kernel: ")),
    Damage("logcat", "logcat", _fixed(
        "06-19 01:28:49.123     0     0 W KERNEL  : [{t}] ",
        "06-19 01:28:49.123  1000  2345  2345 I crash: ",
        "I/DEBUG   (  31): ",
    )),
    Damage("pstore", "pstore headers", _pstore),
    Damage("ramoops", "ramoops header", _ramoops),
    Damage("kdb", "kdb continuation marks", _kdb),
    Damage("login", "console login prompt", _console_login),
    Damage("netconsole", "extended netconsole", _fixed("6,416,1758426,-;", "6.6.9,6,416,1758426,-;")),
    Damage("ci", "times of build servers", _fixed(
        "2024-05-06T07:08:09.1234567Z ", "[2024-05-06T07:08:09.123Z] ", "00:01:23 ", "12:50:01.123  ",
    )),
    Damage("numbers-tab", "line numbers before a tab", _numbered("{:6d}\t")),
    Damage("numbers-blank", "line numbers before blanks", _numbered("{:4d}  ")),
    Damage("numbers-colon", "line numbers before a colon", _numbered("{}:")),
    Damage("numbers-dot", "line numbers before a dot", _numbered("{}. ")),
    Damage("numbers-glued", "line numbers without a blank", _numbered("{}")),
    Damage("quoted", "quoted `> `", _quoted("> ")),
    Damage("quoted-tight", "quoted `>`", _quoted(">")),
    Damage("quoted-double", "quoted `>> `", _fixed(">> ", ">>> ")),
    Damage("quoted-bar", "quoted `| `", _quoted("| ")),
    Damage("quoted-trimmed", "quoted, empty lines without blank", _quoted_trimmed),
    Damage("replied", "answered between quoted lines", _replied),
    Damage("qp", "quoted-printable", _quoted_printable),
    Damage("escaped", "HTML entities", _escaped),
    Damage("escaped-much", "HTML entities for more than needed", _escaped_much),
    Damage("escaped-twice", "HTML entities twice", lambda text, _: html.escape(html.escape(text, quote=False))),
    Damage("br", "`<br>` and line ends", _broken("<br>\n")),
    Damage("br-only", "`<br>` without line ends", _broken("<br/>")),
    Damage("paragraphs", "a tag for each line", _paragraphs),
    Damage("highlighted", "a tag for each word", _highlighted),
    Damage("nbsp", "no-break spaces", _mapped({32: 0xA0})),
    Damage("nbsp-some", "no-break spaces in runs", lambda text, _: text.replace("  ", "\u00a0 ")),
    Damage("wide-marks", "full-width punctuation", _mapped(dict(_WIDE_MARKS))),
    Damage("wide", "full-width characters", _mapped(dict(_WIDE_ALL))),
    Damage("times", "`×` in hex numbers", _times),
    Damage("smart", "typographic quotes and dashes", _smart),
    Damage("dashes", "other dashes", _dashes),
    Damage("tabs", "tabs for runs of blanks", _tabs),
    Damage("tab-indent", "tabs for indentation", _indented_by_tabs),
    Damage("no-indent", "lost indentation", lambda text, _: each(text, lambda line: line.lstrip(" \t"))),
    Damage("collapsed", "runs of blanks collapsed", lambda text, _: each(text, lambda line: re.sub("[ \t]+", " ", line))),
    Damage("indented", "indented", _fixed("    ", "\t", "  ")),
    Damage("fenced", "fenced", _fenced),
    Damage("ansi", "coloured lines", _ansi_lines),
    Damage("ansi-words", "coloured words", _ansi_words),
    Damage("ansi-written", "escape sequences written out", _ansi_bare("^[")),
    Damage("ansi-bare", "escape sequences without escape", _ansi_bare("")),
    Damage("crlf", "CR LF", _ended("\r\n")),
    Damage("cr", "CR", _ended("\r")),
    Damage("crcrlf", "CR CR LF", _ended("\r\r\n")),
    Damage("written-cr", "`^M`", lambda text, _: each(text, lambda line: f"{line}^M")),
    Damage("bom", "byte order mark", lambda text, _: f"\ufeff{text}"),
    Damage("utf-8-bom", "UTF-8 with mark", _stored("utf-8-sig")),
    Damage("utf-16-le", "UTF-16 LE", _stored("utf-16-le", mark=b"\xff\xfe")),
    Damage("utf-16-be", "UTF-16 BE", _stored("utf-16-be", mark=b"\xfe\xff")),
    Damage("utf-16-bare", "UTF-16 without mark", _stored("utf-16-le")),
    Damage("cp949", "CP949", _stored("cp949", "커널 크래시가 발생한 콜스택은 다음과 같습니다.")),
    Damage("gbk", "GBK", _stored("gbk", "内核崩溃的调用栈如下,请大家帮忙分析一下。")),
    Damage("shift-jis", "Shift-JIS", _stored("shift_jis", "カーネルがクラッシュしたときのスタックは次のとおりです。ソースも表示します。")),
    Damage("invalid", "invalid bytes outside the frames", _invalid),
    Damage("terminal", "wrapped at a terminal's width", _terminal()),
    Damage("terminal-stripped", "the same without blanks at the ends", _terminal(stripped=True)),
    Damage("mailer", "wrapped by a mailer", _mailer),
    Damage("mailer-quoted", "wrapped and quoted", _mailer_quoted("> ")),
    Damage("mailer-bare", "quoted, the rest without mark", _mailer_quoted("")),
    Damage("flowed", "format=flowed", _flowed),
    Damage("blank-lines", "a blank line behind each", _blank_lines),
    Damage("one-line", "on one line", _one_line),
    Damage("spliced", "another CPU's line in the middle", _spliced),
    Damage("noise", "lines of others", _noise),
    Damage("dropped-note", "messages of others dropped", _dropped_note),
    Damage("replayed", "a message again", _replayed),
    Damage("interleaved", "two printers", _interleaved("[{t}][ T7073] ", "[{t}][    C2] "), adds=COMPANION),
    Damage("interleaved-samsung", "two CPUs of Samsung", _interleaved(
        "[{t}]  [1:      swapper/1:    0] ", "[{t}]  [3:    kworker/3:1:  412] "), adds=COMPANION),
    Damage("first-dash", "first dash lost", _first_dash),
    Damage("no-dash", "dashes lost", _respelled(r"^-(?=\d{3}\|)", "")),
    Damage("two-dashes", "dashes doubled", _respelled(r"^-(?=\d{3}\|)", "--")),
    Damage("short-number", "`-24 |`", _respelled(r"^-0?(?=\d\d\|)(\d+)\|", r"-\1 |")),
    Damage("blank-bar", "`-024 | `", _respelled(r"^(-\d+)\|", r"\1 | ")),
    Damage("remarked", "remarks of people", _remarked),
    Damage("dropped", "a line dropped", _dropped, lossy=True),
    Damage("truncated", "truncated at a column", _truncated, lossy=True),
    Damage("thinned", "characters lost", _thinned, lossy=True, unseen=True),
)  # fmt: skip
BY_NAME = {damage.name: damage for damage in DAMAGES}
LOSSLESS = tuple(damage for damage in DAMAGES if not damage.lossy)
LOSSY = tuple(damage for damage in DAMAGES if damage.lossy and not damage.unseen)
# One chain of so many holds a damage that truly loses something.
_LOSSY_EVERY = 250


def chain_of(chance: random.Random) -> tuple[Damage, ...]:
    """Three kinds of damage, one after the other; no more than one other stack is mixed in."""
    chosen = chance.sample(LOSSLESS, 3)
    while sum(damage.adds is not None for damage in chosen) > 1:
        chosen = chance.sample(LOSSLESS, 3)
    if chance.randrange(_LOSSY_EVERY) == 0:
        chosen[chance.randrange(3)] = chance.choice(LOSSY)
    return tuple(chosen)


if __name__ == "__main__":
    from support import verdicts

    sys.exit(verdicts.main(sys.argv[1:]))
