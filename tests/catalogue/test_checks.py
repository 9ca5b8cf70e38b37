"""Tests of the consistency rules: our own rows break none, and a row that breaks one is found under its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mobile_api.cli.catalogue import told
from service_catalog.rules.checks import CHECKS, UNIQUE
from service_catalog.rules.feed import Service, service_code
from service_catalog.rules.vocabulary import Audience
from tests.catalogue.sample import FEED, broken_rules, found_in, only, with_fields

Break = Callable[[Service], Service]


def named(title: str) -> Break:
    """Return a change of the title that keeps the identity right."""
    return lambda row: replace(
        with_fields(row, task_name=title), title=title, code=service_code(title, row.division_code)
    )


def fields(**changes: str | int | None) -> Break:
    """Return a change of fields."""
    return lambda row: with_fields(row, **changes)


def a_row(**wanted: object) -> Service:
    """Return the first sample row with these fields."""
    return next(row for row in FEED.services if all(row.fields[name] == value for name, value in wanted.items()))


PERMIT = a_row(task_type="01", project_type="2", is_fee="0")
WITH_FEE = a_row(is_fee="1")
INSTANT = a_row(project_type="1", task_type="20")
ONLINE = a_row(online_handle_depth="7")
VISITED = a_row(limit_scene_num=1)
OFFLINE = a_row(limit_scene_num=0, is_online="0")

# The rule, a row that keeps it, and how it is broken.
BREAKS: list[tuple[str, Service, Break]] = [
    ("identity-follows-title-and-area", PERMIT, lambda row: replace(row, code="NT-0000000000-320600")),
    ("identity-follows-title-and-area", PERMIT, fields(task_name="另一个名称")),
    ("title-readable", PERMIT, named("证")),
    ("title-readable", PERMIT, named("名" * 201)),
    ("title-readable", PERMIT, named("看不见的\u200b空格")),
    ("title-readable", PERMIT, named(" 前面有空格")),
    (
        "division-known",
        PERMIT,
        lambda row: replace(row, division_code="320699", code=service_code(row.title, "320699")),
    ),
    ("sub-app-known", PERMIT, lambda row: replace(row, sub_app="A99")),
    ("topic-of-own-audience", PERMIT, lambda row: replace(row, topics=())),
    ("topic-of-own-audience", PERMIT, lambda row: replace(row, topics=(*row.topics, "X99"))),
    ("topic-of-own-audience", PERMIT, lambda row: replace(row, topics=("Y01",))),
    ("topic-of-own-audience", PERMIT, lambda row: replace(row, topics=("C34", "U30"))),
    ("required-field-present", PERMIT, fields(by_law="")),
    ("required-field-present", PERMIT, fields(by_law=None)),
    ("required-field-present", PERMIT, fields(nobody_knows="1")),
    ("required-field-present", PERMIT, fields(task_version="1")),
    ("required-field-present", PERMIT, lambda row: replace(row, materials=({"material_name": "申请表"},))),
    ("required-field-present", PERMIT, lambda row: replace(row, faqs=({"question": "去哪里？"},))),
    ("coded-value-known", PERMIT, fields(power_source="7")),
    ("coded-value-known", PERMIT, fields(handle_type="1,8")),
    ("sample-says-what-is-invented", PERMIT, lambda row: replace(row, sample_fields=())),
    ("sample-says-what-is-invented", PERMIT, lambda row: replace(row, is_sample=False)),
    ("sample-says-what-is-invented", PERMIT, lambda row: replace(row, sample_fields=("nobody_knows",))),
    ("instant-item-promises-no-wait", PERMIT, fields(promise_day=0)),
    ("instant-item-promises-no-wait", INSTANT, fields(promise_day=1)),
    ("instant-item-promises-no-wait", INSTANT, fields(project_type="2")),
    ("promise-within-statutory-time", PERMIT, fields(promise_day=46)),
    ("promise-within-statutory-time", PERMIT, fields(promise_type="3")),
    ("promise-within-statutory-time", PERMIT, fields(promise_day=-1)),
    ("certificate-ends-with-certificate", PERMIT, fields(result_name="许可证", result_type="3")),
    ("certificate-ends-with-certificate", PERMIT, fields(result_name="同意设立的批复", result_type="1")),
    ("visit-has-reason", VISITED, fields(limit_scene_explain=None)),
    ("no-visit-offline-goes-by-post", OFFLINE, fields(is_express="0")),
    ("wholly-online-needs-no-visit", ONLINE, fields(limit_scene_num=1, limit_scene_explain="核验原件")),
    ("wholly-online-needs-no-visit", ONLINE, fields(is_online="0", is_express="1")),
    ("fee-is-explained", WITH_FEE, fields(fee_basis=None)),
    ("fee-is-explained", WITH_FEE, lambda row: replace(row, fees=())),
    ("free-item-takes-no-payment", PERMIT, fields(is_pay_online="1")),
    ("free-item-takes-no-payment", PERMIT, lambda row: replace(row, fees=WITH_FEE.fees)),
    ("complaint-phone-differs", PERMIT, fields(complain_phone=PERMIT.fields["consult_phone"])),
    ("complaint-phone-differs", PERMIT, fields(supervise_way=PERMIT.fields["link_way"])),
    ("phone-has-area-code", PERMIT, fields(consult_phone="00000000")),
    ("phone-has-area-code", PERMIT, fields(complain_phone="0512-00000000")),
    ("permit-has-five-steps", PERMIT, lambda row: replace(row, steps=row.steps[1:])),
    ("permit-has-a-question", PERMIT, lambda row: replace(row, faqs=())),
    ("result-has-a-specimen", a_row(result_type="3"), fields(result_guid=None)),
    (
        "server-type-fits-audience",
        INSTANT,
        fields(server_type="2") if INSTANT.audience is Audience.PERSON else fields(server_type="1"),
    ),
    ("server-type-fits-audience", INSTANT, fields(user_topic_type=None, corp_topic_type=None)),
    ("server-type-fits-audience", INSTANT, fields(user_topic_type="U30", corp_topic_type="C34")),
]


def test_our_own_rows_break_no_rule():
    assert found_in(FEED) == []


@pytest.mark.parametrize(("rule", "row", "change"), BREAKS, ids=[f"{rule}-{n}" for n, (rule, *_) in enumerate(BREAKS)])
def test_a_row_that_breaks_a_rule_is_found_under_the_name_of_that_rule_alone(rule, row, change):
    assert broken_rules(row) == []

    assert broken_rules(change(row)) == [rule]


def test_a_certificate_may_also_be_told_by_the_title():
    row = named("测试用许可证")(PERMIT)

    assert broken_rules(with_fields(row, result_type="3", result_name=None, result_guid=None)) == [
        "certificate-ends-with-certificate"
    ]


def test_every_rule_is_broken_by_some_row_above():
    assert {rule for rule, *_ in BREAKS} == {check.name for check in CHECKS}


def test_a_code_that_comes_twice_is_found():
    found = found_in(only(PERMIT, PERMIT))

    assert [(breach.check, breach.row) for breach in found] == [(UNIQUE, PERMIT.code)]


def test_breaches_are_told_by_rule_and_row():
    bad = with_fields(PERMIT, promise_day=46)

    lines = told(found_in(only(bad)))

    place = next(n for n, line in enumerate(lines) if "promise-within-statutory-time" in line)
    assert lines[place].split()[0] == "1"
    assert PERMIT.code in lines[place + 1]
    assert sum(line.split()[0] == "0" for line in lines) == len(CHECKS)
