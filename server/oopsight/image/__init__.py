"""What a build of the kernel leaves beside its sources: lists of symbols and their addresses."""

from oopsight.image.maps import NotAMap, Symbol, Symbols, read

__all__ = ["NotAMap", "Symbol", "Symbols", "read"]
