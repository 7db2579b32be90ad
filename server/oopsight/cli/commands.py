"""The commands about whole texts and trees: `explain` and `index`."""

from __future__ import annotations

import argparse
import json
import time

from oopsight import resolve, tree
from oopsight.cli import arguments, logs, outcomes, output, trees
from oopsight.ide import explain_json, explain_text, words, workspaces


def explain(options: argparse.Namespace) -> int:
    """Say where every frame of a crash is and what its values mean; the exit status."""
    arguments.refuse_later(options)
    found = trees.tree_of(options)
    arch_name = trees.arch_name(options.arch)
    maps = trees.symbols_of(options)
    opened = trees.images_of(options)
    parsed = logs.parsed(options.log)
    built = trees.indexed(found) if found is not None and parsed.crashes else found
    explanation = resolve.explain(parsed, built, arch=arch_name, maps=maps, opened=opened)
    if opened is not None:
        opened.close()
    workspace = workspaces.Workspace(tree=built)
    if options.format == "json":
        output.put(json.dumps(explain_json.render(explanation, parsed), indent=2) + "\n")
    elif parsed.crashes:
        output.put(explain_text.render(explanation, parsed, workspace.lines))
    if not parsed.crashes:
        output.say(logs.no_crash(parsed.document, options.log))
        return outcomes.NO_CRASH
    return outcomes.ANSWERED


def index(options: argparse.Namespace) -> int:
    """Build the index of a tree ahead of time and print its counts, seconds and size; the exit status."""
    started = time.monotonic()
    built = trees.indexed(trees.opened(options.tree, also=options.also), rebuild=options.rebuild)
    seconds = time.monotonic() - started
    rows = [f"{count:>9}  {what}" for what, count in built.index.counts().items()]
    rows.append(f"{seconds:>9.1f}  seconds")
    for root in (built.root, *built.also.values()):
        state = tree.state_of(root)
        if state.size is not None:
            rows.append(f"{state.size / 1e6:>9.1f}  MB in {words.visible(str(state.path))}")
    output.put("\n".join(rows) + "\n")
    return outcomes.ANSWERED
