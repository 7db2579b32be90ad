"""The commands about single numbers: `decode` and `domains`."""

from __future__ import annotations

import argparse
import json
import re

from oopsight import arch, model, values
from oopsight.cli import arguments, outcomes, output, trees
from oopsight.ide import explain_json, explain_text


def decode(options: argparse.Namespace) -> int:
    """Say what a number means in a domain; the exit status."""
    arguments.refuse_later(options)
    domain = values.domain(options.domain)
    if domain is None:
        raise outcomes.UnusableError(
            f"the domain {options.domain} is unknown; `oopsight domains` lists those that are."
        )
    found = trees.tree_of(options)
    number = _number(options.number, domain)
    record = arch.get(trees.arch_name(options.arch) or _arch_of(domain) or "")
    if record is None and found is not None:
        record = trees.arch_of_tree(found)
    constants = _NoConstants() if found is None else trees.indexed(found).constants(record)
    decoded = values.decode(domain, number, constants)
    if found is None and domain.headers:
        output.say("without --tree DIR the names are missing that only a kernel tree states.")
    elif record is None and any("{arch}" in header for header in domain.headers):
        known = ", ".join(one.name for one in arch.all())
        output.say(
            f"the names of this domain depend on the architecture; add --arch NAME ({known})."
        )
    if options.format == "json":
        roots = () if found is None else found.roots
        answer = {
            "schema": explain_json.SCHEMA,
            "roots": explain_json.roots(roots),
            **explain_json.decoded_json(options.number.strip(), decoded),
        }
        output.put(json.dumps(answer, indent=2) + "\n")
    else:
        output.put(explain_text.decoded(decoded))
    return outcomes.ANSWERED


def domains(options: argparse.Namespace) -> int:
    """List the domains, each with its title and the headers that state its names; the exit status."""
    found = None if options.tree is None else trees.opened(options.tree)
    rows = []
    for domain in values.domains():
        where = domain.headers
        if found is not None:
            where = tuple(header for header in where if found.sources.exists(header))
        rows.append("\t".join((domain.key, domain.title, ", ".join(where))).rstrip())
    output.put("\n".join(rows) + "\n")
    return outcomes.ANSWERED


# What `int` takes and C does not write is no number: underscores, other scripts' digits.
_NUMBER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|[0-9]+)")


def _number(text: str, domain: model.Domain) -> int:
    """The number that the user means; a negative one as the bits that a kernel holds for it."""
    text = text.strip(" ")
    try:
        if not _NUMBER.fullmatch(text):
            raise ValueError
        number = int(text, 16 if "x" in text.lower() else 10)
    except ValueError:
        raise outcomes.UnusableError(
            f"{text} is no number; write it in decimal, or in hex with 0x."
        ) from None
    return number if number >= 0 else number & ((1 << domain.bits) - 1)


def _arch_of(domain: model.Domain) -> str | None:
    """The architecture that a domain belongs to, by its key: `arm-fsr`."""
    first = domain.key.partition("-")[0]
    return first if arch.get(first) is not None else None


class _NoConstants:
    """What is known of a tree's names without a tree: nothing."""

    def of(self, domain: model.Domain) -> tuple[model.Constant, ...]:
        return ()

    def named(self, name: str) -> tuple[model.Constant, ...]:
        return ()

    def entry(self, table: str, index: int) -> tuple[model.TableEntry, ...]:
        return ()

    def holds(self, condition: str | None) -> bool | None:
        return True if condition is None else None
