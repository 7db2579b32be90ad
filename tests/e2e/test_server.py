"""A recorded session of an editor against the real process: what crosses the wire, byte by byte.

The pictures of test_markers.py show that the answers are right; this file shows that they arrive.
"""

from __future__ import annotations

import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import lsp_client

TOP = Path(__file__).parents[2]
SAMPLE = TOP / "sample_kernel"
SEED = (SAMPLE / "crashes/arm/seed.txt").read_text(encoding="utf-8")
URI = "untitled:Untitled-1"
PAGE_ALLOC = (SAMPLE / "mm/page_alloc.c").as_uri()
FAULT = (SAMPLE / "arch/arm/mm/fault.c").as_uri()

# Hangul is one UTF-16 unit a letter, the emoji two; in code points every column behind it is one less.
MIXED = "요즘 보드가 죽습니다 😱 호출 -003|__alloc_pages_nodemask(gfp_mask = 33685722, order = 0)\n"
MIXED = "-002|get_page_from_freelist(order = 0)\n" + MIXED


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def client(cache: Path) -> Iterator[lsp_client.Client]:
    with lsp_client.client(cache) as started:
        yield started


def _start(client: lsp_client.Client, **params: Any) -> dict[str, Any]:
    """A session with the sample kernel, once its index is there."""
    answer = client.initialize(initializationOptions={"kernelTree": str(SAMPLE)}, **params)
    client.wait_for_index()
    return answer


def _place(text: str, needle: str, encoding: str = "utf-16-le") -> tuple[int, int]:
    """Line and character of `needle`, in units of `encoding`."""
    unit = {"utf-16-le": 2, "utf-8": 1, "utf-32-le": 4}[encoding]
    for number, line in enumerate(text.split("\n")):
        if needle in line:
            return number, len(line[: line.index(needle)].encode(encoding)) // unit
    raise AssertionError(needle)


def _text_at(text: str, range_: dict[str, Any], encoding: str = "utf-16-le") -> str:
    unit = {"utf-16-le": 2, "utf-8": 1, "utf-32-le": 4}[encoding]
    assert range_["start"]["line"] == range_["end"]["line"]
    line = text.split("\n")[range_["start"]["line"]].encode(encoding)
    start, end = range_["start"]["character"] * unit, range_["end"]["character"] * unit
    return line[start:end].decode(encoding)


def _line(target: dict[str, Any]) -> tuple[str, int]:
    """File and 1-based line of a location or a location link."""
    uri = target.get("targetUri") or target["uri"]
    where = target.get("targetSelectionRange") or target["range"]
    return uri, where["start"]["line"] + 1


def test_a_session_with_the_seed(client: lsp_client.Client) -> None:
    answer = _start(client)
    capabilities = answer["capabilities"]
    assert capabilities["positionEncoding"] == "utf-16"
    for name in ("hover", "definition"):
        assert capabilities[f"{name}Provider"]
    client.open(URI, SEED)

    links = client.ask("documentLink", URI)
    targets = {_text_at(SEED, link["range"]): link["target"] for link in links}
    assert targets["__alloc_pages_nodemask"] == f"{PAGE_ALLOC}#L2926"
    assert targets["do_DataAbort"] == f"{FAULT}#L555"
    assert "__dabt_usr" in targets
    # The place in an ambiguous frame is open, its function is not.
    (leaf,) = (link for link in links if _text_at(SEED, link["range"]) == "__list_del")
    assert leaf["target"] == f"{(SAMPLE / 'include/linux/list.h').as_uri()}#L{_list_del_line()}"
    assert "definition; the place in it is ambiguous" in leaf["tooltip"]

    line, character = _place(SEED, "__alloc_pages_nodemask")
    (target,) = client.ask("definition", URI, line, character + 3)
    assert _line(target) == (PAGE_ALLOC, 2926)
    assert _text_at(SEED, target["originSelectionRange"]) == "__alloc_pages_nodemask"
    candidates = client.ask("definition", URI, *_place(SEED, "__list_del"))
    assert len(candidates) == 2

    hover = client.ask("hover", URI, *_place(SEED, "gfp_mask"))
    assert hover["contents"]["kind"] == "markdown"
    assert "GFP_HIGHUSER_MOVABLE | __GFP_CMA" in hover["contents"]["value"]
    assert _text_at(SEED, hover["range"]) == "gfp_mask = 33685722"

    symbols = client.ask("documentSymbol", URI)
    frames = symbols[0]["children"][0]["children"]
    assert len(frames) == 17
    assert frames[5]["name"] == "3 __alloc_pages_nodemask"
    assert "mm/page_alloc.c:2926" in frames[5]["detail"]

    found = client.diagnostics(URI)
    codes = {diagnostic["code"] for diagnostic in found}
    assert {"cut-short", "doubtful-value", "ambiguous-frame"} <= codes
    (doubt,) = (d for d in found if "748335104" in _text_at(SEED, d["range"]))
    assert doubt["severity"] == 2
    assert not any("`" in diagnostic["message"] for diagnostic in found)
    assert "2071" in doubt["message"]
    assert client.leave() == 0


def _list_del_line() -> int:
    lines = (SAMPLE / "include/linux/list.h").read_text(encoding="utf-8").split("\n")
    return next(n for n, line in enumerate(lines, 1) if "void __list_del(" in line)


def test_absolute_paths_into_the_tree_are_links(client: lsp_client.Client) -> None:
    _start(client)
    inside = [f"{SAMPLE}/mm/memory.c:5", f"{SAMPLE}/mm/../mm/memory.c:5", "mm/memory.c:5"]
    outside = [f"{SAMPLE}/../README.md.c:1", f"{SAMPLE}x/mm/memory.c:5", f"{SAMPLE}/mm/none.c:5"]
    text = SEED + "".join(f"see {one} please\n" for one in (*inside, *outside))
    client.open(URI, text)
    links = client.ask("documentLink", URI)
    targets = {_text_at(text, link["range"]): link["target"] for link in links}
    memory = f"{(SAMPLE / 'mm/memory.c').as_uri()}#L5"
    assert [targets.get(one) for one in inside] == [memory] * 3
    assert not targets.keys() & set(outside)


def test_hover_in_the_source(client: lsp_client.Client) -> None:
    _start(client)
    client.open(URI, SEED)
    source = (SAMPLE / "mm/page_alloc.c").read_text(encoding="utf-8")
    line = source.split("\n")[2925]
    hover = client.ask("hover", PAGE_ALLOC, 2925, line.index("gfp_mask"))
    assert "gfp_mask = 33685722 (0x20200da)" in hover["contents"]["value"]
    assert "GFP_HIGHUSER_MOVABLE | __GFP_CMA" in hover["contents"]["value"]
    assert "frame 3 `__alloc_pages_nodemask`" in hover["contents"]["value"]
    # The same in a buffer that is open, and nothing once the buffer differs from the file above the place.
    client.open(PAGE_ALLOC, source, "c")
    assert client.ask("hover", PAGE_ALLOC, 2925, line.index("gfp_mask")) == hover
    above = {"start": {"line": 9, "character": 0}, "end": {"line": 9, "character": 0}}
    client.notify(
        "textDocument/didChange",
        {
            "textDocument": {"uri": PAGE_ALLOC, "version": 2},
            "contentChanges": [{"range": above, "text": "\n"}],
        },
    )
    assert client.ask("hover", PAGE_ALLOC, 2926, line.index("gfp_mask")) is None
    fault = (SAMPLE / "arch/arm/mm/fault.c").read_text(encoding="utf-8").split("\n")[554]
    hover = client.ask("hover", FAULT, 554, fault.index("fsr &"))
    assert "page translation fault" in hover["contents"]["value"]
    assert client.ask("hover", FAULT, 554, fault.index("fn")) is None


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-16-le", "utf-16"), ("utf-8", "utf-8"), ("utf-32-le", "utf-32")]
)
def test_columns_behind_hangul_and_an_emoji(
    client: lsp_client.Client, encoding: str, name: str
) -> None:
    capabilities = {
        **lsp_client.CAPABILITIES,
        "general": {"positionEncodings": list(dict.fromkeys([name, "utf-16"]))},
    }
    answer = _start(client, capabilities=capabilities)
    assert answer["capabilities"]["positionEncoding"] == name
    client.open(URI, MIXED)
    place = _place(MIXED, "__alloc_pages_nodemask", encoding)
    (target,) = client.ask("definition", URI, *place)
    assert _line(target)[0] == PAGE_ALLOC
    assert _text_at(MIXED, target["originSelectionRange"], encoding) == "__alloc_pages_nodemask"
    hover = client.ask("hover", URI, *_place(MIXED, "33685722", encoding))
    assert _text_at(MIXED, hover["range"], encoding) == "gfp_mask = 33685722"
    texts = [_text_at(MIXED, link["range"], encoding) for link in client.ask("documentLink", URI)]
    assert texts[-3:] == ["__alloc_pages_nodemask", "gfp_mask", "order"]
    assert client.ask("hover", URI, 99, 4096) is None
    frames = client.ask("documentSymbol", URI)[0]["children"][0]["children"]
    assert _text_at(MIXED, frames[1]["selectionRange"], encoding) == "__alloc_pages_nodemask"


def test_columns_of_a_name_on_two_lines_behind_an_emoji(client: lsp_client.Client) -> None:
    """A mail's source: soft breaks within a name and a number, `=3D` for an equals sign."""
    text = (
        "-002|get_page_from_freelist(order =3D 0)\n"
        "😱 -003|__alloc_pages=\n_nodemask(gfp_mask =3D 336=\n85722, order =3D 0)\n"
    )
    _start(client)
    client.open(URI, text)
    for piece in ("__alloc_pages", "_nodemask"):
        (target,) = client.ask("definition", URI, *_place(text, piece))
        assert _line(target)[0] == PAGE_ALLOC
        assert _text_at(text, target["originSelectionRange"]) == piece
        assert _text_at(text, client.ask("hover", URI, *_place(text, piece))["range"]) == piece
    for piece, shown in (("gfp_mask", "gfp_mask =3D 336"), ("85722", "85722")):
        hover = client.ask("hover", URI, *_place(text, piece))
        assert _text_at(text, hover["range"]) == shown
        assert "__GFP_CMA" in hover["contents"]["value"]
    texts = [_text_at(text, link["range"]) for link in client.ask("documentLink", URI)]
    assert texts[-4:] == ["__alloc_pages", "_nodemask", "gfp_mask", "order"]
    frame = client.ask("documentSymbol", URI)[0]["children"][0]["children"][1]
    assert _text_at(text, frame["selectionRange"]) == "__alloc_pages"
    assert (frame["range"]["start"]["line"], frame["range"]["end"]["line"]) == (1, 3)


def test_edits_arrive_where_they_were_made(client: lsp_client.Client) -> None:
    """Edits in UTF-16 units, one behind an emoji, one that joins lines, several in one message."""
    _start(client)
    client.open(URI, "😱 x\r\nyz\r\n")

    def edit(version: int, *changes: tuple[int, int, int, int, str]) -> None:
        client.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": URI, "version": version},
                "contentChanges": [
                    {
                        "range": {
                            "start": {"line": a, "character": b},
                            "end": {"line": c, "character": d},
                        },
                        "text": text,
                    }
                    for a, b, c, d, text in changes
                ],
            },
        )

    edit(2, (0, 3, 0, 4, "-003|__alloc_pages_nodemask(gfp_mask = 33685722, ord"), (1, 0, 1, 2, ""))
    text = "😱 -003|__alloc_pages_nodemask(gfp_mask = 33685722, ord\r\n\r\n"
    hover = client.ask("hover", URI, *_place(text, "gfp_mask"))
    assert _text_at(text, hover["range"]) == "gfp_mask = 33685722"
    edit(3, (0, 0, 0, 3, ""), (0, 0, 0, 0, "-002|list_del(inline)\n"))
    text = "-002|list_del(inline)\n-003|__alloc_pages_nodemask(gfp_mask = 33685722, ord\r\n\r\n"
    symbols = client.ask("documentSymbol", URI)
    frames = symbols[0]["children"][0]["children"]
    assert [_text_at(text, frame["selectionRange"]) for frame in frames] == [
        "list_del",
        "__alloc_pages_nodemask",
    ]
    client.diagnostics(URI, lambda found: "cut-short" in {d["code"] for d in found})
    client.notify(
        "textDocument/didChange",
        {
            "textDocument": {"uri": URI, "version": 4},
            "contentChanges": [{"text": "nothing here"}],
        },
    )
    assert client.ask("documentSymbol", URI) == []
    client.diagnostics(URI, lambda found: [d["code"] for d in found] == ["no-crash"])
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": URI, "version": 5}, "contentChanges": [{"text": "\n"}]},
    )
    client.diagnostics(URI, lambda found: found == [])


def test_answers_do_not_wait_for_the_index(cache: Path, tmp_path: Path) -> None:
    """The index of a tree with many files takes seconds; symbols and hovers come before it is done."""
    root = _large_tree(tmp_path)
    with lsp_client.client(tmp_path / "cache") as client:
        client.initialize(initializationOptions={"kernelTree": str(root)})
        client.open(URI, SEED)
        symbols = client.ask("documentSymbol", URI)
        hover = client.ask("hover", URI, *_place(SEED, "__alloc_pages_nodemask"))
        finished = [n for n in client.notifications if _is_end(n)]
        assert finished == []
        assert len(symbols[0]["children"][0]["children"]) == 17
        assert "gfp_mask = 33685722" in hover["contents"]["value"]
        client.wait_for_index()
        (target,) = client.ask("definition", URI, *_place(SEED, "__alloc_pages_nodemask"))
        assert _line(target)[1] == 2926
        kinds = [n["params"]["value"]["kind"] for n in client.notifications if _is_progress(n)]
        assert kinds[0] == "begin"
        assert kinds[-1] == "end"
        assert "report" in kinds
        assert client.leave() == 0


def test_a_text_that_is_pasted_while_indexing_is_answered_again(tmp_path: Path) -> None:
    root = _large_tree(tmp_path)
    with lsp_client.client(tmp_path / "cache") as client:
        client.initialize(initializationOptions={"kernelTree": str(root)})
        client.wait_for(_is_progress)
        client.open(URI, SEED)
        early = client.diagnostics(URI)
        assert [d["code"] for d in early if d["code"] == "indexing"] == ["indexing"]
        client.wait_for_index()
        late = client.diagnostics(
            URI, lambda found: found and all(d["code"] != "indexing" for d in found)
        )
        assert "ambiguous-frame" in [d["code"] for d in late]
        hover = client.ask("hover", URI, *_place(SEED, "handle_pte_fault"))
        assert "still being indexed" not in hover["contents"]["value"]
        assert client.leave() == 0


def _references(client: lsp_client.Client, needle: str, **params: Any) -> int:
    """Ask for the uses of a function of the seed; the number of the request."""
    line, character = _place(SEED, needle)
    return client.start(
        "textDocument/references",
        {
            "textDocument": {"uri": URI},
            "position": {"line": line, "character": character},
            "context": {"includeDeclaration": True},
            **params,
        },
    )


def test_references_come_in_parts(client: lsp_client.Client) -> None:
    _start(client)
    client.open(URI, SEED)
    number = _references(client, "__alloc_pages_nodemask")
    whole = client.answer(number)["result"]
    assert len(whole) > 1
    number = _references(
        client, "__alloc_pages_nodemask", partialResultToken="part", workDoneToken="bar"
    )
    assert client.answer(number)["result"] == []
    parts = [n["params"]["value"] for n in client.notifications if _is_progress_of(n, "part")]
    assert [one for part in parts for one in part] == whole
    kinds = [
        n["params"]["value"]["kind"] for n in client.notifications if _is_progress_of(n, "bar")
    ]
    assert (kinds[0], kinds[-1]) == ("begin", "end")


def test_references_can_be_given_up(tmp_path: Path) -> None:
    root = _large_tree(tmp_path)
    for file in (root / "mm").glob("more*.c"):
        # Each file has to be looked at closely, so that the search takes a while.
        with file.open("a") as text:
            text.write("int use(void)\n{\n\treturn __alloc_pages_nodemask(1);\n}\n")
    with lsp_client.client(tmp_path / "cache") as client:
        client.initialize(initializationOptions={"kernelTree": str(root)})
        client.wait_for_index()
        client.open(URI, SEED)
        client.diagnostics(URI)
        number = _references(client, "__alloc_pages_nodemask", workDoneToken="bar")
        client.wait_for(lambda n: _is_progress_of(n, "bar"))
        client.notify("$/cancelRequest", {"id": number})
        assert client.answer(number)["error"]["code"] == -32800
        client.wait_for(
            lambda n: _is_progress_of(n, "bar") and n["params"]["value"]["kind"] == "end"
        )
        # The server goes on answering.
        assert client.ask("documentSymbol", URI)
        assert client.leave() == 0


def _is_progress_of(message: dict[str, Any], token: str) -> bool:
    return _is_progress(message) and message["params"]["token"] == token


def _large_tree(tmp_path: Path) -> Path:
    """A tree that takes a while, and worker processes."""
    root = tmp_path / "linux"
    shutil.copytree(SAMPLE, root)
    for number in range(800):
        body = "".join(
            f"int f{number}_{n}(int a)\n{{\n\treturn a + {n};\n}}\n\n" for n in range(60)
        )
        (root / "mm" / f"more{number}.c").write_text(body)
    return root


def _is_progress(message: dict[str, Any]) -> bool:
    return bool(message["method"] == "$/progress")


def _is_end(message: dict[str, Any]) -> bool:
    return _is_progress(message) and message["params"]["value"]["kind"] == "end"


def test_without_a_tree_the_text_is_still_read(client: lsp_client.Client) -> None:
    client.initialize()
    client.open(URI, SEED)
    found = client.diagnostics(URI, lambda found: any(d["code"] == "no-tree" for d in found))
    (hint,) = (d for d in found if d["code"] == "no-tree")
    assert hint["severity"] == 4
    assert "oopsight.kernelTree" in hint["message"]
    assert client.ask("definition", URI, *_place(SEED, "__list_del")) is None
    assert client.ask("documentLink", URI) == []
    # Settings that come later are used at once.
    client.notify(
        "workspace/didChangeConfiguration",
        {"settings": {"oopsight": {"kernelTree": str(SAMPLE), "kernelConfig": ""}}},
    )
    client.wait_for_index()
    assert client.ask("documentLink", URI) != []
    client.notify(
        "workspace/didChangeConfiguration",
        {"settings": {"oopsight": {"kernelTree": str(TOP / "tests"), "kernelConfig": ""}}},
    )
    found = client.diagnostics(
        URI, lambda found: any(d["code"] == "no-tree" and d["severity"] == 2 for d in found)
    )
    assert "Makefile" in "".join(d["message"] for d in found)
    assert client.ask("documentLink", URI) == []


def test_sources_beside_the_tree_and_the_verdict(client: lsp_client.Client, tmp_path: Path) -> None:
    module, build = tmp_path / "module", tmp_path / "out"
    module.mkdir()
    build.mkdir()
    main = module / "main.c"
    main.write_text("int widget_open(int mode)\n{\n\treturn list_del(mode);\n}\n")
    (build / ".config").write_text("CONFIG_ARM=y\nCONFIG_MMU=y\n")
    text = (
        "CPU: 1 PID: 812 Comm: sh Not tainted 4.9.112 #1\n"
        "-000|list_del(entry = 1)\n-001|widget_open(mode = 1)\nsee /ci/linux/mm/memory.c:5 please\n"
    )
    client.initialize(
        initializationOptions={
            "kernelTree": str(SAMPLE / "mm"),
            "buildDirectory": str(build),
            "alsoSources": [str(module)],
            "pathMap": ["/ci/linux=."],
        }
    )
    client.wait_for_index()
    client.open(URI, text)
    links = client.ask("documentLink", URI)
    targets = {_text_at(text, link["range"]): link["target"] for link in links}
    assert targets["widget_open"] == f"{main.as_uri()}#L3"
    assert targets["/ci/linux/mm/memory.c:5"] == f"{(SAMPLE / 'mm/memory.c').as_uri()}#L5"
    found = client.diagnostics(URI)
    (verdict,) = (one for one in found if one["code"] == "tree-verdict")
    assert (verdict["severity"], verdict["range"]["start"]["line"]) == (2, 1)
    assert "of Linux 4.9.112, and the tree is Linux 3.18.19" in verdict["message"]
    # An edit of the module shows, too.
    main.write_text("\n\n" + main.read_text())
    client.notify("textDocument/didSave", {"textDocument": {"uri": main.as_uri()}})
    end = time.monotonic() + 20
    while time.monotonic() < end:
        links = client.ask("documentLink", URI)
        if f"{main.as_uri()}#L5" in {link["target"] for link in links}:
            break
        time.sleep(0.1)
    else:
        raise AssertionError(links)


def test_settings_are_asked_for_and_folders_are_looked_at(cache: Path) -> None:
    asked = {"oopsight": {"kernelTree": str(SAMPLE), "kernelConfig": ""}}
    with lsp_client.client(cache, asked) as client:
        client.initialize()
        client.wait_for_index()
        assert "workspace/configuration" in {request["method"] for request in client.requests}
        client.open(URI, SEED)
        assert client.ask("documentLink", URI) != []
    for folder in (SAMPLE, TOP):  # the tree itself, and a folder that has one at its top
        with lsp_client.client(cache) as client:
            client.initialize(workspaceFolders=[{"uri": folder.as_uri(), "name": "x"}])
            client.wait_for_index()
            client.open(URI, SEED)
            assert client.ask("documentLink", URI) != []


def test_plain_logs_count_when_they_hold_a_crash(client: lsp_client.Client) -> None:
    _start(client)
    log, text, code = "file:///tmp/a.log", "file:///tmp/b.txt", "file:///tmp/c.py"
    client.open(log, SEED, "log")
    client.open(text, "Dear diary\n", "plaintext")
    client.open(code, SEED, "python")
    assert client.ask("documentLink", log) != []
    assert client.diagnostics(log) != []
    assert client.ask("documentLink", text) == []
    assert client.ask("documentSymbol", text) == []
    assert client.ask("documentSymbol", code) == []
    assert not [n for n in client.notifications if n["params"].get("uri") in (text, code)]
    client.notify("textDocument/didClose", {"textDocument": {"uri": log}})
    client.diagnostics(log, lambda found: found == [])


def test_an_edit_of_the_source_moves_the_answer(cache: Path, tmp_path: Path) -> None:
    root = tmp_path / "linux"
    shutil.copytree(SAMPLE, root)
    with lsp_client.client(cache) as client:
        client.initialize(initializationOptions={"kernelTree": str(root)})
        client.wait_for_index()
        client.open(URI, SEED)
        file = root / "mm/page_alloc.c"
        file.write_text("\n\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
        client.notify("textDocument/didSave", {"textDocument": {"uri": file.as_uri()}})
        end = time.monotonic() + lsp_client.SECONDS
        while time.monotonic() < end:
            (target,) = client.ask("definition", URI, *_place(SEED, "__alloc_pages_nodemask"))
            if _line(target)[1] == 2929:
                break
            time.sleep(0.2)
        assert _line(target)[1] == 2929


def test_two_logs_are_told_apart_in_the_source(client: lsp_client.Client) -> None:
    _start(client)
    client.open("file:///tmp/one.log", "-003|__alloc_pages_nodemask(gfp_mask = 208)\n", "log")
    client.open("file:///tmp/two%20b.log", "-007|__alloc_pages_nodemask(gfp_mask = 32)\n", "log")
    line = (SAMPLE / "mm/page_alloc.c").read_text(encoding="utf-8").split("\n")[2925]
    hover = client.ask("hover", PAGE_ALLOC, 2925, line.index("gfp_mask"))
    text = hover["contents"]["value"]
    assert "gfp_mask = 208" in text
    assert "frame 3 `__alloc_pages_nodemask` of `one.log`" in text
    assert "gfp_mask = 32" in text
    assert "frame 7 `__alloc_pages_nodemask` of `two b.log`" in text


def test_a_client_without_extras(client: lsp_client.Client) -> None:
    """No Markdown, no location links, no progress, no configuration: plain answers."""
    client.initialize({}, initializationOptions={"kernelTree": str(SAMPLE)})
    client.open(URI, SEED)
    client.diagnostics(URI, lambda found: any(d["code"] == "ambiguous-frame" for d in found))
    hover = client.ask("hover", URI, *_place(SEED, "__alloc_pages_nodemask"))
    assert hover["contents"]["kind"] == "plaintext"
    assert "\\_" not in hover["contents"]["value"]
    (target,) = client.ask("definition", URI, *_place(SEED, "__alloc_pages_nodemask"))
    assert _line(target) == (PAGE_ALLOC, 2926)
    assert "targetUri" not in target
    assert client.requests == []
    assert client.leave() == 0


def test_links_and_symbols_are_offered_again_when_the_tree_is_known(
    client: lsp_client.Client,
) -> None:
    """An editor asks once for the links of a text; it must ask again when there are some."""
    answer = _start(client)
    client.open(URI, SEED)
    client.ask("documentLink", URI)
    for method in ("textDocument/documentLink", "textDocument/documentSymbol"):
        provider = f"{method.partition('/')[2]}Provider"
        assert answer["capabilities"].get(provider) is None  # offered later, and only once
        offered, taken = client.registered(method)
        assert offered >= 2
        assert taken == offered - 1


def test_indexing_can_be_stopped(tmp_path: Path) -> None:
    root = _large_tree(tmp_path)
    with lsp_client.client(tmp_path / "cache") as client:
        client.initialize(initializationOptions={"kernelTree": str(root)})
        client.open(URI, SEED)
        begun = client.wait_for(_is_progress)
        client.notify("window/workDoneProgress/cancel", {"token": begun["params"]["token"]})
        found = client.diagnostics(URI, lambda found: any("stopped" in d["message"] for d in found))
        assert [d["severity"] for d in found if d["code"] == "indexing"] == [2]
        client.notify(
            "workspace/didChangeConfiguration",
            {"settings": {"oopsight": {"kernelTree": str(SAMPLE)}}},
        )
        client.diagnostics(URI, lambda found: any(d["code"] == "ambiguous-frame" for d in found))


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file stands in the way")
    with lsp_client.client(tmp_path / "cache") as client:
        client.initialize(initializationOptions={"kernelTree": str(SAMPLE)})
        client.open(URI, SEED)
        found = client.diagnostics(
            URI, lambda found: any(d["code"] == "not-kept" and d["severity"] == 2 for d in found)
        )
        assert "cache" in "".join(d["message"] for d in found if d["code"] == "not-kept")
        assert client.leave() == 0


def test_every_request_is_answered(client: lsp_client.Client) -> None:
    _start(client)
    client.open(URI, SEED)
    document = {"uri": URI}

    def code(method: str, *params: Any) -> int | None:
        return client.error(method, *params)

    hover, definition = "textDocument/hover", "textDocument/definition"
    assert code(hover) == -32602
    assert code(hover, {"x": 1}) == -32602
    assert code(hover, [1]) == -32602
    assert code(hover, {"textDocument": 5, "position": None}) == -32602
    for line in (-1, "one", 1.5, 2**40):
        place = {"line": line, "character": 0}
        wrong = code(definition, {"textDocument": document, "position": place})
        assert wrong in (None, -32602)
    assert code("oopsight/unknown") == -32601
    assert code("oopsight/unknown", {}) == -32601
    old = {"id": 902, "method": hover, "jsonrpc": "1.0"}
    place = {"line": 1, "character": 1}
    for message in (
        {"id": 901, "method": 7},
        {**old, "params": {"textDocument": document, "position": place}},
    ):
        assert client.error_of(message) == -32600
    client.notify(hover, None)
    client.notify("textDocument/didOpen", {"x": 1})
    assert client.ask("hover", URI, 5, 8) is not None
    client.request("shutdown", None)
    assert (
        code(hover, {"textDocument": document, "position": {"line": 1, "character": 1}}) == -32600
    )
    client.notify("exit", None)
    assert client.end() == 0
    assert "Traceback" not in "".join(client.stderr)
    assert len(client.stderr) < 60


def test_a_configuration_that_is_none_is_said_and_the_tree_is_used(
    client: lsp_client.Client, tmp_path: Path
) -> None:
    prose = tmp_path / "config"
    prose.write_text("Dear diary\n")
    client.initialize(initializationOptions={"kernelTree": str(SAMPLE), "kernelConfig": str(prose)})
    client.wait_for_index()
    client.open(URI, SEED)
    found = client.diagnostics(
        URI, lambda found: any(d["code"] == "no-configuration" for d in found)
    )
    (said,) = (d for d in found if d["code"] == "no-configuration")
    assert (said["severity"], str(prose) in said["message"]) == (2, True)
    assert client.ask("documentLink", URI) != []


def test_strange_messages_do_not_end_the_server(client: lsp_client.Client) -> None:
    _start(client)
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": "x:y", "version": 1}, "contentChanges": []},
    )
    client.notify("textDocument/didClose", {"textDocument": {"uri": "x:y"}})
    client.notify("$/setTrace", {"value": "off"})
    client.notify("oopsight/unknown", {"a": 1})
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    client.notify("workspace/didChangeConfiguration", {"settings": {"oopsight": {"kernelTree": 7}}})
    client.notify("window/workDoneProgress/cancel", {"token": "nobody"})
    for uri in ("", "file://", "file:///%00", "untitled:x", "http://[::1", "file:///etc/passwd"):
        assert client.ask("hover", uri, 0, 0) is None
        assert client.ask("definition", uri, 10**9, 10**9) is None
        assert client.ask("documentLink", uri) == []
    client.open(URI, "\x00\ud7ff\u2028-003|f(a = 1)\x0c\n\x1b[31m" + "-" * 1000, "kernel-crash")
    client.ask("documentSymbol", URI)
    client.ask("documentLink", URI)
    assert client.leave() == 0
    assert "Traceback" not in "".join(client.stderr)


_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
_OUR_LINK = re.compile(r"\[\]\(/[\w./-]+#L\d+\)")


def test_hostile_text_stays_text(client: lsp_client.Client) -> None:
    _start(client)
    evil = "-001|f`](command:x)(a = 1)\n-002|g(b`<img src=x>[x](http://e.example) = 0x1)\n"
    client.open(URI, evil)
    for line in range(2):
        for character in range(0, len(evil.split("\n")[line]), 3):
            hover = client.ask("hover", URI, line, character)
            value = hover["contents"]["value"] if hover else ""
            outside = _CODE_SPAN.sub("", value.replace(SAMPLE.as_uri(), ""))
            assert not re.search(r"(?<!\\)[\[\]<]", _OUR_LINK.sub("", outside))
    for link in client.ask("documentLink", URI):
        assert link["target"].startswith(SAMPLE.as_uri())


def test_exit_without_shutdown_is_an_error(client: lsp_client.Client) -> None:
    client.initialize()
    client.notify("exit", None)
    assert client.end() == 1


def test_the_server_ends_with_its_client(client: lsp_client.Client) -> None:
    _start(client)
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert client.end() == 1


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes through /proc")
@pytest.mark.parametrize("how", ["exit", "terminate", "eof"])
def test_no_worker_outlives_the_server(tmp_path: Path, how: str) -> None:
    root = _large_tree(tmp_path)
    with lsp_client.client(tmp_path / "cache") as client:
        client.initialize(initializationOptions={"kernelTree": str(root)})
        client.wait_for(lambda m: _is_progress(m) and m["params"]["value"]["kind"] == "begin")
        children = _wait_for_children(client.process.pid)
        if how == "exit":
            assert client.leave() == 0
        elif how == "terminate":
            client.process.send_signal(signal.SIGTERM)
            client.end()
        else:
            assert client.process.stdin is not None
            client.process.stdin.close()
            client.end()
        end = time.monotonic() + 10
        while any(_is_alive(child) for child in children) and time.monotonic() < end:
            time.sleep(0.05)
        assert [child for child in children if _is_alive(child)] == []
        client.check()


def _wait_for_children(parent: int) -> list[int]:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = _children(parent)
        if found:
            return found
        time.sleep(0.01)
    return []


def _children(parent: int) -> list[int]:
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == parent:
                found += [int(folder.name), *_children(int(folder.name))]
    return found


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")
