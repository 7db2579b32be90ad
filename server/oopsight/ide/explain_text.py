"""An explanation as a text for people: every frame with its line, then the walk through the source.

All foreign text goes through `words.visible`, since it is printed to a terminal.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from oopsight import model
from oopsight.ide import excerpts, problems, walkthroughs, words

_WIDTH = 110
_INDENT = "      "
_LABEL = 10
_MOST_CANDIDATES = 6


def render(explanation: model.Explanation, parsed: model.Parsed, lines: excerpts.Lines) -> str:
    """Everything that is said about a text; `lines` gives the lines of a file of the tree."""
    out: list[str] = []
    for root in explanation.roots:
        release = f" (Linux {words.visible(root.release)})" if root.release else ""
        out.append(f"{_root_title(root.id)}: {words.visible(root.path)}{release}")
    total = len(explanation.crashes)
    for number, crash in enumerate(explanation.crashes, 1):
        out += ["", *_crash(crash, number, total, lines)]
    said = problems.all_problems(parsed, explanation)
    notes = [*_notes(problem for problem in said if problem.code != problems.VERDICT)]
    if notes:
        out += ["", "Notes", *notes]
    return "\n".join(line.rstrip() for line in out).strip("\n") + "\n"


def _root_title(key: str) -> str:
    """How a source root is called; paths below others than the tree begin with their id."""
    if key == "tree":
        return "Source tree"
    return f"Build directory ({key}:/)" if key == "build" else f"Further sources ({key}:/)"


def _crash(
    crash: model.ResolvedCrash, number: int, total: int, lines: excerpts.Lines
) -> Iterator[str]:
    title = f": {words.visible(crash.crash.title)}" if crash.crash.title else ""
    facts = [
        *([f"architecture {crash.arch}"] if crash.arch else []),
        *([f"Linux {words.visible(crash.crash.release)}"] if crash.crash.release else []),
        *_line_range(crash.crash.spans),
    ]
    yield f"Crash {number} of {total}{title}" + (f" ({', '.join(facts)})" if facts else "")
    yield from _verdict(crash)
    yield from _report(crash)
    for stack in crash.stacks:
        yield from _stack(stack, lines)
    if crash.values:
        yield from ("", "Other values")
        for value in crash.values:
            yield from _value(value, 1)
    for stack in crash.stacks:
        yield from _walk(stack, lines)


def _report(crash: model.ResolvedCrash) -> Iterator[str]:
    """What the report says of the crash as a whole, and its registers, a few lines each."""
    printed = crash.crash
    told = [f"{name} {text}" for name, text in words.facts(crash) if name != "kernel"]
    if printed.follows is not None:
        told.append(f"after crash {printed.follows + 1}, from which it may only follow")
    if told:
        yield from textwrap.wrap("; ".join(told), _WIDTH, break_on_hyphens=False)
    if printed.modules:
        names = " ".join(
            one.name + (f"({one.flags})" if one.flags else "") for one in printed.modules
        )
        yield from textwrap.wrap(words.visible(f"modules {names}"), _WIDTH, subsequent_indent="  ")
    for found in printed.registers:
        rows = " ".join(
            f"{one.register}={one.number:x}" for one in found.registers if one.number is not None
        )
        if rows:
            whose = "registers of user space" if found.user else "registers"
            yield from textwrap.wrap(f"{whose} {rows}", _WIDTH, subsequent_indent="  ")


def _verdict(crash: model.ResolvedCrash) -> Iterator[str]:
    """Whether the tree is that of the crash."""
    for problem in crash.problems:
        if problem.code == problems.VERDICT:
            said = f"{problem.message} {problem.hint or ''}"
            yield from textwrap.wrap(
                words.visible(said), _WIDTH, break_long_words=False, break_on_hyphens=False
            )


def _line_range(spans: tuple[model.Span, ...]) -> list[str]:
    if not spans:
        return []
    first = min(span.line for span in spans) + 1
    last = max(span.line for span in spans) + 1
    return [f"line {first}" if first == last else f"lines {first} to {last}"]


def _stack(stack: model.ResolvedStack, lines: excerpts.Lines) -> Iterator[str]:
    title = f": {words.visible(stack.stack.title)}" if stack.stack.title else ""
    count = len(stack.frames)
    yield ""
    yield (
        f"Stack ({stack.stack.role.value}, {stack.stack.format}){title}, "
        f"{count} frame{'' if count == 1 else 's'}, innermost first"
    )
    for frame in stack.frames:
        if frame.frame.crossing:
            yield from ("", f"{_INDENT}--- exception ---")
        yield from ("", *_frame(frame, lines))


def _frame(frame: model.ResolvedFrame, lines: excerpts.Lines) -> Iterator[str]:
    printed = frame.frame
    number = "-" if printed.number is None else str(printed.number)
    remark = words.remark(printed)
    unsure = "" if printed.reliability is model.Reliability.SURE else ", may be stale"
    yield f"{number:>3}   {words.frame_name(printed)}" + (f" ({remark})" if remark else "") + unsure
    yield from _where(frame, lines)
    if frame.status is not model.Status.EXACT or model.Evidence.TABLE in frame.evidence:
        for reason in frame.reasons:
            yield from _labelled("because", reason)
    for hop in frame.hops:
        place = f"{words.position(hop.position)}  {words.visible(hop.name)} ({words.HOP[hop.kind]})"
        yield from _labelled("through", place)
        yield from _source(hop.position, lines)
    if frame.status is not model.Status.EXACT:
        yield from _candidates(frame, lines)
    for value in frame.arguments:
        if words.is_shown(value):
            yield from _value(value, 1)
    for value in frame.variables:
        yield from _value(value, 1)
    for written in printed.remarks:
        yield from _labelled("remark", words.visible(written))


def _where(frame: model.ResolvedFrame, lines: excerpts.Lines) -> Iterator[str]:
    if frame.position is not None:
        yield f"{_INDENT}{words.position(frame.position)}  {words.status(frame)}"
        yield from _source(frame.position, lines)
        return
    yield f"{_INDENT}{words.status(frame)}"
    if frame.definition is not None:
        yield from _labelled("defined at", words.position(frame.definition.position))


def _source(position: model.SourcePos, lines: excerpts.Lines) -> Iterator[str]:
    line = excerpts.single(lines, position)
    if line:
        yield f"{_INDENT}  {position.line:>6} | {words.visible(line)}"


def _candidates(frame: model.ResolvedFrame, lines: excerpts.Lines) -> Iterator[str]:
    label = "or" if frame.position is not None else "one of"
    shown = frame.candidates[:_MOST_CANDIDATES]
    for candidate in shown:
        reasons = " ".join(candidate.reasons)
        yield from _labelled(label, f"{words.position(candidate.position)}  {reasons}")
        yield from _source(candidate.position, lines)
    if len(frame.candidates) > len(shown):
        left = len(frame.candidates) - len(shown)
        yield from _labelled("", f"and {words.rest(left, 'place')}")


def _labelled(label: str, text: str) -> Iterator[str]:
    """`text` behind a label, wrapped below itself."""
    start = f"{_INDENT}{label:<{_LABEL}} "
    yield from textwrap.wrap(
        words.visible(text),
        _WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [start]


def _value(value: model.ResolvedValue, depth: int) -> Iterator[str]:
    indent = _INDENT + "  " * (depth - 1)
    yield f"{indent}{words.value_line(value)}"
    for other in value.alternatives:
        text = f"{words.visible(other.text)} if {words.visible(other.condition)}"
        yield f"{indent}  or {text}"
    said = [*value.derivation, *(f"doubtful: {doubt}" for doubt in value.doubts)]
    for sentence in said:
        yield from textwrap.wrap(
            words.visible(sentence),
            _WIDTH,
            initial_indent=f"{indent}  ",
            subsequent_indent=f"{indent}    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    better = words.expected(value)
    if better:
        yield f"{indent}  {better}"
    for member in value.members:
        yield from _value(member, depth + 1)


def _walk(stack: model.ResolvedStack, lines: excerpts.Lines) -> Iterator[str]:
    """The steps of a stack with their lines; nothing when no frame has a line."""
    steps = walkthroughs.walk(stack, lines)
    if not any(step.rows for step in steps):
        return
    yield ""
    yield "The way through the source, in the order of control flow"
    for step in steps:
        yield ""
        yield f"[{step.number}] {step.title}"
        yield f"{_INDENT}{step.place}"
        for row in step.rows:
            if row.number is None:
                yield f"{_INDENT}       //snip"
            else:
                arrow = f"  // <--[{step.number}] {step.arrow}" if row.marked else ""
                yield f"{_INDENT}{row.number:>6} {words.visible(row.text)}{arrow}"


def _notes(found: Iterable[model.Problem]) -> Iterator[str]:
    for problem in found:
        where = "" if problem.span is None else f"line {problem.span.line + 1}: "
        hint = f" {problem.hint}" if problem.hint else ""
        yield from textwrap.wrap(
            words.visible(f"{where}{problem.message}{hint}"),
            _WIDTH,
            initial_indent="  - ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def decoded(value: model.DecodedValue) -> str:
    """A number that was decoded on its own, with the line that states each name."""
    out = [f"{words.number(value.number)}: {words.visible(value.text)}"]
    for part in value.parts:
        place = f"  {words.position(part.position)}" if part.position is not None else ""
        out.append(f"  {part.mask:#12x}  {words.visible(part.name)}{place}")
    for field in value.fields:
        bits = str(field.low) if field.high == field.low else f"{field.high}:{field.low}"
        text = f": {words.visible(field.text)}" if field.text else ""
        place = f"  {words.position(field.position)}" if field.position is not None else ""
        out.append(f"  [{bits}] {words.visible(field.name)} = {field.value}{text}{place}")
    if value.unknown:
        out.append(f"  {value.unknown:#12x}  (no name)")
    out += [
        f"  or {words.visible(o.text)} if {words.visible(o.condition)}" for o in value.alternatives
    ]
    out += [f"  {words.visible(note)}" for note in (*value.notes, *value.doubts)]
    return "\n".join(out) + "\n"
