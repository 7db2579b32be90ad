"""`python -m oopsight` is the command `oopsight`."""

from oopsight.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
