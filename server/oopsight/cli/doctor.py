"""The command `doctor`: what was found, what is missing, and what to do about it, each in one line."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import oopsight
from oopsight import model, resolve, tree
from oopsight.cli import arguments, logs, outcomes, output, trees
from oopsight.ide import explain_json, words

_TREE_HINT = "Name the top directory of the crashed kernel's sources: --tree DIR."
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MOST_FOLDERS = 200


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `state` is found | missing | note; `message` says it, `hint` what to do."""

    topic: str
    state: str
    message: str
    hint: str | None = None


def doctor(options: argparse.Namespace) -> int:
    """Say what of Python, tree, configuration, index and text is there; the exit status."""
    arguments.refuse_later(options)
    named = options.tree is not None
    if not named:
        options.tree = _tree_here()
    found = trees.tree_of(options)
    # The text is asked about first, since that makes the index.
    about_text, crash = _text(options, found) if options.log is not None else ([], None)
    checks = [*_program(), *_tree(found, options.tree, named)]
    if found is not None:
        checks += [*_sources(found), *_index(found)]
    checks += about_text
    if options.format == "json":
        output.put(json.dumps(_json(checks, found, crash), indent=2) + "\n")
    else:
        output.put("".join(f"{_line(check)}\n" for check in checks))
    return outcomes.ANSWERED


def _line(check: Check) -> str:
    said = check.message + (f" {check.hint}" if check.hint else "")
    return words.visible(f"{check.state:<8} {check.topic:<14} {said}")


def _tree_here() -> Path | None:
    """The kernel tree in which the command runs, or one directly below."""
    try:
        here = Path.cwd()
        below = [
            one for one in sorted(here.iterdir())[:_MOST_FOLDERS] if (one / "Makefile").is_file()
        ]
    except OSError:
        return None
    for place in (here, *below):
        try:
            tree.open_tree(place)
        except (tree.NotAKernelTree, OSError):
            continue
        return place
    return None


def _program() -> Iterator[Check]:
    version = f"Oopsight {oopsight.__version__} runs with Python {platform.python_version()}"
    yield Check("program", "found", f"{version} ({sys.executable}).")


def _tree(found: tree.KernelTree | None, asked: Path | None, named: bool) -> Iterator[Check]:
    if found is None or asked is None:
        message = (
            "No kernel tree was named, and the current directory neither lies in one nor holds one."
        )
        yield Check("tree", "missing", message, _TREE_HINT)
        return
    how = "named" if named else "found from the current directory"
    if asked.absolute() != found.root:
        how += f", from {asked}"
    yield Check("tree", "found", f"{found.root} ({how}).")
    yield Check("release", "found", f"Linux {found.release}.")
    stated = found.stated
    if stated and stated.configuration and stated.configuration != stated.makefile:
        yield Check(
            "release",
            "note",
            f"The configuration was made for Linux {stated.configuration}, the Makefile states {stated.makefile}.",
            "Take the configuration of the kernel that crashed: --config FILE.",
        )


def _sources(found: tree.KernelTree) -> Iterator[Check]:
    if found.config_path is not None and found.config is not None:
        count = len(found.config.options)
        made = tree.architecture_of_config(found)
        whose = "" if made is None else f", for {made.name}: {made.option}=y"
        message = f"{found.config_path} ({count} options are set{whose})."
        yield Check("configuration", "found", message)
    else:
        yield Check(
            "configuration",
            "missing",
            "The tree has no .config, so all #if branches count.",
            "Name that of the kernel that crashed: --config FILE (on the machine: /proc/config.gz or /boot/config-*).",
        )
    if found.build is not None:
        yield Check(
            "build", "found", f"{found.build}: its configuration and generated headers are used."
        )
        if tree.foreign_build(found, found.build):
            message = f"{found.build} was made from {tree.source_of(found.build)}."
            yield Check("build", "note", message, "Name the build of this tree: --build DIR.")
    elif found.builds:
        several = ", ".join(map(str, found.builds))
        message = f"Several output directories were made from this tree: {several}."
        yield Check("build", "note", message, "Choose one: --build DIR.")
    elif not (found.root / "include/generated/autoconf.h").is_file():
        yield Check(
            "build",
            "missing",
            "No build of the tree was found, so headers that a build makes are missing.",
            "Name its output directory, if there is one: --build DIR.",
        )
    for key, path in found.also.items():
        yield Check("also", "found", f"{path}: functions there are shown as {key}:/….")
    yield Check(
        "architectures",
        "found" if found.arches else "missing",
        f"The tree has {len(found.arches)}: {', '.join(found.arches)}."
        if found.arches
        else "The tree has sources of no architecture.",
    )


def _index(found: tree.KernelTree) -> Iterator[Check]:
    for key, root in (("tree", found.root), *found.also.items()):
        state = tree.state_of(root)
        what = "the tree" if key == "tree" else key
        again = f"Run: oopsight index {found.root}" + (f" --also {root}" if key != "tree" else "")
        if state.size is None or state.age is None:
            message = f"There is no index of {what} yet; the first question makes one."
            yield Check("index", "missing", message, again)
            continue
        facts = f"{state.size / 1e6:.1f} MB, written {_ago(state.age)}: {state.path}"
        if state.files is None:
            message = (
                f"The index of {what} cannot be read ({facts}); the next question makes it anew."
            )
            yield Check("index", "missing", message, f"{again} --rebuild")
        elif not state.complete:
            message = f"The index of {what} is not complete: {state.files} files so far, {facts}."
            yield Check("index", "note", message, again)
        else:
            message = f"The index of {what} is complete: {state.files} files, {facts}."
            yield Check("index", "found", message)


def _ago(seconds: float) -> str:
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        count = int(seconds // unit)
        if count:
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "less than a minute ago"


def _text(
    options: argparse.Namespace, found: tree.KernelTree | None
) -> tuple[list[Check], model.ResolvedCrash | None]:
    """What is known of the text, and whether the tree is that of its kernel."""
    parsed = logs.parsed(options.log)
    if not parsed.crashes:
        message = logs.no_crash(parsed.document, options.log)
        return [Check("text", "missing", message[0].upper() + message[1:])], None
    built = None if found is None else trees.indexed(found)
    explanation = resolve.explain(parsed, built, arch=trees.arch_name(options.arch))
    crash = explanation.crashes[0]
    frames = sum(len(stack.frames) for stack in crash.stacks)
    kernel = f"Linux {crash.crash.release}" if crash.crash.release else "no release"
    about = f"{frames} frames, {crash.arch or 'no architecture'}, {kernel}"
    checks = [Check("text", "found", f"{options.log}: {about}.")]
    checks += [
        Check("configuration", "note", one.message, one.hint)
        for one in crash.problems
        if one.code == "foreign-configuration"
    ]
    verdict = crash.verdict
    if verdict is not None:
        problem = next((one for one in crash.problems if one.code == "tree-verdict"), None)
        if problem is not None:
            good = verdict.match is model.TreeMatch.THIS
            checks.append(
                Check("verdict", "found" if good else "note", problem.message, problem.hint)
            )
        else:
            reasons = " ".join(("Nothing tells whether this is the tree.", *verdict.reasons))
            checks.append(Check("verdict", "note", reasons))
    return checks, crash


def _json(
    checks: list[Check], found: tree.KernelTree | None, crash: model.ResolvedCrash | None
) -> dict[str, Any]:
    return {
        "schema": explain_json.SCHEMA,
        "version": oopsight.__version__,
        "python": platform.python_version(),
        "roots": [] if found is None else explain_json.roots(found.roots),
        "config": None if found is None or not found.config_path else str(found.config_path),
        "build": None if found is None or found.build is None else str(found.build),
        "arches": [] if found is None else list(found.arches),
        "indexes": []
        if found is None
        else [_index_json(key, root) for key, root in _indexed(found)],
        "tree": None if crash is None else explain_json.verdict_json(crash.verdict),
        "checks": [
            {"topic": one.topic, "state": one.state, "message": one.message, "hint": one.hint}
            for one in checks
        ],
    }


def _indexed(found: tree.KernelTree) -> list[tuple[str, Path]]:
    return [("tree", found.root), *found.also.items()]


def _index_json(key: str, root: Path) -> dict[str, Any]:
    state = tree.state_of(root)
    return {
        "root": key,
        "path": str(state.path),
        "complete": state.complete,
        "files": state.files,
        "bytes": state.size,
        "seconds": None if state.age is None else round(state.age),
    }
