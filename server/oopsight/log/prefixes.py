"""THE table of what stands before the text of a log line: who printed it, when, and who recorded or quoted it.

A row is one prefix. Rows stack in any order and number: whoever reads a line tries all rows at the place where the
previous prefix ended, until none matches. Every pattern is anchored there, bounded in all repetitions and linear.

A row must be tight: what is taken for a prefix is lost to every format. So most rows demand a clock, a process with
its number or a fixed word. What alone would be too little (`c0`, `login:`) is a row only together with a printk time.

One blank behind a prefix belongs to it where its printer puts one; further blanks are the text's own, because call
traces are indented.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefix:
    """One kind of prefix.

    `pattern` is matched at the place where the previous prefix ended. What its groups mean: `time` is a time since
    boot in seconds, `microseconds` the same in microseconds, `caller` the printed task or CPU as the kernel writes it
    (`T7073`, `C2`), `cpu` and `pid` who printed where it is said in other words (digits; `cpu` may be hexadecimal). A
    pattern has only those of them that its printer prints.

    `sample` is a line that begins with it, `printed_by` says who prints it, for the manual.
    """

    title: str
    pattern: re.Pattern[str]
    sample: str
    printed_by: str


def _row(title: str, pattern: str, sample: str, printed_by: str) -> Prefix:
    return Prefix(title, re.compile(pattern), sample, printed_by)


# A printk time begins with one bracket; two are seen where lines were spliced. Seconds grow beyond five digits on
# machines that run for a day. Vendors print milliseconds or nanoseconds instead of microseconds.
_SECONDS = r"[0-9]{1,10}\.(?:[0-9]{6,9}|[0-9]{3})"
_TIME = rf"\[{{1,2}} {{0,12}}(?P<time>{_SECONDS})"
_TIME_AHEAD = rf"(?=(?:<[0-9]{{1,3}}>)?\[{{1,2}} {{0,12}}{_SECONDS}[],@ s])"
# A level is followed by text at once. In a wrapped `Code:` line `<48> 89 c8` marks the byte of the program counter.
_LEVEL = r"<[0-9]{1,3}>"
_NO_CODE_BYTES = r"(?! ?[0-9a-fA-F]{2}(?:[ <]|$)| {0,8}$)"
_CLOCK = r"[0-2][0-9]:[0-5][0-9]:[0-5][0-9]"
_DAY = r"[12][0-9]{3}[-/.][01][0-9][-/.][0-3][0-9]"
# Serial tools write the day as their country does, or leave the year out.
_ANY_DAY = rf"(?:{_DAY}|[0-3]?[0-9][/.][0-3]?[0-9][/.][12][0-9]{{3}},?|[01][0-9]-[0-3][0-9])"
# Zones by name are listed: any word in capitals would take `BUG` for one.
_ZONE = r"(?:Z| ?[+-][0-9]{2}:?[0-9]{2}| (?:UTC|GMT|MSK|[JKI]ST|[BEW]ST|[CEW]E?S?T|[ECMP][SD]T))?"
# The name of a month in any language: a word, with a point or not, or a number with the sign for month.
_MONTH_DAY = r"[^\W_][^\s:]{0,11} {1,2}[0-3]?[0-9][.日일]? "
_SEVERITY = r"(?:emerg|alert|crit|err(?:or)?|warn(?:ing)?|notice|info|debug|panic)"
_HOST = r"[^\s\[\]<>|()=,;\"']{1,100}"
# Behind a date: the recording machine with a numbered process, or the machine alone before a printk time. The tag
# `kernel:` has a row of its own.
_RECORDED = (
    rf"(?:{_HOST} (?:(?:(?i:[a-z0-9]{{1,8}}\.{_SEVERITY}) )?[^\s\[\]:]{{1,48}}\[[0-9]{{1,10}}\]: ?"
    rf"|(?:[A-Za-z]\S{{0,47}} )?{_TIME_AHEAD}))?"
)
_COMMAND = r"[^\[\]\n]{1,24}"
# `root@board:~#`, `board:/ $`, `~ #`, `#`.
_SHELL = (
    r"(?:[\w.-]{1,32}@[^\s#$\[\]]{1,80}|[\w.-]{1,32}:(?=[/~])|)(?: ?[/~][^\s#$\[\]|>]{0,80})? ?[#$]"
)

# The row that may be text which another printer cut off, when a time of that one's stands behind it.
LINE_NUMBER = "line number"

PREFIXES: tuple[Prefix, ...] = (
    # The first row reads in one step what nearly every line of a console log begins with. Its parts alone are rows
    # too: a level without a time, a caller without a time.  info_print_prefix(), print_time() "[%5lu.%06lu]",
    # print_caller() "[%6s]" in kernel/printk/printk.c; dmesg puts a blank between time and caller. Trees of HiSilicon
    # write an `s` behind the time. Spreadtrum's trees and Samsung's CONFIG_PRINTK_CPU_ID write `c0 `, others (seen on
    # drones) `c0 461 (name) `; `c0 : 1`, `c0 = 1` are text.
    _row(
        "printk time",
        rf"[ \t]{{0,16}}(?:{_LEVEL})?{_TIME}s?\]{{1,2}} ?"
        r"(?:\[ {0,9}(?P<caller>[TC][0-9]{1,10})\] ?"
        r"|c(?P<cpu>[0-9]{1,2})(?:$| (?! {0,8}[:=(]))(?:(?P<pid>[0-9]{1,10}) \([^()\n]{1,20}\) ?)?)?",
        "<4>[   18.051123][ T7073] sample: probe failed",
        "the kernel, with level and PRINTK_CALLER where it is configured; Unisoc and Samsung with `c0 `",
    ),
    # RFC 5424; before the level, which it begins with. Structured data is one bracket.
    _row(
        "syslog, RFC 5424",
        rf"{_LEVEL}1 {_DAY}T{_CLOCK}(?:\.[0-9]{{1,9}})?{_ZONE} {_HOST} \S{{1,48}} \S{{1,128}} \S{{1,32}}"
        r" (?:-|\[[^\]\n]{0,400}\]) ?",
        "<34>1 2026-11-22T12:50:01.003Z board kernel - - - sample: probe failed",
        "rsyslog, syslog-ng and journald when they send to another machine",
    ),
    # printk's level as /dev/kmsg, `dmesg -r` and pstore show it: facility times eight plus level.
    _row(
        "syslog level",
        # One digit is no byte of code.
        rf"<[0-7]>(?= {{0,8}}$)|{_LEVEL}{_NO_CODE_BYTES}",
        "<12>sample: probe failed",
        "the kernel, `dmesg --raw`, pstore",
    ),
    # KERN_CONT and KERN_DEFAULT of kernels before 3.6 ("<c>", "<d>"), left over by kdb's own console.
    _row("continuation", r"<[cd]>", "<c>sample: probe failed", "kdb, kernels before 3.6"),
    # Mail and forums. One blank belongs to the mark; further blanks are the quoted line's own.
    # The marked row of s390's disassembly is none: `>00000000001a2b3c: a7490000`.
    _row(
        "quote mark of a mail",
        r">(?![0-9a-f]{8,16}:[ \t][0-9a-f]{4})[ ]?",
        "> sample: probe failed",
        "mailers",
    ),
    # Some mailers put the initials of who is quoted before the mark; `SP>` is the top of a debugger's stack.
    _row(
        "quote mark with initials",
        r"(?!SP|PC|LR)[A-Z][A-Za-z]{1,2}> ?",
        "JD> sample: probe failed",
        "mailers (Emacs, The Bat!)",
    ),
    # Behind the time: a field for the CPU (`,3` Qualcomm trees, `@3` Amlogic trees), a wall clock (LGE `/ 01-05
    # 13:30:50.180][0]`), or the time since the previous line (`dmesg -d`, journalctl short-delta, grabserial).
    _row(
        "printk time with a second field",
        rf"[ \t]{{0,16}}(?:{_LEVEL})?{_TIME}"
        r"(?:[,@](?P<cpu>[0-9]{1,3})"
        rf"| /? ?[01][0-9]-[0-3][0-9] {_CLOCK}\.[0-9]{{3,6}}"
        r"| {1,4}<? {0,8}\+?[0-9]{1,6}\.[0-9]{3,6} ?>?)\](?:\[[0-9]{1,2}\])? ?",
        "[   18.051123 / 01-05 13:30:50.180][0] sample: probe failed",
        "Qualcomm and Amlogic trees (CPU), LGE (wall clock), `dmesg -d`, grabserial (time passed)",
    ),
    # The first line of a text that was marked with the mouse.
    _row(
        "printk time without its first bracket",
        r"[ \t]{0,12}(?P<time>[0-9]{1,10}\.[0-9]{6})\] ?(?:\[ {0,9}(?P<caller>[TC][0-9]{1,10})\] ?)?",
        "    0.051123] sample: probe failed",
        "people who copy from a terminal",
    ),
    # print_caller() without a time (printk.time=0); hooks of vendors print more: "T%u@C%u" (printk_cpuid),
    # "T%u-C%u" (X-Ring), "%c,T%u,C%u" with T, S, H, N for task, softirq, hardirq, NMI (Xiaomi's printk_enhance).
    _row(
        "caller",
        r"[ \t]{0,2}\[ {0,9}(?:[TSHN],)?(?P<caller>[TC][0-9]{1,10})(?:[@,-]C(?P<cpu>[0-9]{1,4}))?\] ?",
        "[    T1@C3] sample: probe failed",
        "the kernel without times; vendor hooks add the CPU (`T1@C3`, `T1-C3`, `T,T1,C3`)",
    ),
    # A date or time of day in brackets: Jenkins, tio, minicom, GNU screen, Xen's hypervisor, Samsung's kernel guard
    # ("UTC"), CuteCom (colon before the milliseconds), SSCOM (an arrow for what was received, also respelled). Before
    # Samsung's row, to which `[12:50:01]` would be CPU 12.
    _row(
        "date or time in brackets",
        rf"\[(?:{_ANY_DAY}[T ])?{_CLOCK}(?:[.,:][0-9]{{1,9}})?{_ZONE}\](?:收(?:←|<-)◆)? ?",
        "[2026-11-22T12:50:01.123Z] sample: probe failed",
        "Jenkins, tio, minicom, CuteCom, SSCOM, Xen",
    ),
    # Samsung's print_process() "%c[%1d:%15s:%5d] ", `I` in an interrupt; older trees add "[c1] ".
    _row(
        "Samsung process",
        r" {0,2}I?\[ ?(?P<cpu>[0-9]{1,2}):[^\[\]\n]{1,40}: {0,6}(?P<pid>[0-9]{1,10})\] ?"
        r"(?:\[c[0-9]{1,2}\] ?)?",
        "[1:      swapper/1:    0] [c1] sample: probe failed",
        "Samsung trees (sec_log_buf, Exynos)",
    ),
    # MediaTek's CONFIG_PRINTK_PREFIX_ENHANCE and ccci log "%c(%x)[%d:%s]": `-` with interrupts off, a blank otherwise;
    # `.` and `*` are seen too. The text follows without a blank.
    _row(
        "MediaTek process",
        rf" ?[-.~*]?\((?P<cpu>[0-9a-f]{{1,2}})\)\[(?P<pid>[0-9]{{1,10}}):{_COMMAND}\]",
        "-(0)[0:swapper]sample: probe failed",
        "MediaTek trees",
    ),
    # HiSilicon "[pid:%d,cpu%u,%s]" with `in irq` for the name (CONFIG_HISI_PRINTK_EXTENSION, OpenHarmony's dst), once
    # a second with the wall clock before it; X-Ring "[cpu%u,pid%d,%s]". The text follows without a blank.
    _row(
        "HiSilicon process",
        rf"(?:\[[12][0-9]{{3}}:[01]?[0-9]:[0-3][0-9] {_CLOCK}\])?"
        rf"\[pid:(?P<pid>[0-9]{{1,10}}),cpu(?P<cpu>[0-9]{{1,3}}),{_COMMAND}\]",
        "[pid:1,cpu0,swapper/0]sample: probe failed",
        "Huawei and HiSilicon trees, OpenHarmony",
    ),
    _row(
        "X-Ring process",
        rf"\[cpu(?P<cpu>[0-9]{{1,3}}),pid(?P<pid>[0-9]{{1,10}}),{_COMMAND}\]",
        "[cpu0,pid1,swapper/0]sample: probe failed",
        "X-Ring trees",
    ),
    # Seen in public posts: with an audit message of Android, and with the memory layout of an Arm kernel.
    _row(
        "vendor's CPU",
        r"\(CPU:(?P<cpu>[0-9]{1,2})-pid:(?P<pid>[0-9]{1,10}):[^()\n]{1,20}\) ?",
        "(CPU:0-pid:320:logd.auditd) sample: probe failed",
        "some Android trees",
    ),
    _row(
        "vendor's CPU number",
        r"\[cpuid: ?(?P<cpu>[0-9]{1,3})\] ?",
        "[cpuid: 0] sample: probe failed",
        "some Android trees",
    ),
    # util-linux dmesg --decode: "%-6s:%-6s: "; mail programs make one blank of several.
    _row(
        "dmesg -x",
        r"(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local[0-7]) {0,3}:"
        rf"{_SEVERITY} {{0,3}}: ?",
        "kern  :err   : sample: probe failed",
        "`dmesg --decode`",
    ),
    # util-linux dmesg --ctime "[%a %b %e %H:%M:%S %Y] " in the words of the locale, with -d the time passed; Tera Term
    # writes milliseconds; a zone stands in some.
    _row(
        "dmesg -T",
        rf"\[\S{{1,8}} {{1,2}}{_MONTH_DAY}{_CLOCK}(?:\.[0-9]{{1,9}})? (?:[A-Z]{{2,5}} )?[12][0-9]{{3}}"
        r"(?: < *[0-9]{1,8}\.[0-9]{3,9} ?>)?\] ?",
        "[Sun Nov 22 12:50:01 2026] sample: probe failed",
        "`dmesg --ctime` in any language, Tera Term",
    ),
    # util-linux dmesg --human --reltime: "[Nov22 12:50] " where the minute changes, else "[  +0.000123] ".
    _row(
        "dmesg -H",
        r"\[(?:[^\W_]\S{1,11} ?[0-3]?[0-9] [0-2][0-9]:[0-5][0-9]| {0,8}[+<] {0,8}[0-9]{1,6}\.[0-9]{6}>?)\] ?",
        "[  +0.000123] sample: probe failed",
        "`dmesg --human`",
    ),
    # logcat -v long: a header of its own line, or joined with its message by a mailer.
    _row(
        "logcat header",
        rf"\[ (?:[12][0-9]{{3}}-)?[01][0-9]-[0-3][0-9] {_CLOCK}\.[0-9]{{3,9}} {{1,8}}(?:\S{{1,24}} {{0,8}})?"
        r"[0-9]{1,10}: {0,8}(?:0x)?[0-9a-f]{1,10} [VDIWEFAS]/[^\]\n]{0,64}\] ?",
        "[ 06-19 01:28:49.123     0:    0 W/KERNEL   ] sample: probe failed",
        "`logcat -v long`",
    ),
    # logcat -v threadtime, with year, zone, uid; before the ISO date, which its year begins with. The kernel's buffer
    # has pid 0, and an empty tag in newer Androids.
    _row(
        "logcat threadtime",
        rf"(?:[12][0-9]{{3}}-)?[01][0-9]-[0-3][0-9] {_CLOCK}\.[0-9]{{3,9}}(?: [+-][0-9]{{4}})? {{1,8}}"
        r"(?:[a-z][\w]{1,20} {1,8})?(?:[0-9]{1,10} {1,8}){2,3}[VDIWEFAS] "
        r"(?:[^\s:]|:(?=\S)){0,64} {0,32}: ?",
        "06-19 01:28:49.123     0     0 W KERNEL  : sample: probe failed",
        "`logcat`, bug reports",
    ),
    # logcat -v brief "W/KERNEL  (    0): ", -v time the same behind a date, -v tag without the number.
    _row(
        "logcat brief",
        rf"(?:(?:[12][0-9]{{3}}-)?[01][0-9]-[0-3][0-9] {_CLOCK}\.[0-9]{{3,9}} )?[VDIWEFAS]/"
        r"(?:[^\s():]{0,64} {0,32}\( {0,6}[0-9]{1,10}\)|(?:KERNEL|[Kk]ernel) {0,8}): ?",
        "W/KERNEL  (    0): sample: probe failed",
        "`logcat -v brief`, `time` and `tag`",
    ),
    # logcat -v thread.
    _row(
        "logcat thread",
        r"[VDIWEFAS]\( {0,6}[0-9]{1,10}: {0,6}(?:0x)?[0-9a-f]{1,10}\) ?",
        "W(    0:    0) sample: probe failed",
        "`logcat -v thread`",
    ),
    # ISO 8601 with and without zone: journalctl short-iso and short-full (weekday first), rsyslog, `dmesg
    # --time-format=iso` (comma), GitHub Actions, docker, kubectl (`stdout F`), GitLab (`01O`), LAVA, syzkaller's
    # manager (slashes).
    _row(
        "ISO date",
        rf"(?:[^\W\d_][^\s:]{{0,7}} )?{_ANY_DAY}[T ]{_CLOCK}(?:[.,][0-9]{{1,9}})?{_ZONE}(?:> ?|: ?|[ \t]|$)"
        rf"(?:[0-9a-f]{{2}}[OE][ +]|std(?:out|err) [FP] )?{_RECORDED}",
        "2026-11-22T12:50:01.123456+00:00 sample: probe failed",
        "journald, rsyslog, `dmesg --time-format=iso`, GitHub Actions, GitLab, docker, kubectl, LAVA, syzkaller",
    ),
    # RFC 3164 in the words of any locale: "%b %e %H:%M:%S" of journalctl short and rsyslog; OpenWrt's logread puts the
    # weekday before and the year behind it.
    _row(
        "syslog date",
        rf"(?:[^\W\d_][^\s:]{{0,7}} {{1,2}})?{_MONTH_DAY}(?:[12][0-9]{{3}} )?{_CLOCK}(?:\.[0-9]{{1,9}})?"
        rf"(?: [12][0-9]{{3}})?(?: |$){_RECORDED}",
        "Nov 22 12:50:01 sample: probe failed",
        "syslog and journald in any language, logread",
    ),
    # Who recorded it: "host kernel: " of syslog and journalctl short-monotonic, "kern.err kernel: " of busybox (its
    # head may be cut), "kernel[123]: ", and `kernel:` alone of `journalctl --no-hostname` and wall messages.
    _row(
        "kernel tag",
        rf" ?(?:(?:[A-Za-z0-9:][\w.:-]{{0,99}} )?(?:(?i:[a-z0-9]{{0,8}}\.{_SEVERITY}) )?)"
        r"(?:kernel|KERNEL|klogd)(?:\[[0-9]{1,10}\])?:(?: |$|(?=[\t\[<A-Z]))",
        "board kern.err kernel: sample: probe failed",
        "syslog, journald, busybox",
    ),
    # A time of day alone: Jenkins' timestamper, `ts`, picocom and PuTTY wrappers ("> ").
    _row(
        "time of day",
        rf"{_CLOCK}(?:[.,:][0-9]{{1,9}})?(?:>| \||:)?(?:[ \t]|$)",
        "12:50:01.789> sample: probe failed",
        "Jenkins, `ts`, serial capture tools",
    ),
    # journalctl short-unix, `ts %.s`.
    _row(
        "Unix time",
        r"[12][0-9]{9}\.[0-9]{1,9}:?(?: |$)",
        "1795351801.123456 sample: probe failed",
        "`journalctl -o short-unix`, `ts`",
    ),
    # info_print_ext_header() "%u,%llu,%llu,%c%s;" in kernel/printk/printk.c: level, number, microseconds, flag, then
    # `caller=` and, split by netconsole, `ncfrag=`; netconsole can put the release before it.
    _row(
        "/dev/kmsg record",
        r"(?:[0-9]{1,2}\.[0-9]{1,3}[^,;\s]{0,64},)?[0-9]{1,4},[0-9]{1,20},(?P<microseconds>[0-9]{1,16}),[-cf+]"
        r"(?:,caller=(?P<caller>[TC][0-9]{1,10}))?(?:,[^;\n]{0,200})?;",
        "6,416,18051123,-,caller=T1;sample: probe failed",
        "/dev/kmsg, extended netconsole",
    ),
    # console_unlock() in kernel/printk/printk.c; older kernels print the line that follows behind it.
    _row(
        "printk messages lost",
        r"\*\* (?:[0-9]{1,20} printk messages dropped|replaying previous printk message) \*\* ?",
        "** 4077 printk messages dropped ** sample: probe failed",
        "the kernel",
    ),
    # rsyslog's reduction of repeated messages; its closing bracket stays at the end of the text.
    _row(
        "message repeated",
        r"message repeated [0-9]{1,10} times: \[ ?",
        "message repeated 2 times: [ sample: probe failed",
        "rsyslog",
    ),
    # Xen's hypervisor on its own behalf and, as "(d1) ", on behalf of a guest.
    _row(
        "Xen console",
        r"\((?:XEN|d[0-9]{1,5})\) ?",
        "(XEN) sample: probe failed",
        "Xen",
    ),
    # Numbers of lines, by grep -n (with the file's name where several were searched; `-` beside a found line), web
    # pages and CI. Only before a printk time: other numbers in front of a text are its own.
    _row(
        LINE_NUMBER,
        r"[ \t]{0,8}(?:[^\s:\[\]<>|]{1,100}[:-])?[0-9]{1,8}[:.|)-]?[ \t]{0,8}" + _TIME_AHEAD,
        "123:[   18.051123] sample: probe failed",
        "grep, web pages, CI; only before a printk time",
    ),
    # What stood on the terminal when the kernel spoke: a login prompt or a shell's. Only before a printk time.
    _row(
        "prompt",
        rf"(?:\[[^\[\]\n]{{1,80}}\] ?[#$]|\(initramfs\)|(?:[^\s|>]{{1,64}} )?login:|{_SHELL}) ?"
        rf"{_TIME_AHEAD}",
        "board login: [   18.051123] sample: probe failed",
        "a terminal on the same console; only before a printk time",
    ),
)

# Lines that recorders and tools put between the lines of a log. They are no text of the kernel: the whole line, behind
# its prefixes, is matched.
NOISE: tuple[Prefix, ...] = (
    # pstore_dump() in fs/pstore/platform.c and ramoops_write_kmsg_hdr() in fs/pstore/ram.c.
    _row(
        "pstore part",
        r"(?:Panic|Oops|Emergency|Shutdown|Unknown)#[0-9]{1,6} Part ?[0-9]{1,6}\s{0,8}$",
        "Panic#1 Part1",
        "pstore",
    ),
    _row(
        "ramoops header",
        r"={4}[0-9]{1,12}\.[0-9]{1,9}(?:-[A-Z])?\s{0,8}$",
        "====1547.123456-D",
        "pstore",
    ),
    _row(
        "journal's remark",
        r"-- (?:Logs begin|Journal begins|Boot [0-9a-f]{32}|Reboot|No entries|MARK)[^\n]{0,200}$",
        "-- Boot 0123456789abcdef0123456789abcdef --",
        "journalctl, syslogd",
    ),
    _row(
        "logcat's divider",
        r"-{5,12} (?:beginning of|switch to) [\w/]{1,40}\s{0,8}$",
        "--------- beginning of kernel",
        "logcat",
    ),
    _row(
        "PuTTY's header",
        r"(?:=~){4,16}=? PuTTY log [^\n]{0,80}$",
        "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.11.22 12:50:01 =~=~=~=~=~=~=~=~=~=~=~=",
        "PuTTY",
    ),
    _row(
        "conserver's mark",
        r"\[-- MARK -- [^\]\n]{1,40}\]\s{0,8}$",
        "[-- MARK -- Sun Nov 22 12:50:00 2026]",
        "conserver",
    ),
    _row(
        "wall's header",
        r"Message from syslogd@\S{1,100} at [^\n]{1,40}$",
        "Message from syslogd@board at Nov 22 12:50:01 ...",
        "syslogd",
    ),
    # msg_add_dict_text() in kernel/printk/printk.c.
    _row(
        "record's dictionary",
        r" (?:SUBSYSTEM=\w{1,40}|DEVICE=[bcn+]\S{1,80})\s{0,8}$",
        " SUBSYSTEM=platform",
        "/dev/kmsg",
    ),
    _row(
        "repetition",
        r"(?:last )?message repeated [0-9]{1,10} times\s{0,8}$",
        "last message repeated 3 times",
        "syslogd",
    ),
    _row(
        "GitLab's section",
        r"section_(?:start|end):[0-9]{9,11}:\S{1,100}$",
        "section_start:1795351801:run_script",
        "GitLab",
    ),
    _row(
        "GitHub's group",
        r"##\[(?:end)?group\][^\n]{0,200}$",
        "##[group]Run the tests",
        "GitHub Actions",
    ),
)
