"""What a sample item asks for and answers: materials, fees, questions. All invented, and named so in the row."""

from __future__ import annotations

from service_catalog.rules.feed import Fields
from service_catalog.rules.vocabulary import PERMIT, PUBLIC_SERVICE, WHOLLY_ONLINE, Audience, Flag
from service_catalog.sampling.draws import drawn
from service_catalog.sampling.handling import SAMPLE, Handling
from service_catalog.sampling.sources import BaseItem

_NECESSARY, _LATER = "1", "3"
_OWN, _BY_STATE = "1", "2"


def materials_of(item: BaseItem, handling: Handling) -> tuple[Fields, ...]:
    """Return what an applicant brings; nothing for what is only looked at."""
    if handling.is_look:
        return ()
    is_person = item.audience is Audience.PERSON
    proof = ("居民身份证", "身份信息可由系统核验") if is_person else ("营业执照", "可由系统核验，免于提交")
    materials = [
        _material(proof[0], need=_NECESSARY, source=_BY_STATE, explain=proof[1]),
        _material(f"{item.title[:60]}申请表", need=_NECESSARY, source=_OWN, explain="按表内说明填写"),
    ]
    if item.item_type != PUBLIC_SERVICE:
        materials.append(_material("符合受理条件的证明材料", need=_NECESSARY, source=_OWN, explain="原件扫描件"))
    if drawn((True, False), item.title, "authorisation"):
        materials.append(_material("授权委托书（委托他人办理时）", need=_LATER, source=_OWN, explain="本人签字"))
    return tuple(materials)


def _material(name: str, *, need: str, source: str, explain: str) -> Fields:
    return {
        "material_name": name,
        "material_type": "1",
        "material_format": "3",
        "page_num": 1,
        "page_format": "A4",
        "is_need": need,
        "source_type": source,
        "fill_explain": explain,
        "by_law": f"{SAMPLE}：要求依据未收录",
    }


def fees_of(handling: Handling) -> tuple[Fields, ...]:
    """Return what is charged."""
    if not handling.has_fee:
        return ()
    return ({"fee_name": "证件工本费", "fee_stand": f"{SAMPLE}：10 元/本", "is_desc": Flag.NO},)


def faqs_of(item: BaseItem, handling: Handling) -> tuple[Fields, ...]:
    """Return questions and answers that agree with the other fields."""
    where = (
        "可以全程在线办理，不用到现场。" if handling.depth == WHOLLY_ONLINE else "请按“办理地点”和“到现场次数”准备。"
    )
    faqs: list[Fields] = [{"question": f"{item.title}要到现场吗？", "answer": where}]
    if item.item_type == PERMIT:
        faqs.append({"question": "材料不全怎么办？", "answer": "窗口会一次性告知需要补正的全部内容。"})
    return tuple(faqs)
