"""Checks of how an item is handled: times, visits, fees, phones, steps. Each returns what is wrong, or None."""

from __future__ import annotations

from service_catalog.rules.feed import Service
from service_catalog.rules.vocabulary import (
    PERMIT,
    PERMIT_STEPS,
    WHOLLY_ONLINE,
    Audience,
    Flag,
    ProjectType,
    ResultType,
)

_AREA_CODE = "0513"
_PERSON = "1"


def instant(service: Service) -> str | None:
    """What is done while one waits promises zero, and nothing else does."""
    is_instant = service.text("project_type") == ProjectType.INSTANT
    promise_value = service.number("promise_day")
    return None if is_instant == (promise_value == 0) else f"办件类型与承诺时限 {promise_value} 不符"


def promise(service: Service) -> str | None:
    """What is promised is not longer than what the law allows."""
    promised, statutory = service.number("promise_day"), service.number("anticipate_day")
    if promised is None or statutory is None or promised < 0:
        return "缺少承诺时限或法定时限"
    if service.text("promise_type") != service.text("anticipate_type"):
        return "承诺时限与法定时限单位不同"
    return None if promised <= statutory else f"承诺 {promised} 大于法定 {statutory}"


def result_type(service: Service) -> str | None:
    """A certificate is handed out, a reply approves: by the names of item and result."""
    kind = service.text("result_type")
    for name in (service.text("result_name"), service.title):
        if name.endswith("证") and kind != ResultType.CERTIFICATE:
            return f"“{name}”应为出证办结"
        if name.endswith("批复") and kind != ResultType.APPROVAL:
            return f"“{name}”应为审批办结"
    return None


def visit_reason(service: Service) -> str | None:
    """Whoever must come is told why."""
    visits = service.number("limit_scene_num")
    if visits is None or visits < 0:
        return "缺少到现场次数"
    return None if visits == 0 or service.text("limit_scene_explain") else "没有说明到现场的原因"


def post_instead(service: Service) -> str | None:
    """Nobody comes and nothing is online: then it goes by post."""
    is_away = service.number("limit_scene_num") == 0 and service.text("is_online") != Flag.YES
    return "应支持邮寄" if is_away and service.text("is_express") != Flag.YES else None


def wholly_online(service: Service) -> str | None:
    """What is wholly online asks nobody to come."""
    if service.text("online_handle_depth") != str(WHOLLY_ONLINE):
        return None
    if service.text("is_online") != Flag.YES:
        return "全程网办却不能网办"
    return None if service.number("limit_scene_num") == 0 else "全程网办却要到现场"


def fee_explained(service: Service) -> str | None:
    """A fee has its basis, its items, and says whether it can be paid online."""
    if service.text("is_fee") != Flag.YES:
        return None
    if not service.text("fee_basis"):
        return "没有收费依据"
    if not service.fees:
        return "没有收费项目"
    return None if service.text("is_pay_online") else "没有说明是否支持网上支付"


def free(service: Service) -> str | None:
    """What costs nothing takes no payment."""
    if service.text("is_fee") == Flag.YES:
        return None
    if service.fees:
        return "不收费却有收费项目"
    return None if service.text("is_pay_online") == Flag.NO else "不收费却支持网上支付"


def phones_differ(service: Service) -> str | None:
    """Whoever complains does not reach those complained about."""
    for consult, complain in (("consult_phone", "complain_phone"), ("link_way", "supervise_way")):
        if service.text(consult) and service.text(consult) == service.text(complain):
            return f"{complain} 与 {consult} 相同"
    return None


def area_code(service: Service) -> str | None:
    """Both phones can be dialled from anywhere."""
    without = [
        name for name in ("consult_phone", "complain_phone") if not service.text(name).startswith(f"{_AREA_CODE}-")
    ]
    return f"{without[0]} 没有区号 {_AREA_CODE}" if without else None


def server_type(service: Service) -> str | None:
    """Audience, kind of server and the field of topics say the same."""
    is_for_people = service.audience is Audience.PERSON
    codes = service.text("server_type").split(",")
    if (_PERSON in codes) is not is_for_people:
        return f"服务对象 {service.text('server_type')} 与受众不符"
    filled = "user_topic_type" if is_for_people else "corp_topic_type"
    empty = "corp_topic_type" if is_for_people else "user_topic_type"
    if not service.text(filled):
        return f"缺少 {filled}"
    return f"不应有 {empty}" if service.text(empty) else None


def permit_steps(service: Service) -> str | None:
    """A permit goes through five steps at least."""
    if service.text("task_type") != PERMIT:
        return None
    names = {step.name for step in service.steps}
    missing = [name for name in PERMIT_STEPS if name not in names]
    return f"缺少环节 {'、'.join(missing)}" if missing else None


def permit_faq(service: Service) -> str | None:
    """A permit answers one question at least."""
    return "没有常见问题" if service.text("task_type") == PERMIT and not service.faqs else None


def result_specimen(service: Service) -> str | None:
    """Whoever is promised a result may see what it looks like."""
    return "没有结果样本" if service.text("result_name") and not service.text("result_guid") else None
