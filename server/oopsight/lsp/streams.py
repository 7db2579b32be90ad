"""The two streams of the protocol, kept from everybody else before anything else runs.

One stray byte on standard output ends an editor's connection for good. So the protocol gets private copies of the
two file descriptors, which no child process inherits, and what anybody prints goes to standard error.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO


def take() -> tuple[BinaryIO, BinaryIO]:
    """The protocol's input and output; from now on `print` writes to standard error and `input` finds nothing."""
    protocol_in = os.fdopen(os.dup(0), "rb")
    protocol_out = os.fdopen(os.dup(1), "wb")
    sys.stdout.flush()
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout = sys.stderr
    return protocol_in, protocol_out
