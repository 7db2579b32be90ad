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
    yield f"CRASH: {' '.join(_facts(crash))}"
    if crash.title is not None:
        yield f"TITLE: {place(crash.title_spans)} {crash.title}"
    if crash.modules:
        yield f"MODULES: {' '.join(one.name + (f'({one.flags})' if one.flags else '') for one in crash.modules)}"
    for stack in crash.stacks:
        title = f" titled {stack.title}" if stack.title else ""
        yield f"STACK: {stack.format} {stack.role.value}{title}"
        for frame in stack.frames:
            yield f"FRAME: {_frame(frame)}"
            for variable in frame.variables:
                yield from _variable(variable, "LOCAL:")
            for row in frame.source_rows:
                yield f"SOURCE: {place(row.spans)} {row.text}"
    for registers in crash.registers:
        yield from _registers(registers)
    for code in crash.code:
        marked = (
            "none marked"
            if code.fault is None
            else f"{code.units[code.fault]:#x} at {code.fault} marked"
        )
        yield f"CODE: {place(code.spans)} {len(code.units)} units of {_bytes(code.width)}, {marked}"
    for memory in crash.memory:
        yield f"MEMORY: {_memory(memory)}"
    for value in crash.values:
        yield f"VALUE: {_value(value)}"
    for window in crash.windows:
        yield from _variable(window, "WINDOW:")
    for mention in crash.mentions:
        yield f"MENTION: {place((mention.span,))} {_mention(mention)}"
    for problem in crash.problems:
        where = place((problem.span,)) if problem.span else "-"
        yield f"PROBLEM: {where} {problem.code}: {problem.message}"


def _facts(crash: model.Crash) -> Iterator[str]:
    """What is known of a crash as a whole; what is not known is left out."""
    if crash.kind is not None:
        yield crash.kind
    yield f"arch {crash.arch}"
    if crash.follows is not None:
        yield f"follows {crash.follows}"
    if crash.cpu is not None:
        yield f"cpu {crash.cpu}"
    if crash.task is not None:
        yield f"task {crash.task.comm}/{crash.task.pid}"
    if crash.taint is not None:
        yield f"taint {crash.taint}"
    if crash.fault_address is not None:
        yield f"address {crash.fault_address:#x}"
    for name, told in (
        ("release", crash.release),
        ("upstream", crash.upstream),
        ("build", crash.build_id),
        ("hardware", crash.hardware),
    ):
        if told is not None:
            yield f"{name} {told}"


def _registers(found: model.RegisterSet) -> Iterator[str]:
    """Names with numbers; those that lead into code, or have no number, on lines of their own."""
    numbers = " ".join(
        f"{one.register}={one.number:x}" for one in found.registers if one.number is not None
    )
    lines = sorted({span.line + 1 for one in found.registers for span in one.spans})
    where = f"{lines[0]}-{lines[-1]}" if len(lines) > 1 else f"{lines[0]}"
    yield f"REGISTERS: {where} {len(found.registers)}{' of user space' if found.user else ''}: {numbers}"
    for one in found.registers:
        if one.code is not None or one.number is None:
            place_ = "" if one.code is None else f" {_code(one.code)}{_meant(one.convention)}"
            yield f"REGISTER: {place(one.spans)} {one.register} `{one.printed}`{place_}"


def _bytes(width: int) -> str:
    return "1 byte" if width == 1 else f"{width} bytes"


def _memory(memory: model.MemoryWords) -> str:
    """The dump's heading, place and size, and its first and last word."""
    first, last = memory.spans[0], memory.spans[-1]
    where = f"{first.line + 1}-{last.line + 1}" if first.line != last.line else f"{first.line + 1}"
    at = "somewhere" if memory.address is None else f"at {memory.address:#x}"
    words = [memory.words[0], memory.words[-1]]
    shown = " to ".join("unreadable" if word is None else f"{word:x}" for word in words)
    return (
        f"{where} {memory.title} {at}: {len(memory.words)} words of {_bytes(memory.width)}, {shown}"
    )


def _value(value: model.PrintedValue) -> str:
    names = "" if value.names is None else f" names `{value.names}`"
    domain = "" if value.domain is None else f" of {value.domain}"
    return f"{place(value.spans)} {value.name} = {value.printed}{_number(value.number, value.printed)}{names}{domain}"


def _code(code: model.CodeRef) -> str:
    """A place in code: its name or address with all that is printed beside it."""
    if code.symbol is None:
        prefix = "" if code.address_class is None else f"{code.address_class}:"
        return "nowhere" if code.address is None else f"{prefix}{code.address:#x}"
    offset = "" if code.offset is None else f"+{code.offset:#x}"
    words = [code.symbol + offset + ("" if code.size is None else f"/{code.size:#x}")]
    words += [f"is {code.function}"] if code.function != code.symbol else []
    words += [f"in {code.module}"] if code.module is not None else []
    words += [f"build {code.build_id}"] if code.build_id is not None else []
    words += [f"at {code.address:#x}"] if code.address is not None else []
    return " ".join(words)


def _meant(convention: model.Convention | None) -> str:
    return "" if convention is None else f" ({convention.value})"


def _frame(frame: model.Frame) -> str:
    words = [place(frame.spans)]
    words += [] if frame.number is None else [f"#{frame.number}"]
    words += [frame.kind.value, _code(frame.code) + _meant(frame.convention)]
    for argument in frame.arguments:
        words.append(f"| {_argument(argument)}")
    marks = {
        "inlined": frame.inlined,
        "crossing": frame.crossing,
        "unsure": frame.reliability is model.Reliability.UNSURE,
        "cut": frame.cut,
        f"fragment `{frame.fragment}`": frame.fragment is not None,
        f"on {frame.stack}": frame.stack is not None,
    }
    words += [f"<{mark}>" for mark, holds in marks.items() if holds]
    words += [] if frame.callee is None else [f"calls {_code(frame.callee)}"]
    positions = [*frame.chain, *([frame.printed] if frame.printed is not None else [])]
    words += [f"printed {one.path}:{one.line}" for one in positions]
    words += [f"saved {one.register}={one.printed}" for one in frame.registers]
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
    if mention.code:
        return f"{_code(mention.code)}{_meant(mention.convention)}"
    if mention.position:
        return f"{mention.position.path}:{mention.position.line}"
    return f"{mention.name}()" if mention.index is None else f"{mention.name}[{mention.index}]"
