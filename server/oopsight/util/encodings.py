"""Which encoding a text is in that is not UTF-8: judged by what its bytes would say in each.

The measure is the length of the shortest description in bits: a model of each encoding says how likely a character is
(the frequent syllables of Korean, the kana of Japanese), and random bytes, as a noisy line brings them, cost seven bits
each whatever they are. The encoding that describes the bytes most briefly has them, if it is better than noise by a
margin.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# The cost of a byte above 127 that is noise, of one that the encoding says to be text and that is none in it, and of
# an ASCII character, in bits. A character of two bytes whose second is an ASCII one saves that one's cost.
_NOISE = 7.0
_BROKEN = 10.0
_ASCII = 5.0
# How many bits an encoding must save against noise: three letters with accents, or some syllables.
_MARGIN_OF_LETTERS = 6.0
_MARGIN_OF_PAIRS = 9.0
_SURER = 2
# What one line of noise speaks against an encoding at most; a text has many more lines than sentences.
_MOST_AGAINST = 8.0
_UNLIKELY = 24.0
# A line without any fault in the text's encoding is in it rather than noise.
_PREFERENCE = 8.0
# The kana of half width and what else is one byte in Shift-JIS.
_OF_ONE_BYTE = re.compile("[\x80\uff61-\uff9f\uf8f0-\uf8f3]")
_ABOVE_127 = bytes(range(128, 256))
# Bytes of the longest line whose text is kept for the next that is the same.
_MOST_REMEMBERED = 400


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding that agrees with ASCII on ASCII: `name` as Python knows it, `char` matches one character of it.

    `bits` is the cost of a match of `char` in its line. `punctuated` says that ordinary characters may end with an
    ASCII byte, as in `ポ`, which ends with that of a bar.
    """

    name: str
    char: re.Pattern[bytes]
    run: re.Pattern[bytes]
    bits: Callable[[bytes, re.Match[bytes]], float]
    margin: float
    punctuated: bool = True


def judged(lines: Iterable[bytes], *, beside_utf_8: bool = False) -> Encoding | None:
    """The encoding of lines that are not valid UTF-8; None when they are no text in any, so UTF-8 with some noise.

    `beside_utf_8` says that other lines of the text hold characters in UTF-8: then these must be surer.
    """
    noisy = [(line, _bits_in_utf_8(line)) for line in lines]
    best, most = None, 0.0
    for encoding in ENCODINGS:
        saved = sum(max(noise - _bits(encoding, line), -_MOST_AGAINST) for line, noise in noisy)
        margin = encoding.margin * (_SURER if beside_utf_8 else 1)
        if saved > max(margin, most):
            best, most = encoding, saved
    return best


def decode(line: bytes, encoding: Encoding) -> str:
    """A line of a text that is in `encoding` for the most part; other lines are UTF-8, and any may hold noise.

    A byte that is no character becomes U+FFFD, and the ASCII character behind it is kept.
    """
    return (_known if len(line) < _MOST_REMEMBERED else _decoded)(line, encoding)


def decode_clean(lines: bytes, encoding: Encoding) -> str | None:
    """Lines that are all in `encoding`; None when that is not sure.

    It is when each character takes two bytes and both are above 127: then none is a byte of noise that looks like one
    character together with the ASCII one behind it.
    """
    text = _strictly(lines, encoding.name)
    if text is None or _OF_ONE_BYTE.search(text):
        return None
    above = len(lines) - len(lines.translate(None, _ABOVE_127))
    characters = len(text) - (len(lines) - above)
    return text if characters * (1 if encoding.char is _BYTE else 2) == above else None


def _decoded(line: bytes, encoding: Encoding) -> str:
    valid = _strictly(line, "utf-8")
    if valid is None:
        clean = decode_clean(line, encoding)
        if clean is not None:
            return clean
    fits = valid is None and _strictly(line, encoding.name) is not None
    if _bits_in_utf_8(line) + _PREFERENCE * fits <= _bits(encoding, line):
        return line.decode("utf-8", errors="replace")
    return _piecewise(line, encoding)


# Messages of a log repeat.
_known = functools.lru_cache(maxsize=1 << 14)(_decoded)


def _strictly(line: bytes, name: str) -> str | None:
    try:
        return line.decode(name)
    except UnicodeDecodeError:
        return None


def _piecewise(line: bytes, encoding: Encoding) -> str:
    """Run by run, so that a broken character takes nothing with it."""
    parts, done = [], 0
    for run in encoding.run.finditer(line):
        parts.append(line[done : run.start()].decode("ascii", errors="replace"))
        for char in encoding.char.finditer(line, run.start(), run.end()):
            found = _strictly(char[0], encoding.name)
            if found is not None and not _is_noise(encoding, line, char):
                parts.append(found)
            else:
                parts.append("".join(chr(byte) if byte < 0x80 else "\ufffd" for byte in char[0]))
        done = run.end()
    parts.append(line[done:].decode("ascii", errors="replace"))
    return "".join(parts)


# Signs that stand in the place of a plain one before a number: `0×10`, `‐001|`.
_SIGNS = ("\u00d7", "\u2010", "\u2011", "\u2013", "\u2014", "\u2015", "\u2212")
# Marks as an input method of Asia writes them between plain words, each alone: `read（file＝0x10，？）`.
_WIDE_MARKS = "（），．：；＝｜？！－＿＜＞"
_MARKS = frozenset(_WIDE_MARKS)
_WIDE_LETTERS = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_BEFORE_DIGITS = re.compile(rb"[0-9A-Fa-f>|]")


def _is_noise(encoding: Encoding, line: bytes, char: re.Match[bytes]) -> bool:
    """Whether the character is one byte of noise and an ASCII character rather than itself.

    Words are of several characters. One that ends with an ASCII byte and stands alone is noise; where the ordinary
    ones never end so, also one at the end of a word.
    """
    if char[0][-1] >= 0x80 or len(char[0]) != 2 or _is_high(line, char.end()):
        return False
    text = _strictly(char[0], encoding.name)
    if text in _MARKS or (text in _SIGNS and _BEFORE_DIGITS.match(line, char.end())):
        return False
    alone = not (_is_high(line, char.start() - 1) or _is_high(line, char.start() - 2))
    return alone or not encoding.punctuated


def _bits(encoding: Encoding, line: bytes) -> float:
    return sum(encoding.bits(line, char) for char in encoding.char.finditer(line))


# UTF-8

_CHAR_OF_UTF_8 = re.compile(
    rb"([\xc3\xd0\xd1])[\x80-\xbf]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]"
)
# By the number of bytes: signs and rare letters; all of Asia; emoji. Accented and Cyrillic letters are likelier.
_BITS_OF_UTF_8 = {1: _NOISE, 2: 14.0, 3: 13.0, 4: 18.0}
_BITS_OF_LETTERS = 9.0


def _bits_in_utf_8(line: bytes) -> float:
    return sum(
        _BITS_OF_LETTERS if char[1] else _BITS_OF_UTF_8[len(char[0])]
        for char in _CHAR_OF_UTF_8.finditer(line)
    )


# Encodings of two bytes a character


@dataclass(frozen=True, slots=True)
class _Class:
    """Characters that are alike: together they are `share` of a text, and there are `size` of them.

    `characters` lists them; without a list, `ranges` are their bytes in the encoding.
    """

    share: float
    size: int
    characters: str = ""
    ranges: tuple[tuple[int, int], ...] = ()

    @property
    def bits(self) -> float:
        return math.log2(self.size / self.share)


def _pairs(
    name: str, char: bytes, classes: tuple[_Class, ...], punctuated: bool = True
) -> Encoding:
    listed = {one: group.bits for group in reversed(classes) for one in group.characters}

    @functools.lru_cache(maxsize=1 << 14)
    def cost(char: bytes) -> float:
        try:
            text = char.decode(name)
        except UnicodeDecodeError:
            return _BROKEN * len(char)
        if text in listed:
            bits = listed[text]
        else:
            number = int.from_bytes(char, "big")
            bits = next(
                (
                    group.bits
                    for group in classes
                    if any(low <= number <= high for low, high in group.ranges)
                ),
                _UNLIKELY,
            )
        return bits - _ASCII * sum(byte < 0x80 for byte in char)

    def bits(line: bytes, char: re.Match[bytes]) -> float:
        if char[0][-1] < 0x80 and _is_noise(encoding, line, char):
            return _BROKEN
        return cost(char[0])

    one = char + rb"|[\x80-\xff]"
    encoding = Encoding(
        name,
        re.compile(one),
        re.compile(rb"(?:" + one + rb")+"),
        bits,
        _MARGIN_OF_PAIRS,
        punctuated,
    )
    return encoding


_WIDE = (
    _Class(0.02, 7, "".join(_SIGNS)),
    _Class(0.02, 14, _WIDE_MARKS),
    _Class(0.02, 94, _WIDE_LETTERS),
)
_SYLLABLES = (
    "이다는의을에가고하지로은를한사도기서어리자인시나대아그라들수정부장과제일있스보해니게적습요안전구상면여오원만공동"
    "으우주성유내게선중소신용때세조생되화경모비발했세연입물없저방결후와까드트모터된될됩않것같때문저희번더음실행확오류"
    "에러커널크래시메모함코로그패닉부팅드버호출스택레지스테재현분석문제해결값주소포인널참조죽멈춤빌담당님"
)
_PUNCTUATION = "、。・「」ー…—·“”‘’→←↑↓※○●■□▶★☆『』【】《》〈〉（），．：；？！～①②③④⑤"
_KOREAN = (
    _Class(0.62, 210, _SYLLABLES),
    _Class(0.02, 40, _PUNCTUATION),
    *_WIDE,
    _Class(0.02, 12, "ㅋㅎㅠㅜㅇㄴㄷㅡㅅㄱ"),
    _Class(0.30, 2350, ranges=((0xB0A1, 0xC8FE),)),
    _Class(0.03, 990, ranges=((0xA1A1, 0xACFE),)),
    _Class(0.005, 4888, ranges=((0xCAA1, 0xFDFE),)),
    _Class(0.005, 8822, ranges=((0x8141, 0xC6FF),)),
)
_HANZI = (
    "的一是不了在有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之"
    "都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因"
    "很给名法间斯知世什两次使身者被高已亲其进此话常与活正感内核崩溃系统问题存错误重启设备驱程序志函数调栈析测试版本"
    "板电源请帮我每今出现始运机指针空访问溢死锁卡住屏启失败信息提示段情况"
)
_HANZI_OF_TAIWAN = (
    "的一是不了在有這個上們來到時大地為子中你說生國年著就那和要她出也得裡後自以會家可下而過天去能對小多然於心學麼之"
    "都好看起發當沒成只如事把還用第樣道想作種開美總從無情己面最女但現前些所同日手又行意動方期它頭經長兒回位分愛老因"
    "很給名法間斯知世什兩次使身者被高已親其進此話常與活正感核崩潰系統問題記憶體錯誤重啟裝置驅程式誌函呼叫堆疊析測試"
    "版本板電源請幫我每今出始運機指標空存取溢死鎖卡住螢幕失敗訊息提示段情況"
)
_COMMA = "，。、；：？！“”（）《》—…·【】「」『』"
_CHINESE = (
    _Class(0.55, 270, _HANZI),
    _Class(0.10, 24, _COMMA),
    *_WIDE,
    _Class(0.31, 3755, ranges=((0xB0A1, 0xD7F9),)),
    _Class(0.02, 3008, ranges=((0xD8A1, 0xF7FE),)),
    _Class(0.01, 680, ranges=((0xA1A1, 0xA9FE),)),
    _Class(0.004, 14000, ranges=((0x8140, 0xFEFE),)),
    _Class(0.001, 1 << 20, ranges=((0x81308130, 0xFE39FE39),)),
)
_CHINESE_OF_TAIWAN = (
    _Class(0.55, 270, _HANZI_OF_TAIWAN),
    _Class(0.10, 24, _COMMA),
    *_WIDE,
    _Class(0.32, 5401, ranges=((0xA440, 0xC67E),)),
    _Class(0.01, 408, ranges=((0xA140, 0xA3FE),)),
    _Class(0.01, 7652, ranges=((0xC940, 0xF9FE),)),
)
_KANJI = (
    "日一人年大十二本中出三時行見月後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西"
    "電校語土木聞食車何南万毎白天母火右読友左休父雨起動作確認問題発再現源正常値呼関数落実機基板調査原因対応必要場"
    "合方法用異停止開始終了表示回変更理分部内容設定試験失敗成功参照空不具報告願致以同画面固最新版通信"
)
# Names of months in logs of Russian machines.
_CYRILLIC_LETTERS = "".join(chr(code) for code in range(0x410, 0x450)) + "Ёё"
_HIRAGANA = "のにはをたがでてとしるまいすなれかこあうらっんりさよくけきもそ"
_KATAKANA = "ーンストルクラリアイマプグレタドロカフシジテデバパブメモネエサケキボッャョュ"
_BUT_KANA_OF_SJIS = ((0x889F, 0x9872), (0x989F, 0xEAA4))
_BUT_KANA_OF_EUC = ((0xB0A1, 0xCFD3), (0xD0A1, 0xF4FE))


def _japanese(
    hiragana: tuple[int, int],
    katakana: tuple[int, int],
    kanji: tuple[tuple[int, int], tuple[int, int]],
    rest: tuple[int, int],
    half: tuple[int, int],
) -> tuple[_Class, ...]:
    """Japanese, by where an encoding has its kana, the kanji of both levels, the signs and the kana of half width."""
    return (
        _Class(0.34, 32, _HIRAGANA),
        _Class(0.16, 38, _KATAKANA),
        _Class(0.06, 16, "、。・「」（）！？：…→"),
        *_WIDE,
        _Class(0.20, 200, _KANJI),
        _Class(0.08, 60, ranges=(hiragana,)),
        _Class(0.05, 60, ranges=(katakana,)),
        _Class(0.08, 2965, ranges=(kanji[0],)),
        _Class(0.005, 3390, ranges=(kanji[1],)),
        _Class(0.01, 66, _CYRILLIC_LETTERS),
        _Class(0.01, 700, ranges=(rest,)),
        _Class(0.01, 63, ranges=(half,)),
    )


_SJIS = _japanese(
    (0x829F, 0x82F1), (0x8340, 0x8396), _BUT_KANA_OF_SJIS, (0x8140, 0x879E), (0xA1, 0xDF)
)
_EUC = _japanese(
    (0xA4A1, 0xA4F3), (0xA5A1, 0xA5F6), _BUT_KANA_OF_EUC, (0xA1A1, 0xADFE), (0x8EA1, 0x8EDF)
)

# Encodings of one byte a character

_BYTE = re.compile(rb"[\x80-\xff]")
_RUN_OF_BYTES = re.compile(rb"[\x80-\xff]+")
_BESIDE_A_LETTER = -2.0
_IN_A_ROW = 3.0
_IN_A_FOREIGN_WORD = 5.0
_STRANGE = 14.0


def _is_letter(line: bytes, at: int) -> bool:
    return 0 <= at < len(line) and line[at : at + 1].isalpha()


def _is_high(line: bytes, at: int) -> bool:
    return 0 <= at < len(line) and line[at] >= 0x80


def _western(line: bytes, char: re.Match[bytes]) -> float:
    """Accented letters stand between plain ones, seldom two in a row."""
    bits = _COSTS_OF_WESTERN[char[0][0] - 0x80]
    if _is_high(line, char.start() - 1):
        bits += _IN_A_ROW
    if _is_letter(line, char.start() - 1) or _is_letter(line, char.end()):
        bits += _BESIDE_A_LETTER
    return bits


_WESTERN = (("äöüßéèàçñáíóúêâôåøæãõÄÖÜÉ", 6.5), ("’“”–—…•\xa0°©®µ×«»‘", 8.5))


def _costs(name: str, groups: Iterable[tuple[str, float]], letters: float) -> tuple[float, ...]:
    """The cost of each byte above 127, by groups of characters, of other letters, and of what is neither."""
    listed = {character: bits for characters, bits in groups for character in characters}
    found = []
    for byte in range(0x80, 0x100):
        character = bytes([byte]).decode(name, errors="replace")
        other = letters if character.isalpha() else _STRANGE
        found.append(listed.get(character, other))
    return tuple(found)


_COSTS_OF_WESTERN = _costs("cp1252", _WESTERN, 10.0)
_CYRILLIC = (
    ("оеаинтсрвлкмдпуяыьгзбч", 4.7),
    ("йхжшюцщэфёъ", 7.2),
    ("ОЕАИНТСРВЛКМДПУЯГЗБЧЭ", 9.0),
)


def _cyrillic(name: str) -> Encoding:
    costs = _costs(name, _CYRILLIC, 11.0)

    def bits(line: bytes, char: re.Match[bytes]) -> float:
        """Words are of Cyrillic letters alone."""
        foreign = _is_letter(line, char.start() - 1) or _is_letter(line, char.end())
        return costs[char[0][0] - 0x80] + _IN_A_FOREIGN_WORD * foreign

    return Encoding(name, _BYTE, _RUN_OF_BYTES, bits, _MARGIN_OF_PAIRS)


ENCODINGS = (
    _pairs("cp949", rb"[\x81-\xfe][\x41-\x5a\x61-\x7a\x81-\xfe]", _KOREAN),
    _pairs(
        "gb18030",
        rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x81-\xfe][0-9][\x81-\xfe][0-9]",
        _CHINESE,
        punctuated=False,
    ),
    _pairs("cp932", rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]", _SJIS),
    _pairs("euc_jis_2004", rb"\x8f[\xa1-\xfe]{2}|[\x8e\xa1-\xfe][\xa1-\xfe]", _EUC),
    _pairs("cp950", rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]", _CHINESE_OF_TAIWAN),
    Encoding("cp1252", _BYTE, _RUN_OF_BYTES, _western, _MARGIN_OF_LETTERS),
    _cyrillic("cp1251"),
    _cyrillic("koi8_r"),
)
"""All encodings that are looked for; of equally good ones the first."""
