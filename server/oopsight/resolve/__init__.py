"""The joiner: a crash and a tree become facts, each with its status and how it is known."""

from oopsight.resolve.crashes import definitions, explain, table_entries
from oopsight.resolve.places import SourceValue, values_at

__all__ = ["SourceValue", "definitions", "explain", "table_entries", "values_at"]
