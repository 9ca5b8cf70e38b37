"""The list of words that tell of a danger, from its file."""

from __future__ import annotations

from backend.organization.rules.categories import Urgency
from backend.organization.rules.danger import DangerWord, sentences_of
from backend.organization.rules.places import stable_id
from backend.organization.rules.sources.lines import Line, SourceFile, lines_of

_COLUMNS = ("code", "words", "beside", "exceptions", "urgency", "is_safety", "valid_from", "valid_to", "reason")


def read_danger_words(file: SourceFile) -> tuple[DangerWord, ...]:
    """Return the rules. Raises SourceRefused, also when two rules of one code hold on one day."""
    rules: list[DangerWord] = []
    for line in lines_of(file, _COLUMNS):
        rule = _rule(line)
        if any(one.code == rule.code and _overlap(one, rule) for one in rules):
            raise line.refused(f"code {rule.code} 在同一天有两条规则")
        rules.append(rule)
    return tuple(rules)


def _rule(line: Line) -> DangerWord:
    code, valid_from = line.text("code"), line.day("valid_from")
    valid_to = line.day("valid_to") if line.cells["valid_to"] else None
    if valid_to is not None and valid_to <= valid_from:
        raise line.refused("valid_to 须晚于 valid_from")
    urgency, is_safety = line.one_of("urgency", Urgency), line.flag("is_safety")
    if urgency is Urgency.NONE and not is_safety:
        raise line.refused("既不紧急也不涉及安全的词没有作用")
    line.text("words")
    return DangerWord(
        id=stable_id("danger_word", code, valid_from.isoformat()),
        code=code,
        words=_words(line, "words"),
        beside=_words(line, "beside"),
        exceptions=_words(line, "exceptions"),
        urgency=urgency,
        is_safety=is_safety,
        reason=line.text("reason"),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _words(line: Line, column: str) -> tuple[str, ...]:
    """Return the words of a cell. One that no sentence could hold, such as one with a blank in it, is refused."""
    words = line.parts(column, "|")
    for word in words:
        if sentences_of(word) != [word]:
            raise line.refused(f"{column} 中的 {word!r} 含有会被略去的字符")
    return words


def _overlap(one: DangerWord, other: DangerWord) -> bool:
    return (other.valid_to is None or one.valid_from < other.valid_to) and (
        one.valid_to is None or other.valid_from < one.valid_to
    )
