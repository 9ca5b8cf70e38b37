"""One form for what people type and for what titles say: width, case, traditional characters, punctuation."""

from __future__ import annotations

import re
import unicodedata

from service_catalog.search.tables import simplified

MAX_QUERY_CHARACTERS = 100
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_HAN}]+|[a-z0-9]+(?:[\\s']+[a-z0-9]+)*")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")


def folded(text: str) -> str:
    """Return a query in half width, lower case and simplified characters, cut at the longest length allowed."""
    whole = unicodedata.normalize("NFKC", text[:MAX_QUERY_CHARACTERS]).lower().replace("ü", "v")
    return whole.translate(simplified())[:MAX_QUERY_CHARACTERS]


def plain(title: str) -> str:
    """Return a title folded character by character, so that every offset stays what it was."""
    return "".join(new if len(new := _folded_character(one)) == 1 else one for one in title)


def _folded_character(one: str) -> str:
    return unicodedata.normalize("NFKC", one).lower().translate(simplified())


def runs(folded_query: str) -> list[str]:
    """Cut a folded query into runs of Chinese characters and runs of letters and digits, spaces among these kept."""
    return _RUN.findall(folded_query)


def is_han(one: str) -> bool:
    """Tell whether a text begins with a Chinese character."""
    return _HAN_CHARACTER.match(one) is not None
