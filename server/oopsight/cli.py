"""The command line: the second wire beside the Language Server Protocol. Same engine, same answers.

Results go to standard output, messages to standard error. Exit status: 0 answered (also when parts could not be
resolved), 1 no crash found in the text, 2 usage or unreadable input.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import oopsight
from oopsight import arch, formats, model, resolve, tree, values
from oopsight.ide import explain_json, explain_text, words, workspaces
from oopsight.tree import indexes
from oopsight.util import texts

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction["_Parser"]

ANSWERED, NO_CRASH, UNUSABLE = 0, 1, 2
# Ended by a signal: the shell's convention is 128 and the signal's number.
_BY_SIGNAL = 128

# Options and commands of the contract whose feature does not exist yet.
_LATER_OPTIONS = ("also", "vmlinux", "modules", "system_map", "kallsyms", "path_map")
_LATER = "is not available in this version yet; leave it out."

_PROGRESS_WIDTH = 30


class UnusableError(Exception):
    """The command cannot go on; the text is one sentence that says why and what to do."""


class _Stopped(BaseException):
    """Somebody asked us to end, by the signal `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and where to read more."""

    def error(self, message: str) -> NoReturn:
        raise UnusableError(f"{message} (see `{self.prog} --help`)")

    def _print_message(self, message: str, file: object = None) -> None:
        """Where `--help` and `--version` end up: their answer must not get lost silently either."""
        _put(message)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    _make_standard_files()
    _make_output_safe()
    try:
        if arguments[:1] == ["serve"]:
            return _serve(arguments[1:])
        with _ended_by_signals():
            return _run(arguments)
    except UnusableError as error:
        _say(str(error))
        return UNUSABLE
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        _drop_output()
        return ANSWERED
    except KeyboardInterrupt:
        return _BY_SIGNAL + signal.SIGINT
    except _Stopped as stopped:
        return _BY_SIGNAL + stopped.number


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let a request to end unwind the work, so that worker processes and temporary files go with it."""

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        raise _Stopped(number)

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    wanted = [getattr(signal, name) for name in names]
    before = {}
    try:
        for number in wanted:
            if signal.getsignal(number) is signal.SIG_DFL:  # not ignored, as under nohup
                before[number] = signal.signal(number, stop)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _make_standard_files() -> None:
    """Open what the caller has closed, or the next file that anybody opens would take its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", closefd=False)


def _make_output_safe() -> None:
    """Let a terminal that cannot show a character show its number instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _say(message: str) -> None:
    """A message for people; what it quotes cannot reach the terminal as a command."""
    with contextlib.suppress(OSError):
        print(f"oopsight: {words.visible(message)}", file=sys.stderr)


def _put(text: str) -> None:
    """Write an answer to standard output at once, so that an answer that gets lost is not taken for given."""
    if sys.stdout is None:
        raise UnusableError(
            "the standard output is closed; open it or send it to a file to get the answer."
        )
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _drop_output()
        raise UnusableError(
            f"cannot write the answer: {error.strerror or error}; send the output to a place "
            "that takes it."
        ) from None


def _drop_output() -> None:
    """Throw away what standard output still holds; Python would complain once more when it flushes at its end."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)


def _run(arguments: list[str]) -> int:
    parser = _parser()
    if not arguments:
        print(parser.format_help(), end="", file=sys.stderr)
        return UNUSABLE
    if arguments[0] in _LATER_COMMANDS:
        raise UnusableError(_LATER_COMMANDS[arguments[0]])
    options = parser.parse_args([_NEGATIVE.sub(r" \g<0>", one) for one in arguments])
    command: Callable[[argparse.Namespace], int] = options.command
    return command(options)


# argparse takes `-0x10` for an option, unless a space stands before it.
_NEGATIVE = re.compile(r"^-(?=[0-9])")

_LATER_COMMANDS = {
    "where": "the command `where` needs debug information of a kernel image, which this version does not read yet.",
    "doctor": "the command `doctor` is not available in this version yet; `oopsight explain` says what is missing.",
}


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        "oopsight",
        description="Paste a kernel crash, walk through the source.",
        allow_abbrev=False,
        epilog="Exit status: 0 answered, 1 no crash found in the text, 2 usage or unreadable input.",
    )
    parser.add_argument("--version", action="version", version=f"oopsight {oopsight.__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _explain_parser(commands)
    _decode_parser(commands)
    _domains_parser(commands)
    _index_parser(commands)
    _command(
        commands, "serve", _serve_parsed, "serve an editor (Language Server Protocol on stdio)"
    )
    for name in _LATER_COMMANDS:
        commands.add_parser(name, help="not in this version yet")
    return parser


def _command(
    commands: _Commands,
    name: str,
    function: Callable[[argparse.Namespace], int],
    summary: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", allow_abbrev=False
    )
    parser.set_defaults(command=function)
    return parser


def _explain_parser(commands: _Commands) -> None:
    parser = _command(
        commands,
        "explain",
        _explain,
        "say where every frame of a crash is and what its values mean",
    )
    parser.add_argument(
        "log", nargs="?", default="-", metavar="LOG", help="a text; - or none: stdin"
    )
    _tree_options(parser)
    parser.add_argument(
        "--build", type=Path, metavar="DIR", help="output directory of a kernel build"
    )
    for option, what in (
        ("--also", "DIR"),
        ("--modules", "DIR"),
        ("--system-map", "FILE"),
        ("--kallsyms", "FILE"),
        ("--path-map", "FROM=TO"),
    ):
        parser.add_argument(option, action="append", metavar=what, help="not in this version yet")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")


def _decode_parser(commands: _Commands) -> None:
    parser = _command(commands, "decode", _decode, "say what a number means in a domain")
    parser.add_argument("domain", metavar="DOMAIN", help="a key that `oopsight domains` lists")
    parser.add_argument("number", metavar="NUMBER", help="decimal, or hex with 0x")
    _tree_options(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _tree_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tree", type=Path, metavar="DIR", help="the kernel's source directory")
    parser.add_argument("--config", type=Path, metavar="FILE", help="instead of the tree's .config")
    parser.add_argument("--arch", metavar="NAME", help="instead of the guessed architecture")
    parser.add_argument(
        "--vmlinux", action="append", metavar="FILE", help="not in this version yet"
    )


def _domains_parser(commands: _Commands) -> None:
    parser = _command(commands, "domains", _domains, "list the domains that `decode` knows")
    parser.add_argument("--tree", type=Path, metavar="DIR", help="the kernel's source directory")


def _index_parser(commands: _Commands) -> None:
    parser = _command(commands, "index", _index, "build the index of a kernel tree ahead of time")
    parser.add_argument("tree", type=Path, metavar="TREE", help="the kernel's source directory")
    parser.add_argument("--rebuild", action="store_true", help="read every file again")


def _refuse_later(options: argparse.Namespace) -> None:
    """Options of the contract whose feature is missing must not be taken for used."""
    for name in _LATER_OPTIONS:
        if getattr(options, name, None):
            raise UnusableError(f"the option --{name.replace('_', '-')} {_LATER}")
    if getattr(options, "format", None) == "markdown":
        raise UnusableError(f"the format markdown {_LATER}")


# explain


def _explain(options: argparse.Namespace) -> int:
    _refuse_later(options)
    found = _tree_of(options)
    arch_name = _arch_name(options.arch)
    document = model.Document.of(_read_log(options.log), options.log)
    parsed = formats.parse(document)
    built = _indexed(found) if found is not None and parsed.crashes else found
    explanation = resolve.explain(parsed, built, arch=arch_name)
    workspace = workspaces.Workspace(tree=built)
    if options.format == "json":
        _put(json.dumps(explain_json.render(explanation, parsed), indent=2) + "\n")
    elif parsed.crashes:
        _put(explain_text.render(explanation, parsed, workspace.lines))
    if not parsed.crashes:
        _say(_no_crash(document, options.log))
        return NO_CRASH
    return ANSWERED


def _no_crash(document: model.Document, log: str) -> str:
    name = _log_name(log)
    if not any(line.strip() for line in document.lines):
        return f"{name} is empty; give it the text of a crash."
    return f"no crash found in {name}; it should contain a callstack as a debugger prints it."


def _log_name(log: str) -> str:
    return "the standard input" if log == "-" else log


def _read_log(log: str) -> str:
    """The text of a log, whatever its encoding; characters that are none become U+FFFD."""
    try:
        data = _bytes_of(log)
    except FileNotFoundError:
        raise UnusableError(
            f"there is no file {log}; name a file that holds the text of a crash."
        ) from None
    except IsADirectoryError:
        raise UnusableError(f"{log} is a directory; name a file in it.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnusableError(
            f"cannot read {_log_name(log)}: {reason}; name a file that you may read."
        ) from None
    try:
        return texts.decode(data)
    except texts.NotATextError as error:
        raise UnusableError(f"{_log_name(log)} is {error}.") from None


def _bytes_of(log: str) -> bytes:
    if not log:
        raise UnusableError(
            "the name of the text is empty; name a file, or - for the standard input."
        )
    if log != "-":
        return Path(log).read_bytes()
    if sys.stdin is None:
        raise OSError("it is closed")
    if sys.stdin.isatty():
        _say("reading the log from the terminal; paste it and end with Ctrl-D.")
    return sys.stdin.buffer.read()


# Trees


def _tree_of(options: argparse.Namespace) -> tree.KernelTree | None:
    """The tree that the options name, not yet indexed."""
    config = _config_of(options)
    if options.tree is None:
        if config is not None:
            raise UnusableError(
                "a configuration says nothing without a source tree; add --tree DIR."
            )
        return None
    return _opened(options.tree, config)


def _config_of(options: argparse.Namespace) -> Path | None:
    config: Path | None = options.config
    build: Path | None = getattr(options, "build", None)
    if build is None or config is not None:
        return config
    if not (build / ".config").is_file():
        raise UnusableError(f"{build} has no .config; name the output directory of a kernel build.")
    _say(f"of {build} only its .config is used in this version.")
    return build / ".config"


def _opened(path: Path, config: Path | None = None) -> tree.KernelTree:
    try:
        return tree.open_tree(path, config=config)
    except tree.NotAKernelTree as error:
        raise UnusableError(str(error)) from None
    except (OSError, ValueError) as error:
        raise UnusableError(
            f"cannot read {path}: {error}; name a directory that you may read."
        ) from None


def _indexed(found: tree.KernelTree, *, rebuild: bool = False) -> tree.KernelTree:
    """The tree with its index, from the user's cache or by reading the tree."""
    try:
        with _progress() as progress:
            return tree.build_index(found, rebuild=rebuild, progress=progress)
    except (OSError, sqlite3.Error) as error:
        raise UnusableError(
            f"cannot keep the index of {found.root}: {error}; make the cache directory writable "
            "or name another one in XDG_CACHE_HOME."
        ) from None
    except BrokenExecutor:
        raise UnusableError(
            f"cannot index {found.root}: a worker process was ended from outside, perhaps for lack "
            "of memory; try again."
        ) from None


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, on a terminal only, gone when the work is done."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = -1

    def report(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // max(total, 1)
        if percent != shown:
            shown = percent
            bar = "#" * (_PROGRESS_WIDTH * percent // 100)
            text = f"\rindexing [{bar:<{_PROGRESS_WIDTH}}] {done}/{total} files"
            print(text, end="", file=sys.stderr, flush=True)

    try:
        yield report
    finally:
        if shown >= 0:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _index(options: argparse.Namespace) -> int:
    started = time.monotonic()
    built = _indexed(_opened(options.tree), rebuild=options.rebuild)
    seconds = time.monotonic() - started
    rows = [f"{count:>9}  {what}" for what, count in built.index.counts().items()]
    size = indexes.index_file(built.root).stat().st_size
    rows.append(f"{seconds:>9.1f}  seconds")
    rows.append(f"{size / 1e6:>9.1f}  MB in {words.visible(str(indexes.index_file(built.root)))}")
    _put("\n".join(rows) + "\n")
    return ANSWERED


# Values


def _arch_name(name: str | None) -> str | None:
    """The key of the architecture that the user names."""
    if name is None:
        return None
    record = arch.get(name)
    if record is None:
        known = ", ".join(record.name for record in arch.all())
        raise UnusableError(f"the architecture {name} is unknown; known are {known}.")
    return record.name


def _decode(options: argparse.Namespace) -> int:
    _refuse_later(options)
    domain = values.domain(options.domain)
    if domain is None:
        raise UnusableError(
            f"the domain {options.domain} is unknown; `oopsight domains` lists those that are."
        )
    found = _tree_of(options)
    number = _number(options.number, domain)
    record = arch.get(_arch_name(options.arch) or _arch_of(domain) or "")
    if record is None and found is not None:
        record = _arch_of_tree(found)
    constants = _NoConstants() if found is None else _indexed(found).constants(record)
    decoded = values.decode(domain, number, constants)
    if found is None and domain.headers:
        _say("without --tree DIR the names are missing that only a kernel tree states.")
    elif record is None and any("{arch}" in header for header in domain.headers):
        known = ", ".join(one.name for one in arch.all())
        _say(f"the names of this domain depend on the architecture; add --arch NAME ({known}).")
    if options.format == "json":
        roots = () if found is None else (model.Root("tree", str(found.root), found.release),)
        answer = {
            "schema": explain_json.SCHEMA,
            "roots": explain_json.roots(roots),
            **explain_json.decoded_json(options.number.strip(), decoded),
        }
        _put(json.dumps(answer, indent=2) + "\n")
    else:
        _put(explain_text.decoded(decoded))
    return ANSWERED


# What `int` takes and C does not write is no number: underscores, other scripts' digits.
_NUMBER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|[0-9]+)")


def _number(text: str, domain: model.Domain) -> int:
    """The number that the user means; a negative one as the bits that a kernel holds for it."""
    text = text.strip(" ")
    try:
        if not _NUMBER.fullmatch(text):
            raise ValueError
        number = int(text, 16 if "x" in text.lower() else 10)
    except ValueError:
        raise UnusableError(
            f"{text} is no number; write it in decimal, or in hex with 0x."
        ) from None
    return number if number >= 0 else number & ((1 << domain.bits) - 1)


def _arch_of(domain: model.Domain) -> str | None:
    """The architecture that a domain belongs to, by its key: `arm-fsr`."""
    first = domain.key.partition("-")[0]
    return first if arch.get(first) is not None else None


def _arch_of_tree(found: tree.KernelTree) -> model.Arch | None:
    """The architecture that the configuration of a tree chooses, or the only one that the tree has."""
    config = found.config
    chosen = [
        one
        for one in arch.all()
        if config is not None and config.get(f"CONFIG_{one.name.upper()}") in ("y", "1")
    ]
    if not chosen and len(found.arches) == 1:
        chosen = [one for one in arch.all() if Path(one.tree_dir).name == found.arches[0]]
    # CONFIG_X86 is set beside CONFIG_X86_64, and the two share a directory: the wider one tells more.
    return max(chosen, key=lambda one: one.bits, default=None)


class _NoConstants:
    """What is known of a tree's names without a tree: nothing."""

    def of(self, domain: model.Domain) -> tuple[model.Constant, ...]:
        return ()

    def named(self, name: str) -> tuple[model.Constant, ...]:
        return ()

    def entry(self, table: str, index: int) -> tuple[model.TableEntry, ...]:
        return ()

    def holds(self, condition: str | None) -> bool | None:
        return True if condition is None else None


def _domains(options: argparse.Namespace) -> int:
    found = None if options.tree is None else _opened(options.tree)
    rows = []
    for domain in values.domains():
        where = domain.headers
        if found is not None:
            where = tuple(header for header in where if found.sources.exists(header))
        rows.append("\t".join((domain.key, domain.title, ", ".join(where))).rstrip())
    _put("\n".join(rows) + "\n")
    return ANSWERED


# serve


def _serve_parsed(_options: argparse.Namespace) -> int:
    return UNUSABLE  # never reached: `main` starts the server before anything else


def _serve(arguments: list[str]) -> int:
    """Serve an editor. Standard output belongs to the protocol from the first moment on."""
    if any(argument in ("-h", "--help") for argument in arguments):
        with contextlib.suppress(SystemExit):
            _parser().parse_args(["serve", "--help"])
        return ANSWERED
    unknown = [argument for argument in arguments if argument != "--stdio"]
    if unknown:
        raise UnusableError(
            f"unrecognized arguments: {' '.join(unknown)} (see `oopsight serve --help`)"
        )
    if sys.stdin is None or sys.stdout is None:
        raise UnusableError(
            "the standard input or output is closed; an editor talks to the server through them."
        )
    from oopsight.lsp import streams

    protocol_in, protocol_out = streams.take()
    from oopsight.lsp import server

    return server.serve(protocol_in, protocol_out)
