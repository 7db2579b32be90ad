"""Pasted text → clean lines with true columns. Knows prefixes and blanks, and no callstack format."""

from oopsight.log.lines import read
from oopsight.log.prefixes import PREFIXES, Prefix

__all__ = ["PREFIXES", "Prefix", "read"]
