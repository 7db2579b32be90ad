"""Every shape of TRACE32 text against what a person typed from it: the truth here was made by no parser.

A row is a frame: number, kind, name, arguments between ` | `, and in `<…>` what is special. `. name = value` is a local
variable below it, `> text` a row of source. `cut` goes with `fragment`, what stands unread at the cut.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oopsight import formats, model
from support import cases

SHAPES = {
    "unknown-values": """
        stack
        0 call sample_stop | ?
        1 call sample_sync | ? | ? | ? | datasync = 0x0 | atomic = TRUE
        2 call sample_read | regs = ? | ret = ???
        3 call sample_copy | ??? | len = 16
        4 call sample_wait | timeout = 0x01F4 | ?
        5 call sample_loop | state = ??? | 17 | ?
        6 call sample_thread
    """,
    "homes": """
        stack
        0 call sample_map | [X19] p = 0xFFFFFF93227FBC40 | [X0] ?
        1 call sample_move | [NSD:0xFFFFFF80088CBBD0] from = 0xFFFFFF80088CBD88 | [NSD:0xFFFFFF80088CBBC8] to = 0x0
        2 call sample_bind | [?] drv = ? | [locdesc] dev = ? | [locdesc] id = 7
        3 call sample_irq | domain = 0xFFFFFF8801000A00 | :hwirq = 27
        4 call panic | :fmt = 0xFFFFFFC081234567
        5 call sample_arm | [R4] lock = 0xC1731380 | [SD:0xC6D61F90] flags = -1
        6 call sample_riscv | [a0] dev = 0xFFFFFFD801234000 | [s1] count = 3
        7 call sample_ppc | [R31] regs = 0xC00000000FFF3E80 | [D:0xC0000000FFF3E900] ret = ???
        8 call sample_x86 | [RDI] file = 0xFFFF888005481E40 | [SP+0x28] size = 0x1000 | [FP-0x10] ?
        9 asm sample_entry
    """,
    "wrapped-numbered": """
        stack
        0 call sample_lock | lock = 0x0
        1 call sample_shrink | ? | sc = 0x0 <remark <--- takes it again>
        2 call sample_scan | shrink = 0xDA5F1CC0 | nr_scanned = 0 | lru_pages = 124
        3 call sample_alloc | gfp_mask = 21200 | order = 1 | zonelist = 0xC11D0940 <cut>
        4 call sample_slab | s = 0xE4841E80 | gfpflags = 2148925462 <cut> <fragment ad>
        5 inline sample_inline
        5 call sample_inode | sb = 0xE480E800 | dir = 0x0 | ? | dev = 0 | flags = 187
        6 call sample_region | file = 0xDF8E2C00 | addr = 1772974080 | len = 233472 | flags = 57 <cut>
        7 call sample_mmap | addr = 0 | len = 230400 | prot = 3 | flags = 1 | fd = 157 <cut> <fragment pgoff>
        8 call sample_call | a = 1 | b = 2 | c = 3
        9 asm ret_fast_syscall
        10 user NUR:0x40097508 <crossing>
    """,
    "wrapped-by-mailer": """
        stack
        0 call sample_wait | x = 0xFFFFFFC660447570 | action = 0xFFFFFF98ED5A7398 | timeout = 9223372036854775807 | ?
        1 inline sample_complete
        1 call sample_transfer | us = 0xFFFFFFC660447460 | pipe = 3221291648 | sg = 0xFFFFFFC65D6415D0 | ? | length = 512 | act_len = 0xFFFFFF801258BC90
        2 call sample_handler | :regs = 0xFFFF800084D4BBD0 | :handler = 0xFFFF80008001020C
        3 call sample_lock | lock = 0xFFFFFFC660447460 | state = 2 | ? | ? | ? | ? | ?
        4 call sample_thread | data = 0xFFFFFFC660447460 <remark // our thread,>
        5 asm ret_from_fork
        stack
        0 call sample_queue | queue = 0xFFFFFFC012340000 | request = 0xFFFFFFC012341000 | count = 3
        1 call sample_submit | request = 0xFFFFFFC012341000 | flags = 0x8 | mode = SAMPLE_FAST
        2 call sample_ioctl | cmd = 0xF502 | ?
    """,
    "one-argument-a-line": """
        stack
        0 call sample_fault | addr = 2739523584 | fsr = 2071 | regs = 0xC6D61FB0
        1 inline sample_abort
        1 call sample_entry | addr = 0 | ? | [R4] regs = 0xC6D61FB0
        2 asm vector_dabt
    """,
    "truncated": """
        stack
        0 call sample_a | first = 1 <cut> <fragment seco>
        1 call sample_b | first = 1 <cut> <fragment second>
        2 call sample_c | first = 1 <cut> <fragment second =>
        3 call sample_d | first = 1 <cut> <fragment second = 0x>
        4 call sample_e | first = 1 <cut> <fragment second = 0xC0>
        5 call sample_f | first = 1 <cut>
        6 call sample_g <cut> <fragment first = 1>
        7 call sample_h <cut>
        8 call sample_i | [NSD:0xFFFFFF80088CBBD0] from = 0xFFFFFF80088CBD88 <cut> <fragment [NSD:0xFFFFFF80088C>
        9 call sample_j | ? | ? <cut>
        10 call sample_k <cut> <fragment first = ->
        11 call sample_l <cut> <fragment point = (x = 1, y>
        12 call sample_m | first = 1 <cut> <fragment :sec>
        13 call sample_n | a = 1
    """,
    "no-parentheses": """
        stack
        1 call raw_sample_lock
        2 call sample_complete
        3 inline __sample_request
        3 call sample_request | rq
        4 inline sample_timed_out
        4 call sample_queue_timed_out
        5 call sample_thread <remark // see above>
    """,
    "addresses": """
        stack
        0 asm NSR:0xC037B078
        1 asm NSX:0xFFFFFFBFFE7FC7C0
        2 asm NSX:0x0::0xFFFFFFC07B73DD48
        3 asm NST:0xBF0041A1
        4 asm ZSR:0x48001234
        5 asm SR:0xC0008000
        6 asm SX:0xFFFFFF8008080000
        7 asm ST:0xC0008001
        8 asm R:0xC0108000
        9 asm T:0x80001235
        10 asm P:0xFFFFFFFF81000000
        11 asm SP:0xC00000000000B000
        12 asm NSR:0xC037B078
        13 asm X:0xFFFFFFC008010000
        14 user NUR:0xA806E848 <crossing>
        15 user NUX:0x7F8A001234
        16 user NUX:0x12A::0x7F8A001238
        17 user NUT:0x40097509
        18 user UR:0x40097508
        19 user UX:0x7F8A001240
        20 user UT:0x4009750B
        21 user UP:0x10000F00
        22 user ZUR:0x10000
    """,
    "markers": """
        stack
        0 asm sample_copy
        1 asm sample_svc <crossing>
        2 user NUR:0x40097508 <crossing>
        stack
        0 call sample_spin
        1 asm el1_irq
        2 call sample_idle | cpu = 1 <crossing>
        stack
        5 call sample_late
        6 call sample_later <crossing>
    """,
    "dashes": """
        stack
        0 call check_sample | what1 = 0xC1731380 | ?
        1 inline sample_loop
        1 call sample_irqs | count = 4
        2 call sample_handle | irq = 27
        3 inline sample_enter
        3 call sample_exit
        4 call sample_lost | a = 1
        5 call sample_short | b = 2
        6 call sample_wide | c = 3
        7 asm sample_end
    """,
    "running-numbers": """
        stack
        0 call sample_schedule | ?
        1 inline sample_wait
        1 call sample_read | file = 0xC1D92780 | count = 11
        2 asm sample_entry
        3 user NUR:0x10A26 <crossing>
    """,
    "starts-anywhere": """
        stack
        7 inline sample_lower
        7 call sample_middle | dev = 0xC5D64210
        8 call sample_upper | ?
        9 call sample_work | work = 0xC5D64000
        12 call sample_thread | data = 0xC5D64300
    """,
    "two-exceptions": """
        stack
        0 call do_mem_abort | addr = 0xDEAD000000000100 | esr = 0x96000044 | regs = 0xFFFFFF80088CB9A0
        1 asm el1_da
        2 inline sample_del <crossing>
        2 call sample_unlink | entry = 0xFFFFFFC012345678
        3 call sample_irq | irq = 27 | ?
        4 asm el0_irq
        5 user NUX:0x7F8A001234 <crossing>
    """,
    "per-cpu": """
        stack cpu0:
        0 call sample_spin | lock = 0xFFFFFFC012340000
        1 call sample_stop
        stack Cpu5:
        0 call sample_spin | lock = 0xFFFFFFC012340000
        1 inline sample_poll
        1 call sample_run
        stack CPU 6
        0 call sample_idle
        stack CPU#7:
        0 call sample_idle
        1 asm sample_start
        stack Core 2:
        0 call sample_halt
        stack core 3
        0 call sample_halt
        1 asm sample_start
    """,
    "per-task": """
        stack B::v.f_/task_0xFFFFFFC6604DB280
        0 call __switch_to | prev = 0xFFFFFFC6604DB280 | ?
        1 call __schedule | ?
        2 call schedule
        stack B::Var.Frame /Locals /Caller /Task 0xFFFFFFC6609AA1C0
        0 call __switch_to | prev = 0xFFFFFFC6609AA1C0 | ?
        1 call sample_mutex | lock = 0xFFFFFFC660447460
        stack B::Frame.view /Task "sampled"
        0 call __switch_to | prev = 0xFFFFFFC6609AB300 | ?
        1 call sample_poll | timeout = 10
        stack rcuop/3
        0 call __switch_to | prev = 0xFFFFFFC6609AC000 | ?
        1 call sample_wait
        stack kworker/1:2
        0 call __switch_to | prev = 0xFFFFFFC6609AD000 | ?
        1 call worker_thread | __worker = 0xFFFFFFC660440000
        2 asm ret_from_fork
    """,
    "nested-locals": """
        stack
        1 call sample_stop | :data = 0xFFFFFFC084343478
        . data = 0xFFFFFFC084343478
        . curstate = SAMPLE_PREPARE <remark ==> waits for the other CPU>
        . mode = SAMPLE_FAST (3)
        . is_active = TRUE
        . param (...)
        . . sched_priority = 0
        . . policy = -1
        . node = 0xFFFFFFC084343500
        . . parent = 0x0
        . . range (...)
        . . . low = 16
        . . . high = 31
        . . slot (...)
        . . . [0] = 0x1
        . . . [1] = 0x2
        . . . [2] = 7
        . pivot (...)
        . . [0] = 0
        . . [1] = 286
        . . [2] = 512
        . ret = ???
        2 call sample_thread | cpu = ?
        . cpu = ?
        . delta = -6
        3 asm ret_from_fork
    """,
    "callers": """
        stack
        0 call sample_begin
        1 call sample_annotate | on = 1
        > #if SAMPLE_TRACE
        > //__asm("bkpt");
        > sample_begin();
        2 call sample_start
        . cpu = 8
        . flags = 0x11
        > if (sample_started || sample_annotate(1))
        3 call sample_op
        . err = 0
        > mask = old | new;
        4 call enable_sample <cut>
        5 inline vfs_sample
        5 call sys_sample <cut>
        6 asm ret_fast_syscall
    """,
    "not-frames": """
        stack
        0 asm sample_copy
        1 call sample_scan | shrinker = 0xED1C9F08 | ? <crossing>
        stack
        0 call sample_spin
        1 call sample_idle
    """,
    "suffixes": """
        stack
        0 call sample_a | x = 1
        1 call sample_b | ?
        2 inline sample_c
        2 call sample_d | x = 2
        3 call sample_e | x = 3
        4 call sample_f
        5 call sample_g | x = 4
        6 asm sample_h
        7 asm sample_i
        8 call sample_j | x = 5
        9 call sample_k | x = 6
        10 call sample_l | x = 7
        11 call sample_m | x = 8
        12 call sample_n.own | x = 9
    """,
    "other-languages": """
        stack
        0 call Sample::Device::probe | this = 0xFFFFFFC012340000 | id = 3
        1 call Sample::Device::~Device | this = 0xFFFFFFC012340000
        2 call std::vector<int>::push_back | this = 0xFFFFFFC012340010 | value = 7
        3 call Sample::Map<int, char>::at | this = 0xFFFFFFC012340020 | key = 1
        4 call core::ptr::drop_in_place<alloc::boxed::Box<sample::Node>> | ptr = 0xFFFFFFC012340030
        5 call <sample::Driver as kernel::Driver>::probe | pdev = 0xFFFFFFC012340040
        6 call _RNvCs1234_6sample5probe | x = 1
        7 call Sample::operator== | this = 0xFFFFFFC012340050 | ?
        8 call sample_plain | x = 2
    """,
    "symbol-paths": """
        stack
        0 asm __alloc_pages+0x120
        1 call handle_mm_fault | vma = 0xD910C948 | flags = 169
        2 asm ret_fast_syscall
        3 call sample_write | file = 0xC1D92780
    """,
    "offsets": """
        stack
        0 asm sample_copy+0x1a
        1 call sample_probe+0x1a
        2 call sample_thread+0x30/0x5e0
        3 inline __sample_start+0xc
        3 call sample_start+0x110 | a = 1
        4 asm sample_entry+0x0
    """,
    "x86": """
        stack
        0 call sample_freelist | gfp_mask = 1314250 | order = 0 | ac = 0xFFFFC900005B3D18
        1 call exc_page_fault | regs = 0xFFFFC900005B3F58 | error_code = 6
        2 asm asm_exc_page_fault
        3 user NUX:0x401678 <crossing>
    """,
    "riscv": """
        stack
        0 call do_page_fault | regs = 0xFFFFFFD801234E00
        1 asm handle_exception
        2 inline sample_read <crossing>
        2 call sample_ioctl | file = 0xFFFFFFD801230000 | cmd = 0x5301 | arg = 0x3FFFA8B010
        3 call do_trap_ecall_u | regs = 0xFFFFFFD801234EE0
        4 asm handle_exception
        5 user UP:0x3FF7E4A1B2 <crossing>
    """,
    "powerpc": """
        stack
        0 call bad_page_fault | regs = 0xC00000000FFF3B80 | address = 0x18 | sig = 11
        1 asm data_access_common_virt
        2 call sample_write | file = 0xC0000000FA8B0000 | ? | count = 11 <crossing>
        3 call sys_write | ? | ? | count = 11
        4 asm system_call_exit
        5 user UP:0x10000F00 <crossing>
    """,
    "remarks": """
        stack
        0 call sample_lock | lock = 0x0 <remark <--- takes sample_mutex again>
        1 call sample_scan | ? | sc = 0x0 <remark // holds the lock (since -003|sample_x)>
        2 inline sample_shrink <remark <== here>
        2 call sample_reclaim <remark //us->dev_mutex>
        3 call sample_alloc | order = 1 <remark /* called with a = 1, b = 2 */>
        4 call sample_new | s = 0xE4841E80 <remark <<**** panic>
        5 call sample_open | dir = 0x0 <remark // 여기서 멈춤>
        6 asm sample_entry <remark <- user calls>
        7 user NUR:0x40097508 <crossing>
    """,
    "variable-windows": """
        stack
        0 call sample_wait | sbi = 0xFFFFFFF7A7323000
        1 call sample_sync | sb = 0xFFFFFFF887139800 | ?
        window nr_pages (...)
        . [0] (...)
        . . counter = 0
        . [1] (...)
        . . counter = 30005
        . [2] (...)
        . . counter = -6
        window 0xFFFFFF8819DECF00 = 0xFFFFFF8819DECF00
        . parent = 0xFFFFFF8819DEC006
        . slot (...)
        . . [0] = 0x0
        . . [1] = 0xFFFFFF8819DECA1E
        . . [2] = 7
        . range (...)
        . . low = 16
        . . high = 31
    """,
}
_KINDS = {
    model.FrameKind.FAULT: "call",
    model.FrameKind.INTERRUPTED: "call",
    model.FrameKind.CALL: "call",
    model.FrameKind.ASM: "asm",
    model.FrameKind.NO_SYMBOL: "asm",
    model.FrameKind.USER: "user",
}


def _case(name: str) -> cases.Case:
    path = cases.TESTDATA / "formats" / "trace32" / f"shape-{name}.txt"
    return cases.read(path)


def _rows(parsed: model.Parsed) -> Iterator[str]:
    for crash in parsed.crashes:
        for stack in crash.stacks:
            yield f"stack {stack.title or ''}".strip()
            for frame in stack.frames:
                yield _frame(frame)
                for variable in frame.variables:
                    yield from _variable(variable, ". ")
                for row in frame.source_rows:
                    if row.text.strip():
                        yield f"> {row.text.strip()}"
        for window in crash.windows:
            yield from _variable(window, "window ", ". ")


def _frame(frame: model.Frame) -> str:
    code = frame.code
    if code.function is not None:
        offset = "" if code.offset is None else f"+{code.offset:#x}"
        place = code.function + offset + ("" if code.size is None else f"/{code.size:#x}")
    else:
        space = "" if code.space is None else f"0x{code.space:X}::"
        place = f"{code.address_class}:{space}0x{code.address:X}"
    kind = "inline" if frame.inlined else _KINDS[frame.kind]
    words = [f"{frame.number} {kind} {place}"]
    fragment = frame.fragment
    for argument in frame.arguments:
        text = _argument(argument)
        if argument.cut and "?" not in text:
            # A value at the cut is no value, only what is left of one.
            assert argument.number is None
            fragment = text
        else:
            words.append(f" | {text}")
    words += [" <crossing>"] if frame.crossing else []
    words += [" <cut>"] if frame.cut else []
    words += [f" <fragment {fragment}>"] if fragment else []
    words += [f" <remark {remark}>" for remark in frame.remarks]
    return "".join(words)


def _argument(argument: model.Argument) -> str:
    name = "" if argument.name is None else f"{argument.name} = "
    home = "" if argument.where is None else f"[{argument.where}] "
    return (":" if argument.where == ":" else home) + name + argument.printed


def _variable(variable: model.Variable, lead: str, below: str | None = None) -> Iterator[str]:
    group = variable.printed.startswith("(")
    number = variable.number if variable.printed.isidentifier() else None
    yield (
        f"{lead}{variable.name}"
        + (" (...)" if group else f" = {variable.printed}")
        + ("" if number is None else f" ({number})")
        + (f" <remark {variable.remark}>" if variable.remark else "")
    )
    for member in variable.members:
        yield from _variable(member, below or f". {lead}")


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    """What is read is what a person read."""
    told = [row.strip() for row in SHAPES[name].strip().split("\n")]
    assert list(_rows(formats.parse(model.Document.of(_case(name).text)))) == told


def test_every_shape_is_told() -> None:
    """A text of a shape without typed truth proves nothing."""
    folder = cases.TESTDATA / "formats" / "trace32"
    assert {path.stem.removeprefix("shape-") for path in folder.glob("shape-*.txt")} == set(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_numbers_are_those_printed(name: str) -> None:
    """A value that reads as a number has it, and no other value has one."""
    for crash in formats.parse(model.Document.of(_case(name).text)).crashes:
        for frame in (f for stack in crash.stacks for f in stack.frames):
            for argument in frame.arguments:
                try:
                    number = int(argument.printed, 0)
                except ValueError:
                    number = None
                if argument.printed.startswith("0x") or argument.printed.isdecimal():
                    assert argument.number == (None if argument.cut else number), argument
