"""The consistency rules of service items: each has a stable name, and a Chinese text that says what must hold.

Source: the public checker of another city's item lists, and the data's own rules on identity and sample marks. A
check returns what is wrong with a row in a few words, or None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service_catalog.rules import place_checks, process_checks
from service_catalog.rules.feed import Feed, Service, Topic
from service_catalog.rules.field_table import FieldSpec

Judge = Callable[[Service], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What rows may refer to: sub-apps, topics, divisions; and the table of fields."""

    apps: Collection[str]
    topics: Mapping[str, Topic]
    divisions: Collection[str]
    fields: Sequence[FieldSpec]

    @classmethod
    def of(cls, feed: Feed, fields: Sequence[FieldSpec], divisions: Collection[str] | None = None) -> Reference:
        """Return what the rows of a feed may refer to; the divisions are the feed's own unless others are given."""
        return cls(
            apps={app.code for app in feed.apps},
            topics={topic.code: topic for topic in feed.topics},
            divisions=feed.divisions.keys() if divisions is None else divisions,
            fields=fields,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A rule with its name, its text for people, and how a row is judged."""

    name: str
    text: str
    judge: Callable[[Service, Reference], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A row that breaks a rule."""

    check: str
    row: str
    complaint: str

    @property
    def line(self) -> str:
        """Return the breach as one line for people."""
        return f"{self.check} {self.row} {self.complaint}"


def _alone(judge: Judge) -> Callable[[Service, Reference], str | None]:
    """Make a check of what a row shows by itself."""
    return lambda service, _reference: judge(service)


CHECKS: tuple[Check, ...] = (
    Check(
        name="identity-follows-title-and-area",
        text="编码由名称和区划推出（NT-摘要前十位-区划代码）",
        judge=_alone(place_checks.identity),
    ),
    Check(
        name="title-readable",
        text="名称为 2 到 200 个可见字符，首尾没有空白",
        judge=_alone(place_checks.title),
    ),
    Check(
        name="division-known",
        text="区划代码存在",
        judge=lambda service, known: place_checks.division(service, known.divisions),
    ),
    Check(
        name="sub-app-known", text="所属子应用存在", judge=lambda service, known: place_checks.app(service, known.apps)
    ),
    Check(
        name="topic-of-own-audience",
        text="至少有一个与服务对象一致的主题，主题均存在，自然人与法人主题不混用",
        judge=lambda service, known: place_checks.topics(service, known.topics),
    ),
    Check(
        name="required-field-present",
        text="必填字段不能为空，字段须在国家接口表中，数值字段为整数",
        judge=lambda service, known: place_checks.fields(service, known.fields),
    ),
    Check(name="coded-value-known", text="代码字段的取值在代码表中", judge=_alone(place_checks.coded_values)),
    Check(
        name="sample-says-what-is-invented",
        text="示例行须列明虚构字段，非示例行不得有虚构字段",
        judge=_alone(place_checks.sample_marks),
    ),
    Check(
        name="instant-item-promises-no-wait",
        text="即办件的承诺时限为 0，承诺时限为 0 的为即办件，其余为承诺件",
        judge=_alone(process_checks.instant),
    ),
    Check(
        name="promise-within-statutory-time",
        text="承诺时限不超过法定时限，单位相同",
        judge=_alone(process_checks.promise),
    ),
    Check(
        name="certificate-ends-with-certificate",
        text="名称以“证”结尾的结果类型为出证办结，以“批复”结尾的为审批办结",
        judge=_alone(process_checks.result_type),
    ),
    Check(name="visit-has-reason", text="到现场次数大于 0 须说明原因", judge=_alone(process_checks.visit_reason)),
    Check(
        name="no-visit-offline-goes-by-post",
        text="不到现场又不能网办的，须支持邮寄",
        judge=_alone(process_checks.post_instead),
    ),
    Check(
        name="wholly-online-needs-no-visit",
        text="全程网办的到现场次数为 0，且为可网办",
        judge=_alone(process_checks.wholly_online),
    ),
    Check(
        name="fee-is-explained",
        text="收费事项须有收费依据、收费项目和是否支持网上支付",
        judge=_alone(process_checks.fee_explained),
    ),
    Check(
        name="free-item-takes-no-payment",
        text="不收费事项不得有收费项目，不得支持网上支付",
        judge=_alone(process_checks.free),
    ),
    Check(
        name="complaint-phone-differs",
        text="监督投诉电话不得与咨询电话相同",
        judge=_alone(process_checks.phones_differ),
    ),
    Check(name="phone-has-area-code", text="咨询和监督投诉电话带区号 0513", judge=_alone(process_checks.area_code)),
    Check(
        name="server-type-fits-audience",
        text="服务对象、受众与主题分类一致：自然人或法人",
        judge=_alone(process_checks.server_type),
    ),
    Check(
        name="permit-has-five-steps",
        text="行政许可至少有受理、审核、审批、办结、送达五个环节",
        judge=_alone(process_checks.permit_steps),
    ),
    Check(name="permit-has-a-question", text="行政许可至少有一条常见问题", judge=_alone(process_checks.permit_faq)),
    Check(name="result-has-a-specimen", text="有结果名称的须有结果样本", judge=_alone(process_checks.result_specimen)),
)

UNIQUE = "code-unique"
UNIQUE_TEXT = "编码不重复"


def breaches(feed: Feed, reference: Reference) -> Iterator[Breach]:
    """Yield what is wrong with a feed, row by row, in the order of the rules."""
    copies = Counter(service.code for service in feed.services)
    for code, count in copies.items():
        if count > 1:
            yield Breach(check=UNIQUE, row=code, complaint=f"出现 {count} 次")
    for service in feed.services:
        for check in CHECKS:
            complaint = check.judge(service, reference)
            if complaint is not None:
                yield Breach(check=check.name, row=service.code, complaint=complaint)
