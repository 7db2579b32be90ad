"""What an editor's user waits for, on a real tree: a server process, asked through its protocol.

    python tests/bench/editor.py TREE TEXT OTHER_TEXT

`TREE` is a kernel tree that is read from nothing (the cache is a new directory), `TEXT` a crash of that kernel that is
pasted at once, `OTHER_TEXT` one that is pasted when the index is ready. Hovers are sent by the clock, whether or not
the ones before were answered, so that a stall costs as much here as it costs a user.
"""

from __future__ import annotations

import itertools
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

import lsp_client

_SECONDS_BETWEEN_HOVERS = 0.05
_MOST_SECONDS = 180.0
_READY_HOVERS = 300


@dataclass
class Picture:
    """The links of a text at some time: for each frame's line the place to which it leads."""

    seconds: float
    links: dict[tuple[int, int], str]


@dataclass
class Run:
    """One server with a text: what was seen of it."""

    pictures: list[Picture] = field(default_factory=list)
    hovers: list[float] = field(default_factory=list)
    ready: float = 0.0


class Asker(lsp_client.Client):
    """A client whose requests may overlap: each answer goes to the one who asked."""

    def __init__(self, cache: Path) -> None:
        self.waiting: dict[int, queue.Queue[tuple[float, Any]]] = {}
        self._send_lock = threading.Lock()
        super().__init__(cache)

    def send(self, message: dict[str, Any]) -> None:
        with self._send_lock:
            super().send(message)

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message and message["id"] in self.waiting:
            self.waiting.pop(message["id"]).put((time.perf_counter(), message.get("result")))
            return
        super()._take(message)

    def ask_later(self, method: str, params: Any) -> queue.Queue[tuple[float, Any]]:
        with self._arrived:
            self._next_id += 1
            number = self._next_id
        answer: queue.Queue[tuple[float, Any]] = queue.Queue()
        self.waiting[number] = answer
        self.send({"id": number, "method": method, "params": params})
        return answer

    def asked(self, method: str, params: Any) -> Any:
        return self.ask_later(method, params).get(timeout=_MOST_SECONDS)[1]


def _links(client: Asker, uri: str) -> dict[tuple[int, int], str]:
    found = client.asked("textDocument/documentLink", {"textDocument": {"uri": uri}}) or []
    return {
        (one["range"]["start"]["line"], one["range"]["start"]["character"]): one["target"]
        for one in found
        if one.get("target")
    }


def _places(text: str) -> Iterator[tuple[int, int]]:
    """The places of frames' names, round and round."""
    places = [
        (number, line.find("|") + 2)
        for number, line in enumerate(text.split("\n"))
        if line.startswith("-") and "(" in line
    ]
    return itertools.cycle(places)


def _hover_by_the_clock(
    client: Asker, uri: str, text: str, stop: threading.Event, seconds: list[float]
) -> None:
    places = _places(text)
    sent: list[tuple[float, queue.Queue[tuple[float, Any]]]] = []
    at = time.perf_counter()
    while not stop.is_set():
        line, character = next(places)
        position = {"line": line, "character": character}
        params = {"textDocument": {"uri": uri}, "position": position}
        sent.append((at, client.ask_later("textDocument/hover", params)))
        at += _SECONDS_BETWEEN_HOVERS
        time.sleep(max(0.0, at - time.perf_counter()))
    for begun, answer in sent:
        seconds.append(answer.get(timeout=_MOST_SECONDS)[0] - begun)


def _ended(client: Asker) -> bool:
    return any(
        m["method"] == "window/logMessage" and "complete index" in m["params"]["message"]
        for m in list(client.notifications)
    )


def first_paste(client: Asker, uri: str, text: str) -> Run:
    """A text is pasted into a server that knows nothing of its tree yet."""
    run = Run()
    begun = time.perf_counter()
    client.open(uri, text)
    stop = threading.Event()
    hovers = threading.Thread(
        target=_hover_by_the_clock, args=(client, uri, text, stop, run.hovers)
    )
    hovers.start()
    quiet = 0
    while time.perf_counter() - begun < _MOST_SECONDS and quiet < 20:
        links = _links(client, uri)
        now = time.perf_counter() - begun
        if not run.pictures or links != run.pictures[-1].links:
            run.pictures.append(Picture(now, links))
            quiet = 0
        if _ended(client):
            run.ready = run.ready or now
            quiet += 1
        time.sleep(0.1)
    stop.set()
    hovers.join()
    return run


def whole_document(client: Asker, uri: str, text: str) -> tuple[float, int]:
    """Seconds from a paste until all links of the text are there, and how many."""
    begun = time.perf_counter()
    client.open(uri, text)
    links = _links(client, uri)
    return time.perf_counter() - begun, len(links)


def hovers(client: Asker, uri: str, text: str) -> list[float]:
    """Seconds of many hovers, one after the other, first ones of each place included."""
    found = []
    places = _places(text)
    for _ in range(_READY_HOVERS):
        line, character = next(places)
        params = {
            "textDocument": {"uri": uri},
            "position": {"line": line, "character": character},
        }
        begun = time.perf_counter()
        client.asked("textDocument/hover", params)
        found.append(time.perf_counter() - begun)
    return found


def resident(client: Asker) -> tuple[float, float]:
    """MB of the server process now, and at most."""
    status = Path(f"/proc/{client.process.pid}/status").read_text()
    sizes = {
        line.split(":")[0]: int(line.split()[1]) / 1024
        for line in status.splitlines()
        if line.startswith("Vm")
    }
    return sizes["VmRSS"], sizes["VmHWM"]


def percentile(values: list[float], share: float) -> float:
    """The value that so many of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def reached(run: Run) -> list[tuple[float, int, int]]:
    """For each picture: seconds, places that lead anywhere, places that lead where they lead in the end."""
    last = run.pictures[-1].links
    return [
        (
            one.seconds,
            len(one.links),
            sum(last.get(place) == target for place, target in one.links.items()),
        )
        for one in run.pictures
    ]


def _started(cache: Path, tree: Path) -> Asker:
    client = Asker(cache)
    client.initialize(initializationOptions={"oopsight": {"kernelTree": str(tree)}})
    return client


def _ms(values: list[float]) -> str:
    return (
        f"p50 {percentile(values, 0.5) * 1000:.1f} ms, p99 {percentile(values, 0.99) * 1000:.1f} ms, "
        f"worst {max(values) * 1000:.1f} ms of {len(values)}"
    )


def lines(tree: Path, text: str, other: str) -> Iterator[str]:
    """Everything that is measured, as lines of a list."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        client = _started(cache, tree)
        try:
            run = first_paste(client, "file:///first.crash", text)
            for seconds, anywhere, right in reached(run):
                yield f"- never seen tree, {seconds:.1f} s: {anywhere} links, {right} of them as in the end"
            yield f"- index ready after {run.ready:.1f} s"
            yield f"- hovers while indexing: {_ms(run.hovers)}"
            yield f"- hovers, index ready: {_ms(hovers(client, 'file:///first.crash', text))}"
            yield "- memory: {:.0f} MB now, {:.0f} MB at most".format(*resident(client))
            yield "- another text, same server: {:.3f} s, {} links".format(
                *whole_document(client, "file:///second.crash", other)
            )
            yield f"- hovers in it: {_ms(hovers(client, 'file:///second.crash', other))}"
            yield "- memory: {:.0f} MB now, {:.0f} MB at most".format(*resident(client))
            yield "- the first text again, same server: {:.3f} s, {} links".format(
                *whole_document(client, "file:///third.crash", text)
            )
        finally:
            client.kill()
        begun = time.perf_counter()
        client = _started(cache, tree)
        try:
            seconds, count = whole_document(client, "file:///first.crash", text)
            yield f"- new server, index on disk: first text after {seconds:.2f} s, {count} links; with start {time.perf_counter() - begun:.2f} s"
            again = first_paste(client, "file:///again.crash", text)
            yield f"- last change of its links after {again.pictures[-1].seconds:.2f} s"
            yield "- memory: {:.0f} MB now, {:.0f} MB at most".format(*resident(client))
        finally:
            client.kill()


def main() -> None:
    """Measure and print."""
    tree, text, other = (Path(one) for one in sys.argv[1:4])
    for line in lines(tree, text.read_text(), other.read_text()):
        print(line, flush=True)


if __name__ == "__main__":
    main()
