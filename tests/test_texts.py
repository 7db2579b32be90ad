"""Files in any encoding are read as they were written, and what is ASCII in them always is."""

from __future__ import annotations

import io
import random
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import hypothesis
import hypothesis.strategies as st
import pytest

from oopsight import cli, formats, model
from oopsight.cli import logs
from oopsight.util import texts

FRAMES = (
    "-000|sample_lock(\n"
    "    |    lock = 0xC0DE1000)\n"
    "-001|sample_probe(dev = 0xC0DE2040, flags = 0x11, name = 0xBF000010 -> \"a\\b~c\")\n"
    "-002|sample_attach(inline)\n"
    "-003|kernel_init(?)\n"
    "---|end of frame\n"
)  # fmt: skip
KOREAN = (
    "요즘 보드가 자꾸 죽습니다.",
    "커널 패닉이 발생했습니다",
    "아래 콜스택 확인 부탁드립니다.",
    "전원 인가 직후 죽음",
    "드라이버 초기화 실패 의심",
    "온도 85℃ 에서만 납니다",
    "안됬나요? 저도 안 됩니다 ㅠㅠ",
    "왜 여기서 멈추는지 아시는 분?",
)
CHINESE = (
    "内核经常崩溃",
    "请帮忙看一下这个问题",
    "今天测试时又死机了，日志如下：",
    "板子温度过高时出现",
    "怀疑是内存越界，怎么办？",
    "用仿真器抓到的调用栈",
)
CHINESE_OF_TAIWAN = (
    "核心經常當機",
    "系統開機後立刻重新啟動",
    "今天測試時又當掉了，記錄如下：",
    "板子溫度過高時發生",
    "驅動程式初始化失敗，成功率不到一成",
    "不知道為什麼會停在這裡",
)
JAPANESE = (
    "カーネルが落ちます",
    "以下のスタックを確認してください",
    "電源投入直後にパニック",
    "ドライバの初期化に失敗",
    "レポートとソース表を添付します。",
    "なぜここで止まるのか分かりません",
)
RUSSIAN = (
    "Ядро падает при загрузке",
    "Прошу посмотреть стек вызовов",
    "не понимаю, почему здесь",
    "устройство не отвечает, ошибка драйвера",
)
WESTERN = (
    "Gerät hängt nach dem Öffnen der Prüfsoftware",
    "après le démarrage, le système se bloque très tôt",
    "el teléfono se reinició mañana, según él",
)
SENTENCES = [
    (encoding, sentence)
    for encodings, sentences in (
        (("utf-8", "utf-8-sig", "utf-16", "cp949", "euc_kr"), KOREAN),
        (("utf-8", "gbk", "gb18030"), CHINESE),
        (("utf-8", "big5", "cp950"), CHINESE_OF_TAIWAN),
        (("utf-8", "shift_jis", "cp932", "euc_jp"), JAPANESE),
        (("utf-8", "cp1251", "koi8_r"), RUSSIAN),
        (("utf-8", "latin-1", "cp1252"), WESTERN),
    )
    for encoding in encodings
    for sentence in sentences
    if encoding != "euc_kr" or "됬" not in sentence  # which it does not have
]


@pytest.mark.parametrize(("encoding", "sentence"), SENTENCES)
def test_one_sentence_is_enough(encoding: str, sentence: str) -> None:
    for text in (
        sentence,
        f"{sentence}\n{FRAMES}",
        FRAMES.replace("lock(", f"lock(  <- {sentence}"),
        f"boot ok\n{FRAMES}# {sentence} #\r\n" * 3,
    ):
        assert texts.decode(text.encode(encoding)) == text


ALL = {
    "cp949": KOREAN,
    "gb18030": CHINESE,
    "cp950": CHINESE_OF_TAIWAN,
    "cp932": JAPANESE,
    "euc_jp": JAPANESE,
    "cp1251": RUSSIAN,
    "koi8_r": RUSSIAN,
    "cp1252": WESTERN,
}


@pytest.mark.parametrize("encoding", ALL)
def test_a_file_in_two_encodings_is_read_line_by_line(encoding: str) -> None:
    """A log in UTF-8 with remarks of somebody whose editor writes another encoding."""
    said = "\n".join(ALL[encoding])
    for known in (KOREAN, JAPANESE, RUSSIAN):
        utf_8 = "\n".join(known)
        data = f"{utf_8}\n{FRAMES}".encode() + f"{said}\n".encode(encoding) + utf_8.encode()
        assert texts.decode(data) == f"{utf_8}\n{FRAMES}{said}\n{utf_8}"


@pytest.mark.parametrize("said", [*ALL.values(), ("boot ok", "usb 1-1: new device")])
def test_noise_in_utf_8_stays_noise(said: tuple[str, ...]) -> None:
    """A serial line with bytes that are nothing: each shows, and the text around them is whole."""
    clean = ("\n".join(said) + "\n" + FRAMES).encode()
    for seed in range(40):
        generator = random.Random(seed)
        data = bytearray(clean * 3)
        for _ in range(generator.choice((1, 2, 5, 12))):
            at = generator.randrange(len(data))
            data[at:at] = bytes(
                generator.randrange(128, 256) for _ in range(generator.choice((1, 1, 2, 3)))
            )
        assert texts.decode(bytes(data)) == data.decode("utf-8", errors="replace")


@pytest.mark.parametrize("encoding", ALL)
def test_noise_takes_no_ascii_with_it(encoding: str) -> None:
    """In Shift-JIS, Big5 and GBK a byte of noise and the bar of a frame could be one character."""
    said = ("\n".join(ALL[encoding]) + "\n").encode(encoding)
    for seed in range(40):
        generator = random.Random(seed)
        frames = bytearray(FRAMES.encode())
        for _ in range(6):
            # Bytes of noise side by side are two thirds of a character more often than not.
            at = generator.randrange(len(frames))
            if all(byte < 128 for byte in frames[max(at - 3, 0) : at + 3]):
                frames.insert(at, generator.randrange(128, 256))
        text = texts.decode(said + bytes(frames) + said)
        assert text.startswith(said.decode(encoding))
        assert text.endswith(said.decode(encoding))
        inner = text[len(said.decode(encoding)) : -len(said.decode(encoding))]
        assert "".join(c for c in inner if c < "\x80") == FRAMES


@pytest.mark.parametrize("encoding", [*ALL, "utf-16", "utf-16-le", "utf-16-be"])
def test_frames_of_a_file_in_any_encoding_are_read(encoding: str) -> None:
    said = "\n".join(ALL.get(encoding, KOREAN))
    data = f"{said}\n{FRAMES}".encode(encoding)
    parsed = formats.parse(model.Document("x", 0, texts.lines(data)))
    wanted = formats.parse(model.Document.of(f"{said}\n{FRAMES}", "x"))
    assert parsed == wanted
    assert len(wanted.crashes) == 1


def test_characters_that_end_with_a_bar_or_a_backslash() -> None:
    for encoding, words in (("cp932", "ポート ソース 表示 能力"), ("cp950", "成功 許可 蓋 功能")):
        text = "".join(f"{one}、{one}\n" for one in words.split()) + "\n".join(ALL[encoding])
        data = text.encode(encoding)
        assert b"\\" in data
        assert texts.decode(data) == text
    # A character of GBK that is seldom written, and an emoji, which takes four bytes with digits among them.
    text = "\n".join(CHINESE) + "\n他叫朱镕基啊\n崩溃了😱真的\n"
    assert b"F" in text.encode("gb18030")
    assert texts.decode(text.encode("gb18030")) == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_has_our_line_ends_only(encoding: str) -> None:
    text = FRAMES + "\r\na\u2028b\x0cc\x85d\u000be\u0a0d\u0d0a😱\r\rz"
    data = text.encode(encoding)
    assert texts.lines(data) == model.Document.of(text).lines
    assert texts.decode(data + b"\x31") == text + "\ufffd"  # half a character


PIECES = st.sampled_from(
    [
        *(one.encode() for one in ("\n", "\r", "\r\n", "a|b\\", "한글", "\u2028", "\x0c", "😱", "é")),
        *(one.encode("cp949") for one in KOREAN[:2]),
        *(one.encode("cp932") for one in JAPANESE[:2]),
        b"\xff", b"\xb0", b"\x83", b"\0",
    ]
)  # fmt: skip


@hypothesis.given(
    pieces=st.lists(PIECES, max_size=20),
    form=st.sampled_from(["", "bom", "utf-16", "utf-16-be"]),
    block=st.sampled_from([2, 4, 16, 1 << 20]),
)
def test_lines_are_those_of_the_whole_text(pieces: list[bytes], form: str, block: int) -> None:
    data = b"".join(pieces)
    if form == "bom":
        data = b"\xef\xbb\xbf" + data
    elif form:
        data = data.decode("utf-8", errors="replace").encode(form)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "_BLOCK", block)
        try:
            text = texts.decode(data)
        except texts.NotATextError:
            with pytest.raises(texts.NotATextError):
                texts.lines(data)
            return
        wanted = model.Document.of(text).lines
        assert texts.lines(data) == wanted
        assert texts.read_lines(io.BytesIO(data)) == wanted


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_character_or_line_end_between_two_blocks_is_whole(
    monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    for encoding in ("utf-8", "cp949", "utf-16"):
        text = end.join(KOREAN * 3) + end
        data = text.encode(encoding)
        for block in range(2, 60, 2):
            monkeypatch.setattr(texts, "_BLOCK", block)
            assert texts.lines(data) == (*KOREAN * 3, "")


def test_progress_is_told_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_BLOCK", 64)
    for encoding in ("utf-8", "cp949", "utf-16"):
        data = (FRAMES + KOREAN[0]).encode(encoding)
        told: list[tuple[int, int]] = []
        texts.lines(data, lambda done, total, told=told: told.append((done, total)))
        assert told[-1] == (len(data), len(data))
        assert told == sorted(told)
        assert len(told) > 3


@pytest.mark.parametrize(
    ("kind", "most"), [("ascii", 2.5), ("korean", 3.0), ("emoji", 3.0), ("cp949", 3.0)]
)
def test_memory_of_a_large_text(kind: str, most: float) -> None:
    """One character that is not Latin must not double or quadruple the text."""
    line = b"[   12.345678] usb 1-1.2: new high-speed USB device number 7 using sample_hcd\r\n"
    remark = {"ascii": b"ok", "korean": KOREAN[0].encode(), "emoji": "😱".encode()}
    block = line * 40 + remark.get(kind, KOREAN[0].encode("cp949")) + b"\n"
    size = len(block) * 2000
    left = [block * 200] * 10

    class File(io.BytesIO):
        """A file whose bytes nobody keeps."""

        def read(self, _size: int | None = -1) -> bytes:
            return left.pop() if left else b""

    tracemalloc.start()
    try:
        found = texts.read_lines(File())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found) == 2000 * 41 + 1
    assert peak < most * size


def test_a_large_text_shows_how_far_its_reading_has_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.write_text(FRAMES * 10)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert cli.main(["explain", str(log)]) == 0
    assert capsys.readouterr().err == ""
    for name in ("_LEAST_SHOWN", "_LEAST_LINES_SHOWN"):
        monkeypatch.setattr(logs, name, 1)
    real = formats.parse

    def told(document: model.Document, progress: Callable[[int, int], None]) -> model.Parsed:
        progress(len(document.lines), len(document.lines))
        return real(document)

    monkeypatch.setattr(formats, "parse", told)
    assert cli.main(["explain", str(log)]) == 0
    shown = capsys.readouterr().err
    assert "\rreading [" in shown
    assert "\rlooking for crashes [##############################] " in shown
    assert shown.endswith("\r\x1b[K")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    monkeypatch.setattr(formats, "parse", lambda document, progress: real(document))
    assert cli.main(["explain", str(log)]) == 0
    assert capsys.readouterr().err == ""
