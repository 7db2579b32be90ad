"""The command `oopsight`, also as `python -m oopsight`."""

import sys

_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells report it


def run() -> int:
    """Run the command; an end by the keyboard is quiet, also while our modules are still being read."""
    try:
        from oopsight.cli import main

        return main()
    except KeyboardInterrupt:
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(run())
