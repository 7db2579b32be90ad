"""Where the sources are: trees found from inside, builds and further sources beside them, paths of other machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.kernels import Kernel, frame, place

from oopsight import formats, ide, model, resolve, tree
from oopsight.ide import explain_json
from oopsight.lsp import settings
from oopsight.tree import builds, includes, releases, roots

MODULE = """\
#include <linux/gfp.h>
#include "widget.h"

static int widget_start(struct widget *widget, int speed)
{
	return widget_spin(widget, speed);
}

int widget_open(struct widget *widget)
{
	return widget_start(widget, 3);
}
"""
WIDGET_H = """\
struct widget { int speed; };
static inline int widget_spin(struct widget *widget, int speed)
{
	return alloc_widget(widget);
}
"""
TRACE = """\
-000|alloc_widget(widget = 0xC1D92780)
-001|widget_start(widget = 0xC1D92780, speed = 3)
-002|widget_open(widget = 0xC1D92780)
"""


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OOPSIGHT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(tmp_path / "src" / "linux")


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """Sources of a module outside of the tree."""
    top = tmp_path / "widget"
    (top / "src").mkdir(parents=True)
    (top / "include").mkdir()
    (top / "Makefile").write_text("obj-m := widget.o\n")
    (top / "src" / "main.c").write_text(MODULE)
    (top / "include" / "widget.h").write_text(WIDGET_H)
    return top


def _explain(found: tree.KernelTree, text: str) -> tuple[model.Parsed, model.Explanation]:
    parsed = formats.parse(model.Document.of(text))
    return parsed, resolve.explain(parsed, tree.build_index(found))


# The top of a tree


def test_a_tree_is_found_from_a_folder_in_it(kernel: Kernel) -> None:
    for inside in ("mm", "arch/arm/mm", "include/linux", "mm/../kernel"):
        opened = tree.open_tree(kernel.root / inside)
        assert opened.root == kernel.root, inside
        assert (opened.release or "").startswith("3.18.")


def test_a_tree_is_found_through_a_link(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "whole").symlink_to(kernel.root)
    (tmp_path / "part").symlink_to(kernel.root / "mm")
    assert tree.open_tree(tmp_path / "whole").root == tmp_path / "whole"
    assert tree.open_tree(tmp_path / "whole" / "mm").root == tmp_path / "whole"
    assert tree.open_tree(tmp_path / "part").root == kernel.root


def test_beside_a_tree_is_no_tree(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "src" / "notes").mkdir()
    with pytest.raises(tree.NotAKernelTree, match="lacks a Makefile"):
        tree.open_tree(tmp_path / "src" / "notes")
    with pytest.raises(tree.NotAKernelTree, match="is a file"):
        tree.open_tree(kernel.root / "Makefile")


@pytest.mark.parametrize(
    ("config", "built", "name", "configured"),
    [
        ("CONFIG_MMU=y\n", None, "3.18.19", None),
        ('CONFIG_LOCALVERSION="-board"\n', None, "3.18.19-board", None),
        ("# Linux/arm 3.18.31 Kernel Configuration\nCONFIG_MMU=y\n", None, "3.18.19", "3.18.31"),
        ("CONFIG_MMU=y\n", "3.18.19-g1234\n", "3.18.19-g1234", None),
        ("CONFIG_MMU=y\n", "\0nonsense \n", "3.18.19", None),
    ],
)
def test_the_release_of_a_tree(
    kernel: Kernel, config: str, built: str | None, name: str, configured: str | None
) -> None:
    kernel.write(".config", config)
    if built is not None:
        (kernel.root / "include/config").mkdir()
        kernel.write("include/config/kernel.release", built)
    opened = tree.open_tree(kernel.root)
    assert opened.release == name
    assert opened.stated is not None
    assert (opened.stated.makefile, opened.stated.configuration) == ("3.18.19", configured)


# Builds


def _build(kernel: Kernel, folder: Path, *, link: bool = True) -> Path:
    """An output directory of a build of the sample kernel, which has no configuration of its own any more."""
    if (kernel.root / ".config").exists():
        kernel.without_config()
    (folder / "include/generated").mkdir(parents=True)
    (folder / "include/config").mkdir()
    (folder / "arch/arm/include/generated/asm").mkdir(parents=True)
    (folder / ".config").write_text("CONFIG_ARM=y\nCONFIG_MMU=y\nCONFIG_WIDGET=y\n")
    (folder / "include/config/auto.conf").write_text("CONFIG_WIDGET=y\n")
    (folder / "include/generated/made.h").write_text(
        "#define MADE_NUMBER 21\nstatic inline int made_inline(void)\n{\n\treturn 1;\n}\n"
    )
    (folder / "arch/arm/include/generated/asm/wrapped.h").write_text("#include <asm/page.h>\n")
    (folder / "lib").mkdir()
    (folder / "lib/table.h").write_text("#define MADE_TABLE 1\n")
    if link:
        (folder / "source").symlink_to(kernel.root)
    else:
        (folder / "Makefile").write_text(
            f"# Automatically generated by {kernel.root}/Makefile: don't edit\n"
            f"include {kernel.root}/Makefile\n"
        )
    return folder


@pytest.mark.parametrize("link", [True, False])
@pytest.mark.parametrize("where", ["src/linux/out", "src/out/arm", "src/obj", "src/build-arm"])
def test_a_build_is_found_by_itself(kernel: Kernel, tmp_path: Path, where: str, link: bool) -> None:
    folder = _build(kernel, tmp_path / where, link=link)
    opened = tree.open_tree(kernel.root)
    assert (opened.build, opened.config_path) == (folder, folder / ".config")
    assert opened.config is not None
    assert opened.config.get("CONFIG_WIDGET") == "y"


def test_of_several_builds_none_is_taken(kernel: Kernel, tmp_path: Path) -> None:
    one = _build(kernel, tmp_path / "src/out-arm")
    other = _build(kernel, tmp_path / "src/out-x86")
    opened = tree.open_tree(kernel.root)
    assert (opened.build, opened.config, opened.builds) == (None, None, (one, other))
    assert tree.open_tree(kernel.root, build=other).build == other


def test_a_configured_tree_needs_no_build(kernel: Kernel, tmp_path: Path) -> None:
    kept = kernel.read(".config")
    _build(kernel, tmp_path / "src/out")
    kernel.write(".config", kept)
    opened = tree.open_tree(kernel.root)
    assert (opened.build, opened.config_path) == (None, kernel.root / ".config")


def test_a_build_of_another_tree_is_not_taken(kernel: Kernel, tmp_path: Path) -> None:
    other = Kernel(tmp_path / "other" / "linux")
    folder = _build(other, tmp_path / "src/out")
    kernel.without_config()
    opened = tree.open_tree(kernel.root)
    assert opened.build is None
    named = tree.open_tree(kernel.root, build=folder)
    assert tree.foreign_build(named, folder)
    assert builds.source_of(folder) == other.root


def test_a_build_leads_to_its_tree(kernel: Kernel, tmp_path: Path) -> None:
    folder = _build(kernel, tmp_path / "elsewhere/obj")
    _build(kernel, tmp_path / "src/out-1")
    _build(kernel, tmp_path / "src/out-2")
    opened = tree.open_tree(folder)
    assert (opened.root, opened.build) == (kernel.root, folder)
    # The configuration of a build brings its headers along.
    assert tree.open_tree(kernel.root, config=folder / ".config").build == folder


def test_headers_that_a_build_made_are_used(kernel: Kernel, tmp_path: Path) -> None:
    folder = _build(kernel, tmp_path / "elsewhere/obj")
    opened = tree.build_index(tree.open_tree(kernel.root, build=folder))
    assert isinstance(opened.index, roots.Joined)
    (made,) = opened.definitions("made_inline")
    assert (made.position.path, made.position.line) == ("build:/include/generated/made.h", 2)
    (path,) = (path for path, _ in opened.index.find("MADE_NUMBER"))
    assert opened.sources.text(path) == (folder / "include/generated/made.h").read_text()
    for quote, name, expected in (
        ("<", "generated/made.h", "build:/include/generated/made.h"),
        ("<", "asm/wrapped.h", "build:/arch/arm/include/generated/asm/wrapped.h"),
        ('"', "table.h", "build:/lib/table.h"),
        ("<", "linux/gfp.h", "include/linux/gfp.h"),
        ('"', "../../../etc/passwd", None),
    ):
        assert includes.resolve(opened, "lib/string.c", quote, name, "arch/arm") == expected
    assert [(root.id, root.path) for root in opened.roots] == [
        ("tree", str(kernel.root)),
        ("build", str(folder)),
    ]
    # `source` leads out of the build, and is not followed.
    assert not opened.sources.exists("build:/source/Makefile")


def test_a_directory_that_is_no_build_is_refused(kernel: Kernel, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(tree.NotARoot, match="output directory"):
            tree.open_tree(kernel.root, build=folder)
    own = tree.open_tree(kernel.root, build=kernel.root)
    assert (own.build, own.config_path) == (None, kernel.root / ".config")


# Further sources


def test_functions_of_a_module_are_found(kernel: Kernel, module: Path) -> None:
    kernel.insert("mm/highmem.c", 1, "int alloc_widget(void *widget)\n{\n\treturn 0;\n}\n")
    opened = tree.open_tree(kernel.root, also=[module])
    parsed, explanation = _explain(opened, TRACE)
    start, outer = frame(explanation, "widget_start"), frame(explanation, "widget_open")
    assert place(outer) == "also1:/src/main.c:11"
    assert outer.status is model.Status.EXACT
    # The way to the next frame runs through a header of the module.
    assert place(start) == "also1:/src/main.c:6"
    assert [hop.position.path for hop in start.hops] == ["also1:/include/widget.h"]
    answer = explain_json.render(explanation, parsed)
    assert [root["id"] for root in answer["roots"]] == ["tree", "also1"]
    rendered = answer["crashes"][0]["stacks"][0]["frames"]
    assert rendered[2]["location"] == {"root": "also1", "file": "src/main.c", "line": 11}
    assert rendered[1]["hops"][0]["definition"] == {
        "root": "also1",
        "file": "include/widget.h",
        "line": 2,
    }
    assert rendered[0]["definition"]["root"] == "tree"
    json.dumps(answer)


def test_links_lead_into_a_module(kernel: Kernel, module: Path) -> None:
    opened = tree.build_index(tree.open_tree(kernel.root, also=[module]))
    document = model.Document.of(TRACE, "a")
    parsed = formats.parse(document)
    log = ide.Log(parsed, resolve.explain(parsed, opened))
    workspace = ide.Workspace({"a": log}, {}, opened, ide.Stage.READY)
    links = {link.uri for link in ide.document_links(workspace, "a")}
    assert f"{(module / 'src/main.c').as_uri()}#L11" in links
    path = opened.sources.path_of(module / "src/main.c")
    assert path == "also1:/src/main.c"
    shown = ide.hover(
        workspace, ide.Place("file:///x.c", 3, MODULE.split("\n")[3].index("speed"), path)
    )
    assert shown is not None


def test_roots_that_add_nothing_or_too_much(kernel: Kernel, module: Path, tmp_path: Path) -> None:
    opened = tree.open_tree(kernel.root, also=[kernel.root / "mm", module, module / "src", module])
    assert opened.also == {"also1": module}
    with pytest.raises(tree.NotARoot, match="holds the kernel tree"):
        tree.open_tree(kernel.root, also=[tmp_path])
    with pytest.raises(tree.NotARoot, match="no directory"):
        tree.open_tree(kernel.root, also=[tmp_path / "missing"])


def test_nothing_outside_of_the_roots_is_opened(
    kernel: Kernel, module: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.c"
    secret.write_text("int secret(void) { return 0; }\n")
    (module / "link.c").symlink_to(secret)
    opened = tree.build_index(tree.open_tree(kernel.root, also=[module]))
    for path in (
        "also1:/../secret.c",
        "also1:/link.c",
        f"also1:/{secret}",
        "also2:/secret.c",
        "build:/secret.c",
        "also1:/",
        "also1:/src/\0",
        "../secret.c",
        str(secret),
    ):
        assert opened.sources.text(path) is None, path
        assert not opened.sources.exists(path), path
    assert opened.definitions("secret") == ()
    for name in ("../../../secret.c", "../../secret.c"):
        assert includes.resolve(opened, "also1:/src/main.c", '"', name, None) is None


def test_an_edit_of_a_module_shows(kernel: Kernel, module: Path) -> None:
    opened = tree.build_index(tree.open_tree(kernel.root, also=[module]))
    (module / "src/more.c").write_text("int widget_more(void)\n{\n\treturn 0;\n}\n")
    again = tree.build_index(opened, only=["also1:/src/more.c"])
    assert [d.position.path for d in again.definitions("widget_more")] == ["also1:/src/more.c"]
    assert again.index.complete
    assert "widget_more" in again.index.search("(?<=\n)widget_m[a-z]*(?=\n)", 10)
    counts = roots.parts(again.index)["also1"].counts()
    assert counts["files"] == 3


# Paths of another machine


def test_mappings_are_parsed() -> None:
    assert resolve.parse_map("/build/linux=.") == ("/build/linux", ".")
    assert resolve.parse_map(r"C:\src\linux = drivers") == ("C:/src/linux", "drivers")
    for wrong in ("", "=", "a=", "=b", "nothing", "a=\0", "/a=../b", "/a=b/../../c"):
        with pytest.raises(resolve.NotAMapping):
            resolve.parse_map(wrong)


def test_paths_of_another_machine(kernel: Kernel, module: Path) -> None:
    maps = [("/ci/job", "."), ("/ci/job/vendor", str(module)), ("C:/w", "mm")]
    opened = tree.open_tree(kernel.root, also=[module], path_map=maps)
    for printed, expected in {
        "mm/memory.c": "mm/memory.c",
        "./mm/memory.c": "mm/memory.c",
        "../mm/memory.c": "mm/memory.c",
        f"{kernel.root}/mm/memory.c": "mm/memory.c",
        f"{module}/src/main.c": "also1:/src/main.c",
        "/ci/job/mm/memory.c": "mm/memory.c",
        "/ci/job/vendor/src/main.c": "also1:/src/main.c",
        "/ci/jobs/mm/memory.c": None,
        r"C:\w\memory.c": "mm/memory.c",
        "/home/ci/linux-3.18/arch/arm/mm/fault.c": None,
        "/somewhere/memory.c": None,
        "memory.c": None,
        "/etc/passwd": None,
        "also1:/../../etc/passwd": None,
        "": None,
        "\0": None,
        "a/" * 3000: None,
    }.items():
        assert resolve.path_in_tree(opened, printed) == expected, printed
    for printed, expected in {
        "/home/ci/linux-3.18/arch/arm/mm/fault.c": "arch/arm/mm/fault.c",
        r"D:\job\mm\memory.c": "mm/memory.c",
        "/somewhere/memory.c": None,
        "/etc/passwd": None,
        "\0/mm/memory.c": "mm/memory.c",
        "a/" * 3000: None,
        "": None,
    }.items():
        assert resolve.path_by_end(opened, printed) == expected, printed


def test_a_mapping_cannot_lead_out(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "secret.c").write_text("x\n")
    opened = tree.open_tree(kernel.root, path_map=[("/ci", str(tmp_path)), ("/up", "mm")])
    assert resolve.path_in_tree(opened, "/ci/secret.c") is None
    assert resolve.path_in_tree(opened, "/up/../../../../secret.c") is None


# The editor


def test_an_open_folder_inside_of_a_tree(kernel: Kernel, tmp_path: Path) -> None:
    for folder in (kernel.root / "mm", kernel.root, tmp_path / "src"):
        found, problem = settings.opened(settings.Settings(), (folder,))
        assert found is not None
        assert (found.root, problem) == (kernel.root, None)
    assert settings.opened(settings.Settings(), (tmp_path,)) == (None, None)


def test_an_open_folder_of_modules_is_a_further_source(kernel: Kernel, module: Path) -> None:
    found, _ = settings.opened(settings.Settings(), (module, kernel.root))
    assert found is not None
    assert found.also == {"also1": module}
    (module / "Makefile").write_text("all:\n\ttrue\n")
    found, _ = settings.opened(settings.Settings(), (module, kernel.root))
    assert found is not None
    assert found.also == {}


def test_settings_beside_the_tree(kernel: Kernel, module: Path, tmp_path: Path) -> None:
    folder = _build(kernel, tmp_path / "elsewhere/obj")
    chosen = settings.Settings(kernel.root, None, folder, (module,), ("/ci=.",))
    found, problem = settings.opened(chosen, ())
    assert found is not None
    assert problem is None
    assert (found.build, found.also, found.path_map) == (
        folder,
        {"also1": module},
        (("/ci", "."),),
    )
    # What is of no use is said and left out; the rest counts.
    wrong = replace(
        chosen,
        kernel_config=tmp_path,
        build_directory=tmp_path / "no",
        also_sources=(tmp_path / "none", module),
        path_map=("nothing",),
    )
    found, problem = settings.opened(wrong, ())
    assert found is not None
    assert (found.build, found.config, found.also) == (None, None, {"also1": module})
    assert problem is not None
    for word in (str(tmp_path / "no"), str(tmp_path / "none"), "nothing is no mapping", ".config"):
        assert word in problem
    # The build alone leads to its tree.
    found, _ = settings.opened(settings.Settings(build_directory=folder), ())
    assert found is not None
    assert (found.root, found.build) == (kernel.root, folder)


def test_release_without_a_makefile(tmp_path: Path) -> None:
    assert releases.of_makefile(tmp_path) is None
    (tmp_path / "Makefile").write_bytes(
        b"VERSION = 6\nPATCHLEVEL = 1\nEXTRAVERSION = -rc2 # \xff\n"
    )
    assert releases.of_makefile(tmp_path) == "6.1-rc2"
