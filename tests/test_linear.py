"""Ten times the text costs at most thirteen times the time: every expression, every repair, every assembler.

Inputs are made from the expressions themselves: what they spell, and all that is nearly a match, many times over. Times
are the best of several in one run, so that a busy machine does not speak.
"""

from __future__ import annotations

import dataclasses
import gc
import importlib
import itertools
import pkgutil
import random
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import pytest

from oopsight import arch, formats, log, model
from oopsight.model import text as model_text
from oopsight.util import texts
from support import verdicts

try:
    from re import _constants as sre
    from re import _parser as parser
except ImportError:  # Python 3.10
    import sre_constants as sre
    import sre_parse as parser

_SMALL, _LARGE, _MOST = 10_000, 100_000, 13.0
# What takes less is too short to be measured, and harms nobody.
_NOTHING = 0.002
_TRIES = 4
# Seconds of our own work after which nothing is measured any more.
_HANGS = 8.0
_FEW_UNITS, _MANY_UNITS = 32, 200
_SECONDS = 4.0


def _modules() -> Iterator[object]:
    for package in (formats, log, arch):
        yield package
        for found in pkgutil.iter_modules(package.__path__):
            yield importlib.import_module(f"{package.__name__}.{found.name}")
    yield from (model_text, texts)


def _patterns_in(value: object, name: str, depth: int = 0) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield name, value
    elif depth > 4:
        return
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _patterns_in(inner, f"{name}[{key}]", depth + 1)
    elif isinstance(value, (tuple, list)):
        for at, inner in enumerate(value):
            yield from _patterns_in(inner, f"{name}[{at}]", depth + 1)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            inner = getattr(value, field.name)
            yield from _patterns_in(inner, f"{name}.{field.name}", depth + 1)


def _patterns() -> dict[str, re.Pattern[str]]:
    """All compiled expressions that reading a text can use, each once."""
    found: dict[str, re.Pattern[str]] = {}
    seen = set()
    for module in _modules():
        short = module.__name__.removeprefix("oopsight.")
        for key, value in vars(module).items():
            for name, pattern in _patterns_in(value, f"{short}.{key}"):
                if (pattern.pattern, pattern.flags) not in seen:
                    seen.add((pattern.pattern, pattern.flags))
                    found[name] = pattern
    return found


PATTERNS = _patterns()

# --- inputs -----------------------------------------------------------------------------------------------------------

_CATEGORIES = {"DIGIT": "0", "SPACE": " ", "WORD": "a"}


def _members(items: Sequence[tuple[object, object]]) -> Iterator[str]:
    """Characters of a class: the ends of its ranges; of a negated one two that it is likely to contain."""
    if items and items[0][0] is sre.NEGATE:
        yield from ("a", " ")
        return
    for op, value in items:
        if op is sre.LITERAL:
            yield chr(value)
        elif op is sre.RANGE:
            yield from (chr(value[0]), chr(value[1]))
        elif op is sre.CATEGORY:
            yield next((c for k, c in _CATEGORIES.items() if str(value).endswith("_" + k)), "a")


def _walk(tree: Sequence[tuple[object, object]], found: list[str], chance: random.Random) -> str:
    """An example of what the expression matches; pieces of it and of what it does not take are put into `found`."""
    example = ""
    for op, value in tree:
        before = example
        if op is sre.LITERAL:
            example += chr(value)
        elif op in (sre.NOT_LITERAL, sre.ANY):
            example += "a"
        elif op is sre.IN:
            members = list(_members(value))
            found.extend(members[:8])
            example += chance.choice(members) if members else ""
        elif op is sre.SUBPATTERN:
            example += _walk(value[3], found, chance)
        elif op is sre.BRANCH:
            options = [_walk(branch, found, chance) for branch in value[1]]
            found.extend(options[:8])
            example += chance.choice(options)
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT) or str(op) == "POSSESSIVE_REPEAT":
            low, high, inner = value
            once = _walk(inner, found, chance)
            most = min(int(high), int(low) + 2)
            example += once * chance.randint(int(low), max(most, int(low)))
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            _walk(value[1], found, chance)
        elif str(op) == "ATOMIC_GROUP":
            example += _walk(value, found, chance)
        if len(example) > len(before):
            found.append(example[len(before) :])
    found.append(example)
    return example


def _scraps(pattern: re.Pattern[str], chance: random.Random) -> tuple[str, list[str]]:
    """An example of what the expression matches, and scraps of it."""
    found: list[str] = []
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    example = _walk(tree, found, chance)
    # Ends of lines would make many short lines, which are remembered, of a long one.
    unique = [
        scrap[:200] for scrap in dict.fromkeys(found) if scrap and not set("\r\n") & set(scrap)
    ]
    return example, [*unique, " ", "\t", "x"]


def _pairs(pattern: re.Pattern[str], most: int, chance: random.Random) -> list[tuple[str, str]]:
    """A beginning of a match, and what to repeat behind it: scraps of the expression by one, two and three."""
    found = {}
    for at in range(most):
        if at % 16 == 0:
            example, scraps = _scraps(pattern, chance)
            single = [scrap for scrap in scraps if len(scrap) == 1]
        few = chance.choice((1, 1, 1, 2, 2, 3))
        unit = "".join(chance.choices(single if chance.random() < 0.5 else scraps, k=few))
        whole = len(example) if chance.random() < 0.5 else chance.randrange(len(example) + 1)
        head = chance.choice(("", example[:whole], example[:whole]))
        found[head.replace("\n", " ").replace("\r", " "), unit] = None
    return list(found)


def _every_pair(pattern: re.Pattern[str], chance: random.Random) -> list[tuple[str, str]]:
    """Each beginning of some examples with each scrap of one character behind it."""
    found = {}
    for _ in range(3):
        example, scraps = _scraps(pattern, chance)
        head = example.replace("\n", " ").replace("\r", " ")[:80]
        for scrap in scraps:
            if len(scrap) == 1:
                found.update({(head[:end], scrap): None for end in range(len(head) + 1)})
    return list(found)


# Pairs that were too much once.
_WORST = (("(Aa) (0x0).a", "."),)


def _filled(head: str, unit: str, size: int, run: int) -> str:
    return head + unit * max((size - len(head)) // len(unit), 1) + f" {run:x}"


Make = Callable[[int, int], str]
Job = tuple[str, Callable[[str], object], Make]


# --- measuring --------------------------------------------------------------------------------------------------------


def _cost(work: Callable[[str], object], make: Make, size: int, seconds: float) -> float:
    """The best of some runs; each run gets lines of its own, so that nothing is remembered."""
    best = spent = float("inf")
    total, runs = 0.0, 0
    while runs < 1 or (total < seconds and runs < 12):
        own = make(size, next(_COUNT))
        started = time.process_time()
        work(own)
        spent = time.process_time() - started
        best, total, runs = min(best, spent), total + spent, runs + 1
        if best < _NOTHING / 20:
            break
    return best


_COUNT = itertools.count()


class _TooLongError(Exception):
    """A text is still read after a time in which the longest of all are read many times."""


def _watch(work: Callable[[], float]) -> float:
    """What `work` measures, or infinity when it takes too much of our own time, however busy the machine is."""
    ends = time.process_time() + _HANGS

    def alarm(*_: object) -> None:
        if time.process_time() > ends:
            raise _TooLongError
        signal.setitimer(signal.ITIMER_REAL, 1.0)

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, _HANGS)
    try:
        return work()
    except _TooLongError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ratio(work: Callable[[str], object], make: Make) -> float:
    """How many times more the large text costs than the small one; 0 where it costs nothing."""
    return _watch(lambda: _measured(work, make))


def _measured(work: Callable[[str], object], make: Make) -> float:
    large = _cost(work, make, _LARGE, 0.0)
    if large < _NOTHING:
        return 0.0
    worst = float("inf")
    for attempt in range(_TRIES):
        gc.collect()
        gc.disable()
        try:
            small = _cost(work, make, _SMALL, 0.03)
            if attempt:
                large = min(large, _cost(work, make, _LARGE, 0.1 * attempt))
        finally:
            gc.enable()
        if large < _NOTHING:
            return 0.0
        worst = min(worst, large / max(small, _NOTHING / 100))
        if worst <= _MOST:
            break
    return worst


def _too_slow(jobs: Sequence[Job], seconds: float) -> dict[str, float]:
    """The jobs that cost too much; when time is up the rest is left for another run."""
    ends = time.monotonic() + seconds
    found = {}
    for at, (name, work, make) in enumerate(jobs):
        if at > 20 and time.monotonic() > ends:
            break
        ratio = _ratio(work, make)
        if ratio > _MOST:
            found[name] = round(ratio, 1)
    return found


def _filling(head: str, unit: str) -> Make:
    return lambda size, run: _filled(head, unit, size, run)


def _lining(head: str, unit: str) -> Make:
    return lambda size, run: head + _many_lines(unit, size - len(head), run)


def _pattern_jobs(names: Iterable[str], most: int) -> list[Job]:
    jobs = []
    for name in names:
        chance = random.Random(name)
        pairs = [*_WORST, *_pairs(PATTERNS[name], most, chance)]
        if most >= _MANY_UNITS:
            pairs += _every_pair(PATTERNS[name], chance)
        for head, unit in pairs:
            title = f"{name} {head!r} + {unit!r}"
            jobs.append((title, PATTERNS[name].match, _filling(head, unit)))
    random.Random(8).shuffle(jobs)
    return jobs


# What stands before the repeated text, so that it is inside of something.
_OPENINGS = (
    "",
    "-001|f(a = ",
    "-001|f(",
    "-001|f(a = 1)\n",
    "-001|f()\n    |  a = (",
    "-001|f()\n(int) x = 0x1 = t[1] -> (\n",
    "> -001|f(a = 1)\n> ",
    "[    1.000000][   T1] -001|f(a = 1)\n[    1.000000][   T1] ",
    "=2D001|f(a =3D ",
    "<br>-001|f(a = 1) ",
)


def _many_lines(unit: str, size: int, run: int) -> str:
    """A line for each unit, no two alike, so that no line is remembered."""
    rows = []
    at = total = 0
    while total < size:
        rows.append(f"{unit}{run:x}{at:x}")
        total += len(rows[-1]) + 1
        at += 1
    return "\n".join(rows)


def _text_jobs(
    work: Callable[[str], object], units: Sequence[str], chance: random.Random, openings: int
) -> list[Job]:
    jobs = []
    for unit in units:
        for head in chance.sample(_OPENINGS, openings):
            jobs.append((f"one line {head!r} + {unit!r}", work, _filling(head, unit)))
            jobs.append((f"lines {head!r} + {unit!r}", work, _lining(head, unit)))
    chance.shuffle(jobs)
    return jobs


def _all_units(most: int) -> list[str]:
    """Units of all expressions, and lines of real texts: whole, and their beginnings."""
    chance = random.Random(9)
    units = [unit for p in PATTERNS.values() for _, unit in _pairs(p, most, chance)]
    units += [head for p in PATTERNS.values() for head, _ in _pairs(p, most, chance) if head]
    samples = [row.sample for row in log.PREFIXES]
    samples += [formats.get(name).sample for name in formats.names()]
    units += samples
    units += [sample[: chance.randrange(1, len(sample))] for sample in samples]
    rows = [row for text in verdicts.own_texts() for row in text.text.split("\n") if row.strip()]
    units += chance.sample(rows, min(len(rows), 10 * most))
    units = list(dict.fromkeys(units))
    chance.shuffle(units)
    return units


def _read(text: str) -> object:
    return log.read(model.Document.of(text))


def _parse(text: str) -> object:
    return formats.parse(model.Document.of(text))


def test_expressions_are_found() -> None:
    """The search for expressions sees the tables of formats and prefixes."""
    assert len(PATTERNS) > 30
    spelled = {pattern.pattern for pattern in PATTERNS.values()}
    for name in formats.names():
        assert {rule.pattern.pattern for rule in formats.get(name).rules} <= spelled
    assert {row.pattern.pattern for row in log.PREFIXES} <= spelled


def test_expressions() -> None:
    """A few inputs for each expression."""
    assert _too_slow(_pattern_jobs(PATTERNS, _FEW_UNITS), _SECONDS) == {}


def test_lines() -> None:
    """Prefixes and repairs, on one line and on many."""
    jobs = _text_jobs(_read, _all_units(1), random.Random(10), 1)
    assert _too_slow(jobs, _SECONDS) == {}


def test_assemblers() -> None:
    """Whole texts, on one line and on many."""
    jobs = [(f"{h!r} + {u!r}", _parse, _filling("-001|f()\n" + h, u)) for h, u in _WORST]
    jobs += _text_jobs(_parse, _all_units(1), random.Random(11), 1)
    assert _too_slow(jobs, _SECONDS) == {}


# Seconds for each of the long runs over whole texts; the inputs are measured in a random order until then.
_LONG = 240.0


@pytest.mark.slow
@pytest.mark.parametrize("name", PATTERNS)
def test_every_expression(name: str) -> None:
    """Many inputs for each expression."""
    assert _too_slow(_pattern_jobs([name], _MANY_UNITS), float("inf")) == {}


@pytest.mark.slow
def test_all_lines() -> None:
    """Prefixes and repairs, with many inputs for each expression."""
    jobs = _text_jobs(_read, _all_units(8), random.Random(12), 2)
    assert _too_slow(jobs, _LONG) == {}


@pytest.mark.slow
def test_all_assemblers() -> None:
    """Whole texts, with many inputs for each expression."""
    jobs = _text_jobs(_parse, _all_units(8), random.Random(13), 2)
    assert _too_slow(jobs, _LONG) == {}
