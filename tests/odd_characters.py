"""What people and programs put into text fields: classes of odd characters, each taken or refused.

The table is written out by code points, so that it judges the product's rules and does not repeat them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OddClass:
    """A class of texts, with examples that stand between two Chinese characters where they are tried."""

    name: str
    examples: tuple[str, ...]
    taken: bool

    def __str__(self) -> str:
        return self.name


def _refused(name: str, *examples: str) -> OddClass:
    return OddClass(name=name, examples=examples, taken=False)


def _taken(name: str, *examples: str) -> OddClass:
    return OddClass(name=name, examples=examples, taken=True)


REFUSED = (
    _refused("NUL and other C0 controls", "\x00", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1b", "\x1f"),
    _refused("DEL and C1 controls", "\x7f", "\x80", "\x85", "\x9f"),
    _refused("bidi controls", *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
    _refused("zero-width characters", *"\u200b\u2060\ufeff\u180e\u2061\u2064"),
    _refused("line and paragraph separators", "\u2028", "\u2029"),
    _refused("soft hyphen and grapheme joiner", "\u00ad", "\u034f"),
    _refused("tag characters", "\U000e0001", "\U000e0041", "\U0001f3f4\U000e0067\U000e0062\U000e007f"),
    _refused("deprecated format characters", *"\u206a\u206b\u206c\u206d\u206e\u206f\u17b4\u17b5"),
    _refused("interlinear annotation", "\ufff9", "\ufffa", "\ufffb"),
    _refused("object replacement and replacement character", "\ufffc", "\ufffd"),
    _refused("Hangul fillers", "\u115f", "\u1160", "\u3164", "\uffa0"),
    _refused("braille blank", "\u2800"),
    _refused("private use", "\ue000", "\uf8ff", "\U000f0000", "\U0010fffd"),
    _refused("non-characters", "\ufdd0", "\ufdef", "\uffff", "\U0001fffe", "\U0002ffff", "\U0010ffff"),
    _refused("unassigned outside Han and emoji", "\u0378", "\u05ff", "\U000e0080"),
    _refused("joiners that join nothing", "\u200d", "\u200c", "a\u200db", "\U0001f468\u200d", "\u200d\U0001f469"),
    _refused("selectors that select nothing", "a\ufe0f", "\u4e95\ufe0f\ufe0f", "b\U000e0100", " \ufe0e", "\u180b"),
    _refused("floods of combining marks", "z" + "\u0301" * 9, "\u4e95" + "\u0489\u0334\u033f" * 4),
)
TAKEN = (
    _taken("names with a middle dot", "阿卜杜·热合曼", "卓玛•央金"),
    _taken("rare Han", "㛃", "𠮷", "𫍽", "𬍡", "𰻞"),
    _taken("Han newer than the tables", "\U00031350", "\U000323af", "\U0002ebf0", "\U0002ee5d", "\U00033479"),
    _taken("Han with a variation selector", "葛\U000e0100", "芦\ufe00"),
    _taken(
        "emoji and their sequences",
        "👍🏽",
        "👨\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥",
        "🙂\u200d↔\ufe0f",
        "🇨🇳",
        "1\ufe0f\u20e3",
    ),
    _taken("emoji newer than the tables", "\U0001fae8", "\U0001fae9", "\U0001fadf"),
    _taken("full-width and compatibility forms", "ＡＢＣ１２３", "㎡", "①", "ﬁ", "㈱"),
    _taken("spaces of many widths", "a\u3000b", "a\u00a0b", "a\u2009b"),
    _taken("scripts of the minorities", "ཧྐྵྨླྺྼྻྂ", "ئۇيغۇر\u200cچە", "ᠮᠣᠩᠭᠣᠯ\u180b", "ꆈꌠꉙ", "ᥖᥭᥰ", "Bouxcuengh"),
    _taken("other scripts", "नमस्ते", "क्\u200dष", "Tiếng Việt", "한국어", "Привет", "العربية"),
    _taken("mathematics and signs", "≤ 5 μg/m³", "№ 8", "→", "€", "™"),
)
