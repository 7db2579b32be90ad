"""What Kconfig files say of an option when there is no configuration: its possible values, and whether it is declared.

Only options with a value are answered (`hex`, `int`): whether a yes-or-no option is set, nobody but its `.config` knows.
"""

from __future__ import annotations

import re

from oopsight.tree import preprocess

__all__ = ["declares", "defaults", "entries", "is_always"]

_ENTRY_END = re.compile(
    r"^(?:menu)?(?:config|menu|endmenu|choice|endchoice|if|endif|source|comment|mainmenu)\b",
    re.MULTILINE,
)
_DEFAULT = re.compile(r"^[ \t]+default[ \t]+(\S+)(?:[ \t]+if[ \t]+([^\n]+))?", re.MULTILINE)
_NUMBER = re.compile(r"-?(?:0x[0-9a-fA-F]+|[0-9]+)")
_SYMBOL = re.compile(r"[A-Z][A-Z0-9_]*")


def declares(text: str, name: str) -> bool:
    """Whether a Kconfig file declares the option `CONFIG_…`."""
    return _entry(text, name) is not None


def entries(text: str) -> dict[str, str]:
    """The options that a Kconfig file declares, without `CONFIG_`, each with the text of its first entry."""
    text = text.replace("\\\n", " ")
    found: dict[str, str] = {}
    for start in _ENTRY.finditer(text):
        end = _ENTRY_END.search(text, start.end())
        found.setdefault(start[1], text[start.end() : end.start() if end else len(text)])
    return found


def is_always(entry: str) -> bool:
    """Whether an entry sets a yes-or-no option under no condition, and nobody is asked."""
    return _ALWAYS.search(entry) is not None and _DEPENDS.search(entry) is None


_ENTRY = re.compile(r"^[ \t]*(?:menu)?config[ \t]+(\w+)[ \t]*$", re.MULTILINE)
_ALWAYS = re.compile(
    r"^[ \t]+def_bool[ \t]+y[ \t]*$|^[ \t]+bool[ \t]*\n[ \t]+default[ \t]+y[ \t]*$", re.MULTILINE
)
_DEPENDS = re.compile(r"^[ \t]+depends on\b", re.MULTILINE)


def defaults(text: str, name: str) -> tuple[tuple[str, str | None], ...]:
    """The default values of a `hex` or `int` option as C text, each with its condition; the first that holds counts."""
    entry = _entry(text, name)
    if entry is None or not re.search(r"^[ \t]+(?:hex|int)\b", entry, re.MULTILINE):
        return ()
    found: list[tuple[str, str | None]] = []
    earlier: list[str] = []
    for match in _DEFAULT.finditer(entry):
        own = _condition(match[2])
        condition = preprocess.all_of(own, *(preprocess.negated(each) for each in earlier))
        if _NUMBER.fullmatch(match[1]):  # another option's value is not followed
            found.append((match[1], condition))
        if own is None:
            break
        earlier.append(own)
    return tuple(found)


def _entry(text: str, name: str) -> str | None:
    symbol = name.removeprefix("CONFIG_")
    text = text.replace("\\\n", " ")
    start = re.search(
        rf"^[ \t]*(?:menu)?config[ \t]+{re.escape(symbol)}[ \t]*$", text, re.MULTILINE
    )
    if start is None:
        return None
    end = _ENTRY_END.search(text, start.end())
    return text[start.end() : end.start() if end else len(text)]


def _condition(words: str | None) -> str | None:
    """A Kconfig condition as C: `VMSPLIT_1G && !MMU` asks whether the options are set."""
    if words is None:
        return None
    if "=" in words or '"' in words:
        return "KCONFIG_CONDITION"  # a comparison, which stays undecided
    return _SYMBOL.sub(lambda match: f"defined(CONFIG_{match[0]})", words.split("#")[0].strip())
