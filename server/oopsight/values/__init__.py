"""What numbers mean, given what names a tree has: domains, decoding, and the regions of the address space.

Nothing here reads a tree. Numbers of flags come in as `model.Constants`.
"""

from oopsight.values.decoding import decode, whole
from oopsight.values.domains import domain, domain_of, domains
from oopsight.values.pointers import Place, describe_address, region

__all__ = [
    "Place",
    "decode",
    "describe_address",
    "domain",
    "domain_of",
    "domains",
    "region",
    "whole",
]
