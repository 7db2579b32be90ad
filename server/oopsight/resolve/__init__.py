"""The joiner: a crash and a tree become facts, each with its status and how it is known."""

from oopsight.resolve.addresses import address
from oopsight.resolve.crashes import continued, definitions, explain, table_entries
from oopsight.resolve.images import Images
from oopsight.resolve.images import opened as open_images
from oopsight.resolve.paths import NotAMapping, parse_map, path_by_end, path_in_tree
from oopsight.resolve.pending import is_unfinished
from oopsight.resolve.places import SourceValue, values_at

__all__ = [
    "Images",
    "NotAMapping",
    "SourceValue",
    "address",
    "continued",
    "definitions",
    "explain",
    "is_unfinished",
    "open_images",
    "parse_map",
    "path_by_end",
    "path_in_tree",
    "table_entries",
    "values_at",
]
