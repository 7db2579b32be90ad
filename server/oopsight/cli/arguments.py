"""What can be typed after `oopsight`: the commands and options for argparse, and those that do not work yet."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import oopsight
from oopsight.cli import outcomes, output

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction["_Parser"]

# Options and commands of the contract whose feature does not exist yet.
_LATER_OPTIONS = ("vmlinux",)

_LATER = "is not available in this version yet; leave it out."

# argparse takes `-0x10` for an option, unless a space stands before it.
_NEGATIVE = re.compile(r"^-(?=[0-9])")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and where to read more."""

    def error(self, message: str) -> NoReturn:
        raise outcomes.UnusableError(f"{message} (see `{self.prog} --help`)")

    def _print_message(self, message: str, file: object = None) -> None:
        """Where `--help` and `--version` end up: their answer must not get lost silently either."""
        output.put(message)


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; `command` among its options is the name of the chosen command."""
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
    _doctor_parser(commands)
    _command(commands, "serve", "serve an editor (Language Server Protocol on stdio)")
    _where_parser(commands)
    return parser


def parsed(given: Sequence[str]) -> argparse.Namespace:
    """The options of a command line, whose numbers may be negative."""
    return parser().parse_args([_NEGATIVE.sub(r" \g<0>", one) for one in given])


def _command(
    commands: _Commands,
    name: str,
    summary: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", allow_abbrev=False
    )
    parser.set_defaults(command=name)
    return parser


def _explain_parser(commands: _Commands) -> None:
    parser = _command(
        commands,
        "explain",
        "say where every frame of a crash is and what its values mean",
    )
    parser.add_argument(
        "log", nargs="?", default="-", metavar="LOG", help="a text; - or none: stdin"
    )
    _tree_options(parser)
    parser.add_argument(
        "--vmlinux", type=Path, metavar="FILE", help="the crashed kernel's image: makes lines exact"
    )
    parser.add_argument(
        "--modules",
        action="append",
        type=Path,
        metavar="DIR",
        help="where its modules are, with debugging information; repeatable",
    )
    for option, what in (
        ("--system-map", "the System.map of the crashed kernel's build"),
        ("--kallsyms", "a copy of its /proc/kallsyms, made by root"),
    ):
        parser.add_argument(option, type=Path, metavar="FILE", help=f"{what}: names addresses")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")


def _decode_parser(commands: _Commands) -> None:
    parser = _command(commands, "decode", "say what a number means in a domain")
    parser.add_argument("domain", metavar="DOMAIN", help="a key that `oopsight domains` lists")
    parser.add_argument("number", metavar="NUMBER", help="decimal, or hex with 0x")
    _tree_options(parser)
    parser.add_argument(
        "--vmlinux", action="append", metavar="FILE", help="not in this version yet"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _tree_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tree", type=Path, metavar="DIR", help="the kernel's source directory")
    parser.add_argument("--config", type=Path, metavar="FILE", help="instead of the tree's .config")
    parser.add_argument(
        "--build", type=Path, metavar="DIR", help="output directory of a kernel build (O=)"
    )
    _also_option(parser)
    parser.add_argument(
        "--path-map",
        action="append",
        default=[],
        metavar="FROM=TO",
        help="FROM begins paths of another machine, TO is that directory here; repeatable",
    )
    parser.add_argument("--arch", metavar="NAME", help="instead of the guessed architecture")


def _also_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--also",
        action="append",
        type=Path,
        default=[],
        metavar="DIR",
        help="sources of modules outside of the tree; repeatable",
    )


def _domains_parser(commands: _Commands) -> None:
    parser = _command(commands, "domains", "list the domains that `decode` knows")
    parser.add_argument("--tree", type=Path, metavar="DIR", help="the kernel's source directory")


def _index_parser(commands: _Commands) -> None:
    parser = _command(commands, "index", "build the index of a kernel tree ahead of time")
    parser.add_argument("tree", type=Path, metavar="TREE", help="the kernel's source directory")
    _also_option(parser)
    parser.add_argument("--rebuild", action="store_true", help="read every file again")


def _doctor_parser(commands: _Commands) -> None:
    parser = _command(commands, "doctor", "say what was found, what is missing and what to do")
    parser.add_argument("log", nargs="?", metavar="LOG", help="a text whose tree is in question")
    _tree_options(parser)
    parser.add_argument(
        "--vmlinux", action="append", metavar="FILE", help="not in this version yet"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _where_parser(commands: _Commands) -> None:
    parser = _command(commands, "where", "say which source line a place in the kernel's code is")
    parser.add_argument(
        "places",
        nargs="+",
        metavar="PLACE",
        help="SYMBOL+OFFSET, SYMBOL+OFFSET/SIZE, or an address in hex",
    )
    parser.add_argument(
        "--vmlinux",
        type=Path,
        required=True,
        metavar="FILE",
        help="a kernel image, or a module (.ko)",
    )
    parser.add_argument("--return-address", action="store_true", help="the call before it is meant")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def refuse_later(options: argparse.Namespace) -> None:
    """Options of the contract whose feature is missing must not be taken for used."""
    for name in _LATER_OPTIONS:
        if isinstance(getattr(options, name, None), list):
            raise outcomes.UnusableError(f"the option --{name.replace('_', '-')} {_LATER}")
    if getattr(options, "format", None) == "markdown":
        raise outcomes.UnusableError(f"the format markdown {_LATER}")
