"""An explanation as the JSON of the command line. Its fields are a contract: always all there, absent facts null.

`Span` lines count from 0 in the core and from 1 here; columns are code points from 0 in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oopsight import model, values
from oopsight.ide import problems

SCHEMA = 1
Json = dict[str, Any]


def render(explanation: model.Explanation, parsed: model.Parsed) -> Json:
    """Everything that is said about a text."""
    about_crashes = {
        problem for crash in explanation.crashes for problem in problems.crash_problems(crash)
    }
    return {
        "schema": SCHEMA,
        "roots": roots(explanation.roots),
        "images": [
            {
                "id": one.id,
                "path": one.path,
                "build_id": one.build_id,
                "arch": one.arch,
                "matches": one.matches,
            }
            for one in explanation.images
        ],
        "crashes": [_crash(crash) for crash in explanation.crashes],
        **({"mentions": [_mention(one) for one in parsed.mentions]} if parsed.mentions else {}),
        "problems": [
            _problem(problem)
            for problem in problems.all_problems(parsed, explanation)
            if problem not in about_crashes
        ],
    }


def roots(found: tuple[model.Root, ...]) -> list[Json]:
    """The source roots that answers refer to."""
    return [{"id": root.id, "path": root.path, "release": root.release} for root in found]


def _crash(crash: model.ResolvedCrash) -> Json:
    printed = crash.crash
    return {
        "title": printed.title,
        "arch": crash.arch,
        "release": printed.release,
        "kind": printed.kind,
        "follows": printed.follows,
        "build_id": printed.build_id,
        "cpu": printed.cpu,
        "task": None
        if printed.task is None
        else {"comm": printed.task.comm, "pid": printed.task.pid},
        "taint": printed.taint,
        "fault_address": _address(printed.fault_address),
        "hardware": printed.hardware,
        "modules": [{"name": one.name, "flags": one.flags} for one in printed.modules],
        "slide": None,
        "spans": _spans(printed.spans),
        "stacks": [_stack(stack) for stack in crash.stacks],
        "registers": [
            _register(register, number)
            for number, one in enumerate(printed.registers)
            for register in one.registers
        ],
        "code": [_code(one) for one in printed.code],
        "memory": [_memory(one) for one in printed.memory],
        "values": [
            *(value_json(value) for value in crash.values),
            *(_printed(value) for value in printed.values),
        ],
        "mentions": [_mention(mention) for mention in printed.mentions],
        "tree": verdict_json(crash.verdict),
        "problems": [_problem(problem) for problem in problems.crash_problems(crash)],
    }


def _register(register: model.RegisterValue, of: int) -> Json:
    """A register as a value; `set` tells the sets apart that one crash prints."""
    value = model.ResolvedValue(
        register.register,
        register.printed,
        register.number,
        evidence="printed" if register.number is None else "register",
        spans=register.spans,
    )
    return {
        **value_json(value),
        "set": of,
        "spans": _spans(register.spans),
        **(
            {} if register.code is None else {"code": _code_ref(register.code, register.convention)}
        ),
    }


def _code_ref(code: model.CodeRef, convention: model.Convention | None) -> Json:
    return {
        "function": code.function,
        "symbol": code.symbol,
        "module": code.module,
        "offset": code.offset,
        "size": code.size,
        "address": _address(code.address),
        "convention": None if convention is None else convention.value,
    }


def _code(code: model.CodeBytes) -> Json:
    return {
        "units": list(code.units),
        "width": code.width,
        "fault": code.fault,
        "spans": _spans(code.spans),
    }


def _memory(memory: model.MemoryWords) -> Json:
    return {
        "title": memory.title,
        "address": _address(memory.address),
        "width": memory.width,
        "words": [None if word is None else f"{word:#x}" for word in memory.words],
        "spans": _spans(memory.spans),
    }


def _printed(value: model.PrintedValue) -> Json:
    known = model.ResolvedValue(
        value.name, value.printed, value.number, domain=value.domain, text=value.names
    )
    return {**value_json(known), "spans": _spans(value.spans)}


def _mention(mention: model.SourceMention) -> Json:
    return {
        "span": _span(mention.span),
        "name": mention.name,
        "position": None
        if mention.position is None
        else {"file": mention.position.path, "line": mention.position.line},
        "code": None if mention.code is None else _code_ref(mention.code, mention.convention),
    }


def _stack(stack: model.ResolvedStack) -> Json:
    printed = stack.stack
    return {
        "format": printed.format,
        "role": printed.role.value,
        "title": printed.title,
        "frames": [_frame(frame, index) for index, frame in enumerate(stack.frames)],
    }


def _frame(frame: model.ResolvedFrame, index: int) -> Json:
    printed = frame.frame
    code = printed.code
    return {
        "id": index,
        "number": printed.number,
        "log_line": printed.spans[0].line + 1 if printed.spans else None,
        "spans": _spans(printed.spans),
        "function": code.function,
        "symbol": code.symbol,
        "module": code.module,
        "offset": code.offset,
        "size": code.size,
        "address": _address(code.address),
        "kind": printed.kind.value,
        "convention": None if printed.convention is None else printed.convention.value,
        "stack": printed.stack,
        "callee": None if printed.callee is None else printed.callee.function,
        "inlined": printed.inlined,
        "reliable": printed.reliability is model.Reliability.SURE,
        "cut": printed.cut,
        "definition": _position(frame.definition.position if frame.definition else None),
        "location": _position(frame.position),
        "status": frame.status.value,
        "evidence": [evidence.value for evidence in frame.evidence],
        "reasons": list(frame.reasons),
        "candidates": [_candidate(candidate) for candidate in frame.candidates],
        "hops": [_hop(hop) for hop in frame.hops],
        "arguments": [value_json(value) for value in frame.arguments],
        "variables": [value_json(value) for value in frame.variables],
        **({"remarks": list(printed.remarks)} if printed.remarks else {}),
    }


def _candidate(candidate: model.Candidate) -> Json:
    return {
        **_place(candidate.position),
        "reasons": list(candidate.reasons),
        "hops": [_hop(hop) for hop in candidate.hops],
    }


def _hop(hop: model.Hop) -> Json:
    return {
        "name": hop.name,
        "kind": hop.kind.value,
        "definition": _position(hop.definition),
        "location": _position(hop.position),
        "arguments": [value_json(value) for value in hop.arguments],
    }


def value_json(value: model.ResolvedValue) -> Json:
    """One value; `members` and `target` are those of variables."""
    return {
        "name": value.name,
        "type": value.type,
        "printed": value.printed,
        "number": value.number,
        "hex": _hex(value.number, value.bits),
        "bits": value.bits,
        "domain": value.domain,
        "text": value.text,
        "parts": [_part(part) for part in value.parts],
        "fields": [run for field in value.fields for run in _field(field, value)],
        "unknown": value.unknown,
        "alternatives": [_alternative(other) for other in value.alternatives],
        "evidence": value.evidence,
        "at": value.at,
        "derivation": list(value.derivation),
        "doubts": list(value.doubts),
        "expected": value.expected,
        "cut": value.cut,
        "target": value.target,
        "members": [value_json(member) for member in value.members],
    }


def decoded_json(printed: str, decoded: model.DecodedValue) -> Json:
    """A number that was decoded on its own: a value without a name or a place."""
    return value_json(
        model.ResolvedValue(
            name=None,
            printed=printed,
            number=decoded.number,
            bits=decoded.domain.bits,
            domain=decoded.domain.key,
            text=decoded.text,
            parts=decoded.parts,
            fields=decoded.fields,
            unknown=decoded.unknown,
            alternatives=decoded.alternatives,
            doubts=decoded.doubts,
        )
    )


def _part(part: model.Part) -> Json:
    return {"name": part.name, "mask": part.mask, "source": _position(part.position)}


def _field(field: model.DecodedField, of: model.ResolvedValue) -> Iterator[Json]:
    """A field, in pieces when its bits are not adjacent: the lowest piece bears its name and meaning.

    The others say where they stand in the field's value (`status[4]`) and are left out when they are zero. So
    `value << low` of all that is listed makes up the number.
    """
    for at, high, low in _runs(field, of):
        value = field.value >> at & ((1 << (high - low + 1)) - 1)
        if at == 0 or value:
            yield {
                "name": field.name if at == 0 else f"{field.name}[{at}]",
                "high": high,
                "low": low,
                "mask": value << low,
                "value": value,
                "text": field.text if at == 0 else None,
                "source": field.source,
                "location": _position(field.position),
            }


def _runs(field: model.DecodedField, of: model.ResolvedValue) -> list[tuple[int, int, int]]:
    """The adjacent bits of a field, the lowest first: where they stand in its value, the highest and the lowest."""
    domain = values.domain(of.domain) if of.domain is not None else None
    layouts = () if domain is None else domain.layouts
    bits = next(
        (
            known.bits
            for layout in layouts
            for known in layout.fields
            if (known.name, known.high, known.low) == (field.name, field.high, field.low)
            and layout.source == field.source
        ),
        (),
    )
    runs: list[tuple[int, int, int]] = []
    for at, bit in enumerate(reversed(bits)):
        if runs and runs[-1][1] + 1 == bit:
            first, _, low = runs[-1]
            runs[-1] = (first, bit, low)
        else:
            runs.append((at, bit, bit))
    return runs or [(0, field.high, field.low)]


def _alternative(other: model.Alternative) -> Json:
    return {
        "text": other.text,
        "condition": other.condition,
        "parts": [_part(part) for part in other.parts],
    }


def _address(address: int | None) -> Json | None:
    return None if address is None else {"number": address, "hex": f"{address:#x}"}


def _hex(number: int | None, bits: int | None) -> str | None:
    """A number in hex; a negative one as the bits that hold it."""
    if number is None:
        return None
    if number < 0:
        width = bits or 32
        number &= (1 << (width if number >= -(1 << (width - 1)) else 64)) - 1
    return f"{number:#x}"


def _position(position: model.SourcePos | None) -> Json | None:
    if position is None:
        return None
    return _place(position)


def _place(position: model.SourcePos) -> Json:
    root, file = model.rooted(position.path)
    return {"root": root, "file": file, "line": position.line}


def verdict_json(verdict: model.TreeVerdict | None) -> Json | None:
    """Whether the tree is that of the crash; null when nothing was looked at."""
    if verdict is None:
        return None
    match = None if verdict.match is None else verdict.match.value
    return {"verdict": match, "reasons": list(verdict.reasons)}


def _spans(spans: tuple[model.Span, ...]) -> list[Json]:
    return [_span(span) for span in spans]


def _span(span: model.Span) -> Json:
    return {"line": span.line + 1, "start": span.start, "end": span.end}


def _problem(problem: model.Problem) -> Json:
    return {
        "code": problem.code,
        "message": problem.message,
        "span": None if problem.span is None else _span(problem.span),
        "hint": problem.hint,
    }
