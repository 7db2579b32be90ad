"""Dumps of very many tasks: an answer at once, the same answer as always a moment later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oopsight import formats, ide, model, resolve, tree
from oopsight.lsp import buffers, session

SAMPLE = Path(__file__).parents[1] / "sample_kernel"
TASKS = 900
TASK = """\
[    4.491733] task:worker-{pid}      state:S stack:0     pid:{pid}     ppid:2      flags:0x00004000
[    4.491887] Call Trace:
[    4.491912]  <TASK>
[    4.491934]  get_page_from_freelist+0x34d/0x9e0
[    4.491973]  __alloc_pages_nodemask+0x5a/0xd0
[    4.492006]  handle_mm_fault+0x2ae/0x3a0
[    4.492050]  ? handle_pte_fault+0x380/0x380
[    4.492088]  do_page_fault+0x{kind}a/0x100
[    4.492204] RIP: 0033:0x47b{pid:03x}
[    4.492204]  </TASK>"""


@pytest.fixture(scope="module")
def sample() -> Iterator[tree.KernelTree]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OOPSIGHT_CACHE", "")
        yield tree.build_index(tree.open_tree(SAMPLE))


def _dump() -> str:
    return "\n".join(TASK.format(pid=pid, kind=pid % 3 + 1) for pid in range(1, TASKS + 1))


def _told(explanation: model.Explanation) -> list[object]:
    return [
        (frame.frame, frame.status, frame.position, frame.definition, frame.reasons)
        for crash in explanation.crashes
        for stack in crash.stacks
        for frame in stack.frames
    ]


def test_a_dump_is_explained_piece_by_piece(sample: tree.KernelTree) -> None:
    """What is said at first are functions; in the end each frame has the answer that it has alone."""
    parsed = formats.parse(model.Document.of(_dump()))
    assert sum(len(crash.stacks) for crash in parsed.crashes) == TASKS
    quick = resolve.explain(parsed, sample, quickly=True)
    assert resolve.is_unfinished(quick)
    for crash in quick.crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                assert frame.position is None
    pieces = 0
    while resolve.is_unfinished(quick):
        quick = resolve.continued(quick, sample, 0.001)
        pieces += 1
        assert pieces < 10
    whole = resolve.explain(parsed, sample)
    assert _told(quick) == _told(whole)
    assert [crash.verdict for crash in quick.crashes] == [crash.verdict for crash in whole.crashes]


def test_stacks_that_are_alike_have_the_same_answer(sample: tree.KernelTree) -> None:
    """Each frame's answer is about that frame, with its own places and its own address of a program."""
    explanation = resolve.explain(formats.parse(model.Document.of(_dump())), sample)
    lines = _dump().split("\n")
    addresses = set()
    for crash in explanation.crashes:
        for stack in crash.stacks:
            for answer, frame in zip(stack.frames, stack.stack.frames, strict=True):
                assert answer.frame is frame
            user = stack.frames[-1]
            assert lines[user.frame.spans[0].line].endswith(f"{user.frame.code.address:x}")
            assert f"0x{user.frame.code.address:X}" in user.reasons[0]
            addresses.add(user.frame.code.address)
    assert len(addresses) == TASKS


def test_the_session_explains_on(sample: tree.KernelTree) -> None:
    """A dump that is open is explained quickly, and then further, until nothing is left."""
    state = session.Session()
    state.use_tree(sample, ide.Stage.READY)
    key = "file:///dump.log"
    state.open(buffers.Buffer.of(_dump(), key, 1), "log")
    log = state.snapshot().log(key)
    assert log is not None
    assert resolve.is_unfinished(log.explanation)
    while state.explain_on(key, 0.01):
        pass
    log = state.snapshot().log(key)
    assert log is not None
    assert not resolve.is_unfinished(log.explanation)
    assert len(ide.document_links(state.snapshot(), key)) > 3 * TASKS
