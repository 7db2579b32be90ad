"""The command line: the second wire beside the Language Server Protocol. Same engine, same answers.

Results go to standard output, messages to standard error. Exit status: 0 answered (also when parts could not be
resolved), 1 no crash found in the text, 2 usage or unreadable input.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import signal
import sys
from collections.abc import Callable, Sequence

from oopsight.cli import arguments, outcomes, output

# Thousands of frames are hundreds of thousands of small objects without cycles. Looking for cycles as often as Python
# does by itself quadruples the time after each key in a text of 50 000 lines.
_SELDOM = (100_000, 50, 100)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    given = sys.argv[1:] if argv is None else list(argv)
    gc.set_threshold(*_SELDOM)
    output.make_standard_files()
    output.make_output_safe()
    try:
        if given[:1] == ["serve"]:
            return _serve(given[1:])
        with outcomes.ended_by_signals():
            return _run(given)
    except outcomes.UnusableError as error:
        output.say(str(error))
        return outcomes.UNUSABLE
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        output.drop()
        return outcomes.ANSWERED
    except KeyboardInterrupt:
        return outcomes.BY_SIGNAL + signal.SIGINT
    except outcomes.Stopped as stopped:
        return outcomes.BY_SIGNAL + stopped.number


def _run(given: list[str]) -> int:
    if not given:
        print(arguments.parser().format_help(), end="", file=sys.stderr)
        return outcomes.UNUSABLE
    options = arguments.parsed(given)
    return _command(options.command)(options)


# Where each command lives: only the one that is run is loaded, for loading all takes longer than most answers.
_COMMANDS = {
    "explain": ("commands", "explain"),
    "decode": ("decoding", "decode"),
    "domains": ("decoding", "domains"),
    "index": ("commands", "index"),
    "doctor": ("doctor", "doctor"),
    "where": ("where", "where"),
}


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    module, function = _COMMANDS[name]
    found: Callable[[argparse.Namespace], int] = getattr(
        importlib.import_module(f"{__name__}.{module}"), function
    )
    return found


def _serve(given: list[str]) -> int:
    """Serve an editor. Standard output belongs to the protocol from the first moment on."""
    if any(argument in ("-h", "--help") for argument in given):
        with contextlib.suppress(SystemExit):
            arguments.parser().parse_args(["serve", "--help"])
        return outcomes.ANSWERED
    unknown = [argument for argument in given if argument != "--stdio"]
    if unknown:
        raise outcomes.UnusableError(
            f"unrecognized arguments: {' '.join(unknown)} (see `oopsight serve --help`)"
        )
    if sys.stdin is None or sys.stdout is None:
        raise outcomes.UnusableError(
            "the standard input or output is closed; an editor talks to the server through them."
        )
    from oopsight.lsp import streams

    protocol_in, protocol_out = streams.take()
    from oopsight.lsp import server

    return server.serve(protocol_in, protocol_out)
