"""Copies of sample_kernel that a test may edit, and the explanation of a text against them."""

from __future__ import annotations

import shutil
from pathlib import Path

from oopsight import formats, model, resolve, tree

TOP = Path(__file__).parents[2]
SAMPLE = TOP / "sample_kernel"
SEED = SAMPLE / "crashes" / "arm" / "seed.txt"
# The variable window of the seed's kind: which entry of the table the indirect call went through.
WINDOW = """
(register struct fsr_info *) inf = 0xC161514C = fsr_info[7] -> (
      (int (*)()) fn = 0xC0114428 = do_page_fault -> ,
      (int) sig = 11 = 0x0B = '....',
      (int) code = 196609 = 0x00030001 = '....',
      (char *) name = 0xC11DEC42 = kallsyms_token_index+0x3ED2 -> "page translation fault")
"""


def write_files(root: Path, files: dict[str, str], config: str | None) -> None:
    """Make a tree of the given files with an Arm folder, and with a configuration if there is one.

    The top Makefile is the caller's, for it says what is built.
    """
    files = {"include/linux/a.h": "", "arch/arm/Makefile": "", **files}
    if config is not None:
        files[".config"] = config
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class Kernel:
    """An editable copy of the sample kernel."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(SAMPLE, root)

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text, encoding="utf-8")

    def replace(self, path: str, old: str, new: str, count: int = 1) -> None:
        """Replace `old`, which must be there."""
        text = self.read(path)
        assert text.count(old) >= count, f"{old!r} is not in {path}"
        self.write(path, text.replace(old, new, count))

    def replace_line(self, path: str, line: int, old: str, new: str) -> None:
        """Replace `old` on one line, which must hold it."""
        lines = self.read(path).split("\n")
        assert old in lines[line - 1], f"{path}:{line} reads {lines[line - 1]!r}"
        lines[line - 1] = lines[line - 1].replace(old, new)
        self.write(path, "\n".join(lines))

    def insert(self, path: str, line: int, text: str) -> None:
        """Put `text` in front of a 1-based line."""
        lines = self.read(path).split("\n")
        lines[line - 1 : line - 1] = text.split("\n")
        self.write(path, "\n".join(lines))

    def option(self, name: str, value: str | None) -> None:
        """Set an option of the configuration, None for "is not set"."""
        lines = [
            line
            for line in self.read(".config").split("\n")
            if not line.startswith(f"{name}=") and line != f"# {name} is not set"
        ]
        lines.append(f"# {name} is not set" if value is None else f"{name}={value}")
        self.write(".config", "\n".join(lines) + "\n")

    def without_config(self) -> None:
        """Remove the configuration."""
        (self.root / ".config").unlink()
        (self.root / "include" / "generated" / "autoconf.h").unlink(missing_ok=True)

    def open(self) -> tree.KernelTree:
        return tree.build_index(tree.open_tree(self.root))

    def explain(self, text: str | None = None) -> model.Explanation:
        text = SEED.read_text(encoding="utf-8") if text is None else text
        return resolve.explain(formats.parse(model.Document.of(text)), self.open())


def frame(explanation: model.Explanation, name: str, crash: int = 0) -> model.ResolvedFrame:
    """The innermost frame of a function."""
    for stack in explanation.crashes[crash].stacks:
        for found in stack.frames:
            if found.frame.code.function == name:
                return found
    raise AssertionError(f"no frame {name}")


def argument(explanation: model.Explanation, function: str, name: str) -> model.ResolvedValue:
    """An argument of the innermost frame of a function."""
    return next(value for value in frame(explanation, function).arguments if value.name == name)


def place(found: model.ResolvedFrame) -> str | None:
    """`mm/page_alloc.c:2926`."""
    return None if found.position is None else f"{found.position.path}:{found.position.line}"
