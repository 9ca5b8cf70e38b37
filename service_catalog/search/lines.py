"""All titles as three lines of one length: characters, first letters, and one code a syllable."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence

from service_catalog.search.texts import is_han

Syllables = tuple[str, ...]
END = "\n"
_BREAK = "|"
_FIRST_CODE = 0xE000  # private use: one character a syllable, so that the C library searches for readings


class Lines:
    """The titles one behind the other; a position is the same character in all three lines."""

    def __init__(self, titles: Sequence[str], syllables: Sequence[Syllables]) -> None:
        """Read folded titles with one syllable a character."""
        known = sorted({one for read in syllables for one in read})
        self._codes = {syllable: chr(_FIRST_CODE + number) for number, syllable in enumerate(known)}
        self._fitting: dict[str, str] = defaultdict(str)
        for syllable, code in self._codes.items():
            for length in range(1, len(syllable) + 1):
                self._fitting[syllable[:length]] += code
        self.text = END + END.join(titles) + END
        self.letters = END + END.join(map(_letters_of, titles, syllables)) + END
        self.sounds = END + END.join("".join(map(self._codes.__getitem__, read)) for read in syllables) + END
        self.owners = array("I", [0, *(place for place, title in enumerate(titles) for _ in range(len(title) + 1))])
        self.starts = array("I", [1])
        for title in titles:
            self.starts.append(self.starts[-1] + len(title) + 1)

    def find(self, pattern: Syllables, first: int = 0, last: int | None = None) -> list[int]:
        """Return the positions in [first, last) at which a pattern is read.

        A single letter stands for any syllable that begins with it; the last syllable may be unfinished, where nothing
        is read just so. A single letter alone is found at the beginning of titles only.
        """
        end = len(self.text) if last is None else last
        letters = "".join([one[0] for one in pattern])
        if len(letters) == sum(map(len, pattern)):
            found = _all(self.letters, letters, first, end)
            return found if len(pattern) > 1 else [at for at in found if self.letters[at - 1] == END]
        coded = "".join([self._codes.get(one, "") for one in pattern])
        if len(coded) == len(pattern) and (found := _all(self.sounds, coded, first, end)):
            return found
        return self._find_unfinished(pattern, letters, first, end)

    def is_exact(self, position: int, syllable: str) -> bool:
        """Tell whether just this syllable is read at a position."""
        return self.sounds[position] == self._codes.get(syllable)

    def _find_unfinished(self, pattern: Syllables, letters: str, first: int, end: int) -> list[int]:
        *before, ending = pattern
        coded = "".join([self._codes.get(one, "") for one in before])
        if not before or len(coded) < len(before):  # among the syllables are initials, or what no title has
            found = _all(self.letters, letters, first, end)
            for offset, syllable in enumerate(before):
                if len(syllable) > 1:
                    code = self._codes.get(syllable)
                    found = [at for at in found if self.sounds[at + offset] == code]
        else:
            found = _all(self.sounds, coded, first, end)
        endings, offset = self._fitting.get(ending, ""), len(before)
        return [at for at in found if self.sounds[at + offset] in endings]


def _all(line: str, wanted: str, first: int, end: int) -> list[int]:
    found = []
    position = line.find(wanted, first, end)
    while position >= 0:
        found.append(position)
        position = line.find(wanted, position + 1, end)
    return found


def _letters_of(text: str, syllables: Syllables) -> str:
    return "".join(
        (syllable[:1] if is_han(one) else one) if one.isalnum() else _BREAK
        for one, syllable in zip(text, syllables, strict=True)
    )
