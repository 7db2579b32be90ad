"""Pasted text → clean lines with true columns. Knows prefixes and blanks, and no callstack format."""

from oopsight.log.lines import forget, read
from oopsight.log.prefixes import PREFIXES, Prefix
from oopsight.log.repairs import mended
from oopsight.log.ropes import joined, part, respelled, whole
from oopsight.log.strands import strands
from oopsight.log.stripping import is_prefix

__all__ = [
    "PREFIXES",
    "Prefix",
    "forget",
    "is_prefix",
    "joined",
    "mended",
    "part",
    "read",
    "respelled",
    "strands",
    "whole",
]
