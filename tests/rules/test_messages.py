"""The wording of messages: the project's own file, and what it may not say."""

from __future__ import annotations

import csv

import pytest

from backend.notifications.messages import Wording
from backend.notifications.rule_files import WORDING_FILE
from backend.notifications.subscriptions import STAFF_KINDS, MessageKind


def wording(**changes: str) -> Wording:
    texts = {"push_body": "您的诉求有新进展（{number}）", "title": "诉求已受理", "body": "您的诉求 {number} 已受理。"}
    return Wording(kind=MessageKind.COMPLAINT_ACCEPTED, **texts | changes)


def test_every_kind_of_message_has_wording_in_the_projects_file():
    with WORDING_FILE.open(encoding="utf-8", newline="") as lines:
        kinds = {row["kind"] for row in csv.DictReader(lines) if not row["valid_to"]}

    assert kinds == set(MessageKind)


@pytest.mark.parametrize("kind", sorted(STAFF_KINDS))
def test_a_message_to_staff_names_the_case_and_nothing_else(kind: MessageKind):
    with WORDING_FILE.open(encoding="utf-8", newline="") as lines:
        [row] = [row for row in csv.DictReader(lines) if row["kind"] == kind]
    texts = Wording(kind=kind, push_body=row["push_body"], title=row["title"], body=row["body"])

    words = texts.filled(number="NOBODYS", case_number="AJ2611240000017")

    assert "AJ2611240000017" in words.push_body
    assert "AJ2611240000017" in words.body
    assert "NOBODYS" not in f"{words.push_body}{words.title}{words.body}"


@pytest.mark.parametrize("text", ["push_body", "body"])
def test_a_wording_for_staff_may_not_speak_of_a_complaints_number(text: str):
    texts = {"push_body": "有新案件", "title": "新案件", "body": "有新案件"} | {text: "诉求 {number}"}

    with pytest.raises(ValueError, match="占位"):
        Wording(kind=MessageKind.CASE_TO_ACCEPT, **texts).refuse_strange_words()


def test_a_message_is_filled_in_with_its_numbers():
    words = wording(body="您的诉求 {number} 已受理，案件编号 {case_number}。").filled(number="N1", case_number="C1")

    assert (words.push_body, words.body) == ("您的诉求有新进展（N1）", "您的诉求 N1 已受理，案件编号 C1。")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("push_body", "{name}，您好"),
        ("push_body", "案件 {case_number}"),
        ("push_body", "{}"),
        ("push_body", "{number.__class__}"),
        ("push_body", "{number:>1000000}"),
        ("push_body", "{number!r}"),
        ("push_body", "{number"),
        ("push_body", ""),
        ("title", "诉求 {number}"),
        ("body", "{phone}"),
        ("body", ""),
    ],
)
def test_a_wording_with_a_placeholder_that_nothing_stands_for_is_refused(text: str, value: str):
    with pytest.raises(ValueError, match=r"占位|不能为空|expected"):
        wording(**{text: value}).refuse_strange_words()
