"""Hovers on what a kernel's report says beside its stacks' places: what a frame is, titles, registers, modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oopsight import model, resolve
from oopsight.ide import cursors, facts, markdown, taints, words, workspaces
from oopsight.ide.markdown import Code, Items, Strong, Text, paragraph

C = model.Convention
F = model.FrameKind


def about_frame(frame: model.Frame) -> Iterator[markdown.Block]:
    """What the printed line is: how its number is meant, whether it is vouched for, on which stack it ran."""
    said = [*_meant(frame), *_circumstances(frame)]
    if said:
        yield paragraph(*markdown.sentence(" ".join(said)))


def _meant(frame: model.Frame) -> Iterator[str]:
    code = frame.code
    if frame.kind is F.FAULT:
        yield "The instruction that faulted stands here."
    elif frame.kind is F.INTERRUPTED:
        yield "The instruction that was interrupted stands here."
    elif frame.reliability is model.Reliability.UNSURE:
        yield (
            "The kernel doubts this entry: the address was found on the stack, but it may be left over from an earlier call."
        )
    elif frame.convention is C.RETURN and (code.offset is not None or code.address is not None):
        place = f"`+{code.offset:#x}`" if code.offset is not None else f"`{code.address:#x}`"
        yield f"{place} is a return address: the call is the instruction before it."
    elif frame.convention is C.CALL_SITE:
        yield "The printed place is the call itself."
    if code.offset is not None and code.size is not None:
        yield f"Offset {code.offset:#x} of the {code.size:#x} bytes of `{code.symbol}`."


def _circumstances(frame: model.Frame) -> Iterator[str]:
    if frame.callee is not None and frame.callee.symbol is not None:
        yield f"It called `{frame.callee.symbol}`."
    if frame.stack not in (None, "TASK"):
        yield f"It ran on the {frame.stack} stack."
    if frame.code.module is not None:
        yield f"Module `{frame.code.module}`."
    if frame.registers:
        saved = ", ".join(f"`{one.register}` = {one.printed}" for one in frame.registers)
        yield f"It saved {saved}."


def title(workspace: workspaces.Workspace, hit: cursors.TitleHit) -> Iterator[markdown.Block]:
    """A crash in a few lines: what, who, where, and what is known of the kernel."""
    crash = hit.crash.crash
    kind = f" ({crash.kind})" if crash.kind else ""
    yield paragraph(Strong(words.visible(crash.title or "Crash")), Text(kind))
    if crash.follows is not None:
        first = _crash_at(workspace, hit.crash, crash.follows)
        name = f": {first.title}" if first is not None and first.title else ""
        yield paragraph(
            Text(f"The same boot had crashed before{name}. What went wrong first matters more.")
        )
    told = tuple(taints.explained(workspace, crash.taint)) if crash.taint else ()
    explained = any(one.name is not None for one in told)
    rows = [row for row in _rows(hit.crash) if not (explained and row[0] == "taint")]
    yield Items(tuple((Text(f"{name}: "), *pieces) for name, pieces in rows))
    if explained:
        yield paragraph(Strong("Taint:"))
        yield Items(tuple(_taint(workspace, one) for one in told))


def _rows(crash: model.ResolvedCrash) -> Iterator[tuple[str, tuple[markdown.Piece, ...]]]:
    for name, text in words.facts(crash):
        yield name, (Code(text),)
    fault = next(
        (f for stack in crash.stacks for f in stack.frames if f.frame.kind is F.FAULT), None
    )
    if fault is not None:
        yield "in", (Code(words.frame_name(fault.frame)),)


def _crash_at(
    workspace: workspaces.Workspace, crash: model.ResolvedCrash, number: int
) -> model.Crash | None:
    for log in workspace.logs.values():
        if crash in log.explanation.crashes and number < len(log.parsed.crashes):
            return log.parsed.crashes[number]
    return None


def _taint(workspace: workspaces.Workspace, taint: taints.Taint) -> tuple[markdown.Piece, ...]:
    if taint.name is None or taint.position is None:
        return (Code(taint.letter),)
    return (
        Code(taint.letter),
        Text(f" {taint.name}, "),
        facts.place(workspace, taint.position),
    )


def register(workspace: workspaces.Workspace, hit: cursors.RegisterHit) -> Iterator[markdown.Block]:
    """A register: its number, and what an address in it is."""
    found = hit.register
    if found.number is None:
        if found.code is not None and found.code.symbol is not None:
            yield paragraph(Code(f"{found.register} = {found.code.symbol}"))
        return
    yield paragraph(Code(f"{found.register} = {found.number:#x}"), Text(f" ({found.number})"))
    if workspace.tree is not None:
        meaning = resolve.address(workspace.tree, found.number, hit.crash)
        if meaning is not None:
            yield paragraph(Text(f"{meaning}."))
    if found.code is not None and found.code.symbol is not None:
        yield paragraph(Text("It points into "), Code(found.code.symbol))


def place_in_code(mention: model.SourceMention) -> Iterable[markdown.Block]:
    """A place in code that is no frame: what the line says of it."""
    code = mention.code
    if code is None or code.symbol is None:
        return
    offset = "" if code.offset is None else f"+{code.offset:#x}"
    size = "" if code.size is None else f"/{code.size:#x}"
    module = (Text(" of module "), Code(code.module)) if code.module else ()
    meant = {
        C.RETURN: ", a return address: the call is the instruction before it",
        C.EXACT: ", this very instruction",
        C.CALL_SITE: ", the call itself",
    }
    said = "" if mention.convention is None else meant[mention.convention]
    yield paragraph(Code(f"{code.symbol}{offset}{size}"), *module, Text(f"{said}."))


def module(crash: model.ResolvedCrash, name: str) -> Iterator[markdown.Block]:
    """A module of the list, with its flags."""
    for one in crash.crash.modules:
        if one.name == name:
            flags = (Text(", flags "), Code(one.flags)) if one.flags else ()
            yield paragraph(Text("Module "), Code(one.name), *flags)
            return
