"""How a sample item is handled: invented from its title by rule, so that all consistency rules hold."""

from __future__ import annotations

from dataclasses import dataclass

from service_catalog.rules.feed import Fields, Step
from service_catalog.rules.vocabulary import (
    PERMIT,
    PUBLIC_SERVICE,
    WHOLLY_ONLINE,
    Flag,
    ProjectType,
    ResultType,
)
from service_catalog.sampling.draws import drawn
from service_catalog.sampling.sources import BaseItem

SAMPLE = "示例"
_STATUTORY_DAYS = (10, 15, 20, 20, 30, 45)
# What is only looked at, asked or printed is done at once and from anywhere.
_LOOK_WORDS = ("查询", "指南", "热线", "指数", "客服", "打印", "下载", "专区", "亮码", "余额", "预约", "评价", "咨询")
_INSTANT_MARK, _PROMISED_MARK = "即办件", "承诺件"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What was drawn for an item."""

    is_look: bool
    is_instant: bool
    depth: int
    visits: int
    has_fee: bool
    steps: tuple[Step, ...]


def handling_of(item: BaseItem) -> Handling:
    """Draw how an item is handled."""
    is_look = item.item_type == PUBLIC_SERVICE and any(word in item.title for word in _LOOK_WORDS)
    depth = WHOLLY_ONLINE if is_look else drawn((1, 4, 5, 5, 6, 7, 7), item.title, "depth")
    is_away = depth == WHOLLY_ONLINE
    return Handling(
        is_look=is_look,
        is_instant=is_look or _is_instant(item),
        depth=depth,
        visits=0 if is_away else drawn((0, 1, 1, 1, 2), item.title, "visits"),
        has_fee=item.item_type == PERMIT and item.title.endswith(("证核发", "证补办", "证换发")),
        steps=_steps(item, is_look=is_look),
    )


def _is_instant(item: BaseItem) -> bool:
    if _PROMISED_MARK in item.title:
        return False
    return _INSTANT_MARK in item.title or (
        item.item_type != PERMIT and drawn((True, False, False), item.title, "instant")
    )


def _steps(item: BaseItem, *, is_look: bool) -> tuple[Step, ...]:
    if is_look:
        return (Step(name="办理", text="在南通百通内打开本事项，按提示操作即可看到结果。"),)
    first = Step(name="受理", text="收到申请后核对材料是否齐全，齐全的当场受理。")
    last = (Step(name="办结", text="作出决定并记录结果。"), Step(name="送达", text="按申请人选择的方式送达结果。"))
    if item.item_type == PUBLIC_SERVICE:
        return (first, *last)
    middle = (Step(name="审核", text="审核材料的内容。"), Step(name="审批", text="由有权人员审批。"))
    return (first, *middle, *last)


def process_fields(item: BaseItem, handling: Handling) -> Fields:
    """Return the fields on time, visits, ways and result."""
    statutory = drawn(_STATUTORY_DAYS, item.title, "statutory")
    promised = 0 if handling.is_instant else drawn((statutory // 2, statutory // 3, statutory), item.title, "promise")
    is_online = handling.depth > 1
    needs_post = handling.visits == 0 and not is_online
    ways = ["1", *(["2"] if is_online else []), *(["3"] if needs_post else [])]
    return {
        "project_type": ProjectType.INSTANT if handling.is_instant else ProjectType.PROMISED,
        "handle_type": "2" if handling.is_look else ",".join(ways),
        "anticipate_day": statutory,
        "anticipate_type": "1",
        "promise_day": promised,
        "promise_type": "1",
        "limit_scene_num": handling.visits,
        "limit_scene_explain": "须当面核验身份或原件" if handling.visits else None,
        "is_online": Flag.YES if is_online else Flag.NO,
        "online_handle_depth": str(handling.depth),
        "is_express": Flag.YES if needs_post else drawn((Flag.YES, Flag.NO), item.title, "express"),
        "is_fee": Flag.YES if handling.has_fee else Flag.NO,
        "fee_basis": f"{SAMPLE}：收费依据未收录" if handling.has_fee else None,
        "is_pay_online": Flag.YES if handling.has_fee and is_online else Flag.NO,
        **_result_fields(item),
    }


def _result_fields(item: BaseItem) -> Fields:
    if "证" in item.title and not item.title.endswith("证明"):
        kind, name = ResultType.CERTIFICATE, "相关证件"
    elif item.item_type == PERMIT:
        kind, name = ResultType.APPROVAL, "准予许可的批复"
    elif item.item_type == PUBLIC_SERVICE:
        return {"result_type": ResultType.OTHER, "result_name": None, "result_guid": None}
    else:
        kind, name = ResultType.DOCUMENT, "办理结果通知书"
    return {"result_type": kind, "result_name": name, "result_guid": f"{SAMPLE}样本"}
