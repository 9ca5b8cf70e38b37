"""Checks of what a row is and what it refers to. Each returns what is wrong in a few words, or None."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from backend.kernel.texts import OddText, kept_text
from service_catalog.rules.feed import Fields, Service, Topic, service_code
from service_catalog.rules.field_table import FieldGroup, FieldSpec
from service_catalog.rules.vocabulary import CODED, DEPTHS

_TITLE_LENGTHS = range(2, 201)
_ROW_GROUPS = (FieldGroup.BASIC, FieldGroup.EXTEND, FieldGroup.SYNC)


def identity(service: Service) -> str | None:
    """The code follows from title and area, and both names of the title agree."""
    expected = service_code(service.title, service.division_code)
    if service.code != expected:
        return f"应为 {expected}"
    return None if service.text("task_name") == service.title else "task_name 与名称不同"


def title(service: Service) -> str | None:
    """The title can be read and shown."""
    if len(service.title) not in _TITLE_LENGTHS:
        return f"长 {len(service.title)} 个字符"
    try:
        kept = kept_text(service.title, multiline=False)
    except OddText as error:
        return str(error)
    return None if kept == service.title else "含首尾空白或未规范的字符"


def division(service: Service, known: Collection[str]) -> str | None:
    """The area exists."""
    return None if service.division_code in known else f"没有区划 {service.division_code}"


def app(service: Service, known: Collection[str]) -> str | None:
    """The sub-app exists."""
    return None if service.sub_app in known else f"没有子应用 {service.sub_app}"


def topics(service: Service, known: Mapping[str, Topic]) -> str | None:
    """Every topic exists and fits, and one is of the row's own audience."""
    unknown = [code for code in service.topics if code not in known]
    if unknown:
        return f"没有主题 {unknown[0]}"
    audiences = [known[code].audience for code in service.topics]
    if service.audience not in audiences:
        return "没有与服务对象一致的主题"
    strangers = [
        code
        for code, audience in zip(service.topics, audiences, strict=True)
        if audience not in (None, service.audience)
    ]
    return f"主题 {strangers[0]} 不属于该服务对象" if strangers else None


def fields(service: Service, specs: Sequence[FieldSpec]) -> str | None:
    """Required fields are there, all fields are those of the table, numbers are numbers."""
    for groups, rows in (
        (_ROW_GROUPS, (service.fields,)),
        ((FieldGroup.MATERIAL,), service.materials),
        ((FieldGroup.FEE,), service.fees),
        ((FieldGroup.FAQ,), service.faqs),
    ):
        wanted = [spec for spec in specs if spec.group in groups]
        for row in rows:
            complaint = next(_field_complaints(row, wanted), None)
            if complaint is not None:
                return complaint
    return None


def _field_complaints(row: Fields, specs: Sequence[FieldSpec]) -> Iterator[str]:
    names = {spec.name for spec in specs}
    yield from (f"没有字段 {name}" for name in row if name not in names)
    for spec in specs:
        value = row.get(spec.name)
        if spec.is_required and (value is None or value == ""):
            yield f"缺少 {spec.name}（{spec.label}）"
        elif value is not None and isinstance(value, int) is not spec.is_number:
            yield f"{spec.name}（{spec.label}）应为{'整数' if spec.is_number else '文本'}"


def coded_values(service: Service) -> str | None:
    """Every code is one of its table."""
    for row in (service.fields, *service.materials, *service.fees, *service.faqs):
        for name, value in row.items():
            codes = CODED.get(name)
            if codes is None or value is None:
                continue
            unknown = [code for code in str(value).split(",") if code not in codes]
            if unknown:
                return f"{name} 没有代码 {unknown[0]!r}"
    return None if service.text("online_handle_depth") in DEPTHS else "缺少 online_handle_depth"


def sample_marks(service: Service) -> str | None:
    """A sample names what was invented; what is no sample has nothing invented."""
    if service.is_sample and not service.sample_fields:
        return "示例行没有列出虚构字段"
    if not service.is_sample and service.sample_fields:
        return "非示例行列出了虚构字段"
    parts = {"materials", "fees", "faqs", "steps"}
    unknown = [name for name in service.sample_fields if name not in service.fields and name not in parts]
    return f"虚构字段 {unknown[0]} 不在该行中" if unknown else None
