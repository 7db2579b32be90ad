"""What was read, written so that a person can compare it with the text: one line for each element."""

from __future__ import annotations

from collections.abc import Iterator

from oopsight import model


def parsed(answer: model.Parsed) -> tuple[str, ...]:
    """All crashes of a document."""
    if not answer.crashes:
        return ("CRASH: none",)
    return tuple(line for crash in answer.crashes for line in _crash(crash))


def place(spans: tuple[model.Span, ...]) -> str:
    """`9:0-20`: line from 1, columns from 0, half-open; several where the element was put together."""
    return "+".join(f"{s.line + 1}:{s.start}-{s.end}" for s in spans)


def _crash(crash: model.Crash) -> Iterator[str]:
    yield f"CRASH: arch {crash.arch}"
    for stack in crash.stacks:
        title = f" titled {stack.title}" if stack.title else ""
        yield f"STACK: {stack.format} {stack.role.value}{title}"
        for frame in stack.frames:
            yield f"FRAME: {_frame(frame)}"
            for variable in frame.variables:
                yield from _variable(variable, "LOCAL:")
            for row in frame.source_rows:
                yield f"SOURCE: {place(row.spans)} {row.text}"
    for window in crash.windows:
        yield from _variable(window, "WINDOW:")
    for mention in crash.mentions:
        yield f"MENTION: {place((mention.span,))} {_mention(mention)}"
    for problem in crash.problems:
        where = place((problem.span,)) if problem.span else "-"
        yield f"PROBLEM: {where} {problem.code}: {problem.message}"


def _frame(frame: model.Frame) -> str:
    code = frame.code
    words = [place(frame.spans), f"#{frame.number}", frame.kind.value]
    if code.symbol is not None:
        offset = "" if code.offset is None else f"+{code.offset:#x}"
        words.append(code.symbol + offset + ("" if code.size is None else f"/{code.size:#x}"))
        words += [f"is {code.function}"] if code.function != code.symbol else []
    else:
        words.append(f"{code.address_class}:{code.address:#x}")
    for argument in frame.arguments:
        words.append(f"| {_argument(argument)}")
    marks = {
        "inlined": frame.inlined,
        "crossing": frame.crossing,
        "unsure": frame.reliability is model.Reliability.UNSURE,
        "cut": frame.cut,
        f"fragment `{frame.fragment}`": frame.fragment is not None,
    }
    words += [f"<{mark}>" for mark, holds in marks.items() if holds]
    words += [f"remark `{remark}`" for remark in frame.remarks]
    return " ".join(words)


def _argument(argument: model.Argument) -> str:
    home = f"[{argument.where}] " if argument.where is not None else ""
    name = f"{argument.name} = " if argument.name is not None else ""
    return f"{home}{name}{argument.printed}{_number(argument.number, argument.printed)}" + (
        " <cut>" if argument.cut else ""
    )


def _number(number: int | None, printed: str) -> str:
    return "" if number is None or str(number) == printed else f" ({number})"


def _variable(variable: model.Variable, key: str, depth: int = 0) -> Iterator[str]:
    words = [key, ". " * depth + place(variable.spans)]
    words += [f"({variable.type})"] if variable.type is not None else []
    words.append(
        f"{variable.name} = {variable.printed}{_number(variable.number, variable.printed)}"
    )
    words += [f"target {variable.target}"] if variable.target is not None else []
    words += [f"text `{variable.text}`"] if variable.text is not None else []
    words += ["<cut>"] if variable.cut else []
    words += [f"remark `{variable.remark}`"] if variable.remark is not None else []
    yield " ".join(words)
    for member in variable.members:
        yield from _variable(member, key, depth + 1)


def _mention(mention: model.SourceMention) -> str:
    if mention.position:
        return f"{mention.position.path}:{mention.position.line}"
    return f"{mention.name}()" if mention.index is None else f"{mention.name}[{mention.index}]"
