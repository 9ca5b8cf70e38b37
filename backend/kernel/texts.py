"""Which characters a text may hold: every character that people can see, in its place (ADR 0027)."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

# The longest stack that a living script builds on one letter is eight (Tibetan); floods are many times that.
MAX_MARKS = 8
_LINE_CHARACTERS = frozenset("\n\r\t")


class Oddity(StrEnum):
    """What a text must not hold, in the words that people are told."""

    CONTROL = "控制字符"
    LINE_SEPARATOR = "特殊分行符"
    DIRECTION = "改变书写方向的字符"
    INVISIBLE = "看不见的字符"
    BROKEN = "乱码"
    PRIVATE_USE = "自造字"
    UNASSIGNED = "未定义的字符"
    LONE_JOINER = "多余的连接符"
    LONE_SELECTOR = "多余的变体选择符"
    LONE_MARK = "没有附着的组合符号"
    MARK_FLOOD = "过多的组合符号"


class OddText(ValueError):
    """A text holds what nobody can see, or what would show as something else than it is."""

    def __init__(self, oddity: Oddity, character: str) -> None:
        self.oddity = oddity
        super().__init__(f"含有{oddity}（U+{ord(character):04X}），请改正后再提交。")


# Every category not named here is taken: letters, marks, numbers, punctuation, symbols and plain spaces.
_ODD_CATEGORIES = {
    "Cc": Oddity.CONTROL,
    "Cf": Oddity.INVISIBLE,
    "Zl": Oddity.LINE_SEPARATOR,
    "Zp": Oddity.LINE_SEPARATOR,
    "Cs": Oddity.BROKEN,
    "Co": Oddity.PRIVATE_USE,
    "Cn": Oddity.UNASSIGNED,
}
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters, marks and symbols by category, blank to the eye: fillers of Hangul, Khmer vowels, grapheme joiner, braille.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# An image that was left behind, and what a decoder writes where it lost a character.
_RESIDUE = frozenset("\ufffc\ufffd")
_JOINERS = frozenset("\u200c\u200d")

# Planes 2 and 3 hold Han alone: an extension newer than this Python's tables still names citizens. The blocks of
# emoji are reserved as such: this year's phones draw some that the tables do not know.
_HAN_PLANES = range(0x20000, 0x40000)
_EMOJI_BLOCKS = range(0x1F000, 0x1FB00)
_NONCHARACTER_LOW_BITS = 0xFFFE

# What the next patterns are made of, as parts of character classes.
_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_JOINING_SCRIPTS = "\u0600-\u07ff\u0840-\u109f\u1780-\u18af\u1a20-\u1aaf\ua840-\ua9ff\ufb50-\ufdff\ufe70-\ufefc"
_MONGOLIAN = "\u1800-\u18af"
_SELECTORS = "\ufe00-\ufe0f"
_HAN_SELECTORS = "\U000e0100-\U000e01ef"
_MONGOLIAN_SELECTORS = "\u180b-\u180d\u180f"

# A joiner makes one emoji of two, or shapes letters of a script that joins; elsewhere it only hides.
_JOINER_IN_PLACE = (
    rf"(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])|(?<=[{_JOINING_SCRIPTS}])[\u200c\u200d](?=[{_JOINING_SCRIPTS}])"
)
_LONE_JOINER = re.compile(rf"(?!{_JOINER_IN_PLACE})[\u200c\u200d]")
# A selector chooses the form of the one character before it.
_SELECTOR_IN_PLACE = (
    rf"(?<=[0-9#*{_EMOJI}{_HAN}\u1000-\u109f\u2010-\u2027\u2030-\u205e\u2070-\u2bff\u3001-\u303f\uff01-\uff9f])"
    rf"[{_SELECTORS}]|(?<=[{_HAN}])[{_HAN_SELECTORS}]|(?<=[{_MONGOLIAN}])[{_MONGOLIAN_SELECTORS}]"
)
_LONE_SELECTOR = re.compile(rf"(?!{_SELECTOR_IN_PLACE})[{_SELECTORS}{_HAN_SELECTORS}{_MONGOLIAN_SELECTORS}]")

# What most texts are made of alone: ASCII that shows, Han, and the marks between them. None is odd, or changed by NFC.
_PLAIN = re.compile(
    "[ -~\u00b7\u2014\u2018\u2019\u201c\u201d\u2026\u3001\u3002\u3008-\u3011\u4e00-\u9fff\uff01-\uff5e]*"
)


def kept_text(text: str, *, multiline: bool) -> str:
    """Return a text as it is kept: trimmed and in NFC, else as it came. Raises OddText.

    Line breaks and tabs are taken only where ``multiline``. What NFC does not fold (full-width forms, old forms of
    Han) stays as it was written.
    """
    if _PLAIN.fullmatch(text):
        return text.strip()
    taken = _LINE_CHARACTERS if multiline else frozenset[str]()
    # The distinct characters are few, however long the text.
    distinct = sorted(set(text) - taken)
    for character in distinct:
        if (oddity := _oddity_of(character)) is not None:
            raise OddText(oddity, character)
    trimmed = text.strip()
    if not _JOINERS.isdisjoint(distinct):
        _refuse_found(_LONE_JOINER, Oddity.LONE_JOINER, trimmed)
    if any(unicodedata.category(character).startswith("M") for character in distinct):
        _refuse_found(_LONE_SELECTOR, Oddity.LONE_SELECTOR, trimmed)
        _refuse_marks(trimmed)
    # After the marks are known to be few: ordering a flood of them takes the square of its length.
    return unicodedata.normalize("NFC", trimmed)


def _oddity_of(character: str) -> Oddity | None:
    """Return what is odd about a character wherever it stands."""
    if character in _JOINERS:
        return None
    if character in _DIRECTION:
        return Oddity.DIRECTION
    if character in _BLANK:
        return Oddity.INVISIBLE
    if character in _RESIDUE:
        return Oddity.BROKEN
    oddity = _ODD_CATEGORIES.get(unicodedata.category(character))
    return None if oddity is Oddity.UNASSIGNED and _is_newer(ord(character)) else oddity


def _is_newer(code_point: int) -> bool:
    """Tell whether an unassigned code point can only be a Han character or an emoji."""
    is_noncharacter = code_point & _NONCHARACTER_LOW_BITS == _NONCHARACTER_LOW_BITS
    return not is_noncharacter and (code_point in _HAN_PLANES or code_point in _EMOJI_BLOCKS)


def _refuse_found(pattern: re.Pattern[str], oddity: Oddity, text: str) -> None:
    found = pattern.search(text)
    if found is not None:
        raise OddText(oddity, found[0])


def _refuse_marks(text: str) -> None:
    """Refuse more marks on one base than a script has, and marks that stand on nothing."""
    run, before = 0, "\n"
    for character in text:
        if not unicodedata.category(character).startswith("M"):
            run = 0
        elif before in _LINE_CHARACTERS:
            raise OddText(Oddity.LONE_MARK, character)
        else:
            run += 1
        if run > MAX_MARKS:
            raise OddText(Oddity.MARK_FLOOD, character)
        before = character
