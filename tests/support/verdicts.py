"""What damage does to the reading of a text: the same crash, a stated loss, a wrong fact, or a silent loss.

`python -m support.damages law 10000` (in `tests/`) runs random chains of three kinds of damage and prints a table;
`replay SEED` shows one chain again, `one CASE NAME[,NAME…] SEED` any chain, `alone` each damage on every text.
"""

from __future__ import annotations

import collections
import difflib
import html
import random
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from oopsight import formats, model
from support import cases, damages, truth

# Codes of problems that say that something is missing or doubtful.
LOSSES = frozenset(
    ("cut-short", "damaged", "dropped", "lost", "messages-dropped", "out-of-order", "incomplete")
)
SAME, SAID, WRONG, SILENT = "same", "said", "wrong", "silent"
Picture = tuple[Any, ...]


@dataclass(frozen=True)
class Text:
    """A text with a name."""

    id: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """What came of one chain: `verdict`, and sentences about what differs."""

    verdict: str
    why: tuple[str, ...] = ()


@cache
def own_texts() -> tuple[Text, ...]:
    """The texts of all TRACE32 cases."""
    return tuple(Text(case.id, case.text) for case in cases.of("formats", "trace32"))


@cache
def shared_texts() -> tuple[Text, ...]:
    """Real texts beside this repository; none where they are absent."""
    paths = [
        path
        for folder in ("corpus/trace32", "corpus/twins", "seed")
        for path, _ in truth.texts(folder)
    ]
    return tuple(Text(f"{p.parent.name}/{p.stem}", "\n".join(truth.read(p).lines)) for p in paths)  # fmt: skip


def all_texts() -> tuple[Text, ...]:
    """Own and shared texts."""
    return own_texts() + shared_texts()


def parse(text: str) -> model.Parsed:
    """What is read in a text."""
    return formats.parse(model.Document.of(text))


# --- pictures: what was read, without columns ----------------------------------------------------------------------


def _tight(text: str | None) -> str | None:
    """A text without its blanks: where a line was wrapped nobody knows how many there were."""
    return None if text is None else "".join(text.split())


def _letters(text: str) -> str:
    """What is left of a remark when dashes and quotes are respelled."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if c.isalnum())


_ADDED = tuple(sorted((_letters(remark) for remark in damages.REMARKS), key=len, reverse=True))


def _remark(remarks: Iterable[str]) -> str:
    text = _letters("".join(remarks))
    for added in _ADDED:
        text = text.replace(added, "")
    return text


def _argument(a: model.Argument) -> Picture:
    return (a.name, _tight(a.printed), a.number, _tight(a.where), a.cut)


def _variable(v: model.Variable) -> Picture:
    members = tuple(_variable(m) for m in v.members)
    facts = (_tight(v.type), _tight(v.printed), v.number, v.target, _tight(v.text), v.cut)
    return (v.name, *facts, _letters(v.remark or ""), members)


def _frame(f: model.Frame) -> Picture:
    code = f.code
    return (
        f.number,
        (
            code.symbol,
            code.function,
            code.address,
            code.address_class,
            code.offset,
            code.size,
            code.module,
            code.space,
        ),
        f.kind,
        f.inlined,
        f.crossing,
        f.reliability,
        tuple(_argument(a) for a in f.arguments),
        f.cut,
        _tight(f.fragment),
        _remark(f.remarks),
        tuple(_variable(v) for v in f.variables),
        tuple(_letters(row.text) for row in f.source_rows),
    )


def _stack(stack: model.Stack) -> Picture:
    return (stack.role, _tight(stack.title), tuple(_frame(f) for f in stack.frames))


@dataclass(frozen=True)
class Read:
    """What was read in a text: pictures of stacks and windows, and the codes of problems."""

    stacks: tuple[Picture, ...]
    windows: tuple[Picture, ...]
    problems: collections.Counter[str]
    arches: tuple[str | None, ...] = ()


def picture(parsed: model.Parsed) -> Read:
    """The crash of a text without columns."""
    crashes = parsed.crashes
    problems = [*parsed.problems, *(p for c in crashes for p in c.problems)]
    return Read(
        stacks=tuple(_stack(s) for c in crashes for s in c.stacks),
        windows=tuple(_variable(w) for c in crashes for w in c.windows),
        problems=collections.Counter(p.code for p in problems),
        arches=tuple(c.arch for c in crashes),
    )


@cache
def plain(text: str) -> Read:
    """The picture of an undamaged text."""
    return picture(parse(text))


# --- verdicts ----------------------------------------------------------------------------------------------------


def judge(text: str, damaged: str, chain: Sequence[damages.Damage]) -> Outcome:
    """Compare what is read in a text with what is read in the damaged one."""
    parsed = parse(damaged)
    misplaced = tuple(spans_that_lie(damaged, parsed))
    if misplaced:
        return Outcome(WRONG, misplaced)
    if any(damage.unseen for damage in chain):
        return Outcome(SAME)
    before, after = plain(text), picture(parsed)
    expected = before.stacks
    mixed = [d.adds for d in chain if d.adds]
    for added in dict.fromkeys(mixed):
        expected += plain(added).stacks
    stacks = after.stacks
    if mixed:
        # Which printer's stack comes first is nobody's fault.
        expected, stacks = _sorted(expected), _sorted(stacks)
    same_arch = mixed or before.arches == after.arches
    if (expected, before.windows) == (stacks, after.windows) and same_arch:
        return Outcome(SAME)
    lossy = any(damage.lossy for damage in chain)
    wrong = tuple(_wrong_frames(expected, stacks)) + tuple(
        _wrong_variables("window", before.windows, after.windows, headless=lossy)
    )
    if wrong:
        return Outcome(WRONG, wrong)
    why = tuple(_differences(expected, stacks))
    if before.windows != after.windows:
        why += (f"windows {after.windows} instead of {before.windows}",)
    if not same_arch:
        why += (f"arch {after.arches} instead of {before.arches}",)
    new = after.problems - before.problems
    said = new.keys() & LOSSES or (after.problems and _all_cut(expected, stacks))
    said = said or (lossy and _ends_early(expected, stacks, damaged))
    return Outcome(SAID if said else SILENT, why)


def _all_cut(expected: Sequence[Picture], seen: Sequence[Picture]) -> bool:
    """Whether all that differs are frames that are said to be cut, as they were before by less."""
    ours, theirs = _frames(expected), _frames(seen)
    return len(ours) == len(theirs) and all(
        a == b or b[7] for a, b in zip(ours, theirs, strict=True)
    )


def _ends_early(expected: Sequence[Picture], seen: Sequence[Picture], damaged: str) -> bool:
    """Whether a text was cut so early that only its first frames are left, of which the last is said to be cut; or none.

    A page that was one line keeps a hundred columns at most. Where no bar is left, nobody can tell that there was a stack.
    """
    ours, theirs = _frames(expected), _frames(seen)
    if not theirs:
        return "|" not in damaged and "&#124;" not in damaged and "\uff5c" not in damaged
    first = [f[:2] for f in ours[: len(theirs)]] == [f[:2] for f in theirs]
    return first and len(theirs) < len(ours) and bool(theirs[-1][7])


def _sorted(stacks: Iterable[Picture]) -> tuple[Picture, ...]:
    return tuple(sorted(stacks, key=lambda stack: repr(stack[2])))


def _frames(stacks: Iterable[Picture]) -> list[Picture]:
    return [frame for stack in stacks for frame in stack[2]]


def _wrong_frames(expected: Sequence[Picture], seen: Sequence[Picture]) -> Iterator[str]:
    """Frames, arguments and values that the undamaged text does not have and that are not marked as cut or unsure."""
    ours, theirs = _frames(expected), _frames(seen)
    pairs = difflib.SequenceMatcher(
        None, [f[:2] for f in ours], [f[:2] for f in theirs], autojunk=False
    )
    matched = {block.b + n: block.a + n for block in pairs.get_matching_blocks() for n in range(block.size)}  # fmt: skip
    for at, frame in enumerate(theirs):
        if at in matched:
            yield from _wrong_parts(ours[matched[at]], frame)
        elif frame[:2] in [f[:2] for f in ours] and len(theirs) <= len(ours):
            # Out of order, which the stacks show.
            yield f"frame in a wrong place: {_title(frame)}"
        elif frame[5] is model.Reliability.SURE and not _cut_name(frame):
            yield f"frame that is not there: {_title(frame)}"


def _cut_name(frame: Picture) -> bool:
    """Whether a frame says that even its name may not be whole."""
    return bool(frame[7]) and not frame[6] and not frame[8]


def _title(frame: Picture) -> str:
    return f"#{frame[0]} {frame[1][0] or frame[1][2]}"


def _wrong_parts(ours: Picture, theirs: Picture) -> Iterator[str]:
    title = _title(ours)
    if theirs[3] != ours[3]:
        yield f"{title}: inlined {theirs[3]} instead of {ours[3]}"
    if theirs[4] and not ours[4]:
        yield f"{title}: crossing"
    if ours[7] and not theirs[7]:
        yield f"{title}: no longer cut"
    left = collections.Counter(a[:4] for a in ours[6])
    for argument in theirs[6]:
        if left[argument[:4]]:
            left[argument[:4]] -= 1
        elif not argument[4]:
            yield f"{title}: argument {argument}"
        elif argument[2] is not None:
            yield f"{title}: a cut argument with a number {argument}"
    if len(theirs[6]) < len(ours[6]) and not theirs[7]:
        yield f"{title}: {len(theirs[6])} arguments instead of {len(ours[6])}"
    order = [a[0] for a in ours[6]]
    names = [a[0] for a in theirs[6]]
    # An argument whose value is doubted still has its place among the others.
    if any(a[4] is False and a[0] != name for a, name in zip(theirs[6], order, strict=False)):
        yield f"{title}: arguments {names} instead of {order}"
    yield from _wrong_variables(title, ours[10], theirs[10])


def _wrong_variables(
    title: str, ours: Sequence[Picture], theirs: Sequence[Picture], *, headless: bool = False
) -> Iterator[str]:
    # Where a damage took the head of a window, its members are still what they print: a loss, and nothing wrong.
    known = {
        (path[at:], v[2], v[3])
        for path, v in _walk(ours)
        for at in range(len(path) if headless else 1)
    }
    for path, v in _walk(theirs):
        if (path, v[2], v[3]) not in known and not v[6]:
            yield f"{title}: variable {'.'.join(path)} = {v[2]} ({v[3]})"


def _walk(
    variables: Iterable[Picture], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Picture]]:
    for v in variables:
        yield (*path, v[0]), v
        yield from _walk(v[8], (*path, v[0]))


_PARTS = "number code kind inlined crossing reliability arguments cut fragment remarks variables source".split()  # fmt: skip


def _differences(expected: Sequence[Picture], seen: Sequence[Picture]) -> Iterator[str]:
    if len(expected) != len(seen):
        yield f"{len(seen)} stacks instead of {len(expected)}"
    for one, other in zip(expected, seen, strict=False):
        if one[:2] != other[:2]:
            yield f"stack {other[:2]} instead of {one[:2]}"
        if len(one[2]) != len(other[2]):
            yield f"{len(other[2])} frames instead of {len(one[2])}"
        for ours, theirs in zip(one[2], other[2], strict=False):
            for part, a, b in zip(_PARTS, ours, theirs, strict=True):
                if a != b:
                    yield f"{_title(ours)}: {part} {b!r} instead of {a!r}"


# --- places --------------------------------------------------------------------------------------------------------

_SEQUENCES = re.compile(r"(?:\x1b|\^\[)?\[[0-9;]{0,12}[mK]|</?[a-z][^>]{0,80}>")
_RESPELLED = str.maketrans({"\u00d7": "x", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'} | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))  # fmt: skip
_QP = re.compile(r"(?:=[0-9A-F]{2})+")


def _unquoted(found: re.Match[str]) -> str:
    return bytes.fromhex(found[0].replace("=", "")).decode("utf-8", "replace")


def normal(text: str) -> str:
    """A piece of a damaged text as it was before, without blanks and dashes: enough to know a name again."""
    for _ in range(4):
        # Tags may stand within an entity, and full-width marks within an escaped text.
        untagged = _SEQUENCES.sub("", _QP.sub(_unquoted, text))
        plain = html.unescape(unicodedata.normalize("NFKC", untagged))
        if plain == text:
            break
        text = plain
    text = _SEQUENCES.sub("", text).translate(_RESPELLED)
    return "".join(
        c for c in text if not c.isspace() and c != "-" and unicodedata.category(c) != "Cf"
    )


# The first half of an entity that was broken in two: a character stands where its first half does.
_HALF_ENTITY = re.compile(
    r"&(?:amp;)?(?:l|g|a|am|q|qu|quo|#[0-9]{0,3}|#x[0-9A-Fa-f]{0,2})(?![\w;#])"
)


def _stands_for(printed: str, name: str) -> bool:
    """Whether a piece of the text spells a name; a character that was broken in two shows only its first half."""
    # Where a value was wrapped, a blank may stand between its pieces that stands nowhere in the text.
    seen, known = (
        "".join(normal("".join(each.split())).replace("\\", "").split()) for each in (printed, name)
    )
    return seen == known or bool(re.fullmatch(_respelled(seen), known))


def _respelled(seen: str) -> str:
    """The pattern of what a text stands for in which characters were broken in two."""
    return re.escape(seen).replace("\ufffd", ".?")


def _holds(seen: str, address: str) -> bool:
    """Whether an address stands somewhere in a piece of the text."""
    if "\ufffd" not in seen:
        return address in seen
    starts = range(len(seen))
    return any(
        re.fullmatch(_respelled(seen[start : start + width]), address)
        for start in starts
        for width in range(1, len(address) + 3)
    )


def spans_that_lie(text: str, parsed: model.Parsed) -> Iterator[str]:
    """Sentences about places that are not in the document, or where something else stands."""
    lines = parsed.document.lines

    def under(spans: Iterable[model.Span]) -> str:
        return "".join(lines[s.line][s.start : s.end] for s in spans)

    def bad(spans: Iterable[model.Span]) -> bool:
        return any(
            not (0 <= s.line < len(lines) and 0 <= s.start < s.end <= len(lines[s.line]))
            for s in spans
        )

    for crash in parsed.crashes:
        if bad(crash.spans) or list(crash.spans) != sorted(crash.spans):
            yield "spans of the crash"
        for problem in (*crash.problems, *parsed.problems):
            if problem.span and bad((problem.span,)):
                yield f"span of the problem {problem.message}"
        for mention in crash.mentions:
            if bad((mention.span,)):
                yield f"span of the mention {mention}"
            elif mention.name and not normal(under((mention.span,))).startswith(
                normal(mention.name)
            ):
                yield f"mention {mention.name} at {under((mention.span,))!r}"
        for stack in crash.stacks:
            if bad(stack.spans):
                yield "spans of a stack"
            for frame in stack.frames:
                yield from _lying_frame(frame, under, bad)
        for window in crash.windows:
            yield from _lying_variable(window, under, bad)


Under = Callable[[Iterable[model.Span]], str]
Bad = Callable[[Iterable[model.Span]], bool]


def _lying_frame(frame: model.Frame, under: Under, bad: Bad) -> Iterator[str]:
    code = frame.code
    title = f"#{frame.number} {code.symbol or code.address}"
    if not frame.spans or bad(frame.spans):
        yield f"spans of {title}: {frame.spans}"
        return
    if not code.name_spans or bad(code.name_spans):
        yield f"name spans of {title}: {code.name_spans}"
        return
    name = normal(under(code.name_spans))
    if code.symbol is not None and not any(
        _stands_for(under(code.name_spans), symbol)
        for symbol in (code.symbol, code.symbol + "[jt]")
    ):
        yield f"name of {title} at {under(code.name_spans)!r}"
    if code.symbol is None and not _holds(name.upper(), f"{code.address:X}"):
        yield f"address of {title} at {under(code.name_spans)!r}"
    covered = {(s.line, column) for s in frame.spans for column in range(s.start, s.end)}
    for argument in frame.arguments:
        yield from _lying_argument(title, argument, under, bad)
        for s in (*argument.spans, *argument.name_spans, *argument.value_spans):
            if any((s.line, column) not in covered for column in range(s.start, s.end)):
                yield f"{title}: {argument.name} stands outside of the frame's spans"
                break
    for variable in frame.variables:
        yield from _lying_variable(variable, under, bad)
    for row in frame.source_rows:
        if bad(row.spans):
            yield f"spans of a source row of {title}"


def _lying_argument(title: str, a: model.Argument, under: Under, bad: Bad) -> Iterator[str]:
    if bad((*a.spans, *a.name_spans, *a.value_spans)):
        yield f"{title}: spans of {a}"
        return
    if not _stands_for(under(a.name_spans), a.name or ""):
        yield f"{title}: name {a.name} at {under(a.name_spans)!r}"
    if a.value_spans and not _stands_for(under(a.value_spans), a.printed):
        yield f"{title}: value {a.printed} at {under(a.value_spans)!r}"
    if not a.spans:
        yield f"{title}: argument {a.name} stands nowhere"


def _lying_variable(v: model.Variable, under: Under, bad: Bad) -> Iterator[str]:
    if not v.spans or bad((*v.spans, *v.name_spans, *v.target_spans)):
        yield f"spans of variable {v.name}"
        return
    if v.name_spans and not _stands_for(under(v.name_spans), v.name):
        yield f"variable {v.name} at {under(v.name_spans)!r}"
    if v.target_spans and not _stands_for(under(v.target_spans), v.target or ""):
        yield f"target {v.target} at {under(v.target_spans)!r}"
    for member in v.members:
        yield from _lying_variable(member, under, bad)


# --- chains ------------------------------------------------------------------------------------------------------


def damaged(text: str, chain: Sequence[damages.Damage], chance: random.Random) -> str:
    """The text after every damage of the chain."""
    for damage in chain:
        text = damage.change(text, chance)
    return text


def run(text: str, chain: Sequence[damages.Damage], chance: random.Random) -> Outcome:
    """Damage a text and judge what is read; an exception is the worst of wrongs."""
    broken = damaged(text, chain, chance)
    try:
        return judge(text, broken, chain)
    except Exception as error:
        return Outcome(WRONG, (f"{type(error).__name__}: {error}",))


def chain(seed: int) -> tuple[Text, tuple[damages.Damage, ...], random.Random]:
    """The text and the damages that belong to a seed, and the rest of the randomness."""
    chance = random.Random(seed)
    return chance.choice(all_texts()), damages.chain_of(chance), chance


@dataclass
class Tally:
    """What came of many chains, by damage, with the seeds of those that failed."""

    counts: dict[str, collections.Counter[str]]
    failures: list[tuple[int, str, str, Outcome]]

    @staticmethod
    def empty() -> Tally:
        return Tally(collections.defaultdict(collections.Counter), [])

    def add(self, seed: int, text: str, chain: Sequence[damages.Damage], outcome: Outcome) -> None:
        for name in ("all", *(damage.name for damage in chain)):
            self.counts[name][outcome.verdict] += 1
        if outcome.verdict in (WRONG, SILENT, SAID):
            names = ",".join(damage.name for damage in chain)
            self.failures.append((seed, text, names, outcome))

    def table(self) -> Iterator[str]:
        yield f"{'damage':22}{'runs':>7}{'same':>7}{'said':>6}{'silent':>8}{'wrong':>7}"
        for name in sorted(self.counts, key=lambda n: (n != "all", n)):
            by = self.counts[name]
            yield f"{name:22}{by.total():7}{by[SAME]:7}{by[SAID]:6}{by[SILENT]:8}{by[WRONG]:7}"


def law(count: int, start: int = 0, seconds: float = float("inf")) -> Tally:
    """Run `count` random chains of three, or as many as `seconds` allow."""
    tally = Tally.empty()
    ends = time.monotonic() + seconds
    for seed in range(start, start + count):
        if time.monotonic() > ends:
            break
        text, chosen, chance = chain(seed)
        tally.add(seed, text.id, chosen, run(text.text, chosen, chance))
    return tally


def alone(texts: Iterable[Text], chosen: Iterable[damages.Damage]) -> Tally:
    """Each damage alone on each text; the seed is the number of the text."""
    tally = Tally.empty()
    given = tuple(texts)
    for damage in chosen:
        for seed, text in enumerate(given):
            tally.add(seed, text.id, (damage,), run(text.text, (damage,), random.Random(seed)))
    return tally


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


def _show(text: str, broken: str, outcome: Outcome) -> None:
    _say("--- text", text, "--- damaged", *(repr(line) for line in broken.split("\n")))
    _say(f"--- {outcome.verdict}", *outcome.why)


def show(tally: Tally, most: int = 40) -> None:
    """Print the table, and the first failures with what replays them."""
    _say(*tally.table())
    # Wrong ones first; of a kind the first few say enough.
    order = {WRONG: 0, SILENT: 1, SAID: 2}
    for seed, text, names, outcome in sorted(tally.failures, key=lambda f: order[f[3].verdict])[:most]:  # fmt: skip
        _say(f"{outcome.verdict} seed {seed} {names} on {text}", *(f"    {w[:300]}" for w in outcome.why[:2]))  # fmt: skip


def main(words: list[str]) -> int:
    """`law [COUNT [START]]`, `alone [NAME[,NAME…]]`, `replay SEED`, `one CASE NAME[,NAME…] [SEED]`."""
    match words:
        case ["law", *numbers]:
            tally = law(*(int(number) for number in numbers or ["10000"]))
            show(tally, 40)
            return int(any(f[3].verdict in (WRONG, SILENT) for f in tally.failures))
        case ["alone", *names]:
            chosen = [damages.BY_NAME[n] for n in names[0].split(",")] if names else damages.DAMAGES
            show(alone(all_texts(), chosen), 80)
        case ["replay", seed]:
            text, found, chance = chain(int(seed))
            _say(f"{text.id}: {', '.join(damage.name for damage in found)}")
            broken = damaged(text.text, found, chance)
            _show(text.text, broken, judge(text.text, broken, found))
        case ["one", name, kinds, *seeds]:
            (text,) = (t for t in all_texts() if t.id == name)
            found = tuple(damages.BY_NAME[kind] for kind in kinds.split(","))
            broken = damaged(text.text, found, random.Random(int(seeds[0]) if seeds else 0))
            _show(text.text, broken, judge(text.text, broken, found))
        case _:
            _say(main.__doc__ or "")
            return 2
    return 0
