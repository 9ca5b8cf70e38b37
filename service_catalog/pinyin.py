"""The reading of a title, a syllable a character, made when the catalogue is loaded and stored beside the title.

No web worker calls this: pypinyin's dictionaries cost some 50 MB.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

# Where the dictionaries cut an official text at the wrong place, or know the other word (发卡 is also a hairpin).
OFFICIAL_PHRASES = {
    "还款": "huán kuǎn",
    "还贷": "huán dài",
    "发卡": "fā kǎ",
    "的确认": "de què rèn",
    "的确定": "de què dìng",
    "建行使": "jiàn xíng shǐ",
    "调档": "diào dàng",
    "献血": "xiàn xuè",
}


_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+|.", re.DOTALL)


def pinyin_of(title: str) -> tuple[str, ...]:
    """Return one syllable a character: without tones, ü as v, letters in lower case; any other character is kept."""
    return tuple(syllable for run in _RUN.findall(title) for syllable in _read(run))


def _read(run: str) -> Sequence[str]:
    read = _reader()(run)
    if len(read) != len(run):  # a phrase that the dictionaries read shorter or longer than it is written
        read = [_reader()(one)[0] for one in run]
    return [syllable.lower().replace("ü", "v") for syllable in read]


@cache
def _reader() -> Callable[[str], Sequence[str]]:
    from pypinyin import Style, lazy_pinyin, load_phrases_dict  # the loader alone pays for the dictionaries

    load_phrases_dict({phrase: [[one] for one in read.split()] for phrase, read in OFFICIAL_PHRASES.items()})
    return lambda text: lazy_pinyin(text, style=Style.NORMAL)
