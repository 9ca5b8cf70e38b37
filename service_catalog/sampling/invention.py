"""The fields of a sample row beside its handling: those of the item, and those of the area where it is offered."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from backend.organization.rules.places import Division, Level
from service_catalog.rules.feed import Fields, Topic, item_key, service_code, usual_own_fields
from service_catalog.rules.vocabulary import Audience, Flag, UseLevel
from service_catalog.sampling.handling import SAMPLE, Handling, process_fields
from service_catalog.sampling.sources import BaseItem

# One number stands for all of them, so that nobody is called by mistake; the extensions keep the two lines apart.
CONSULT_PHONE = "0513-00000000 转 1（示例）"
COMPLAIN_PHONE = "0513-00000000 转 2（示例）"
# The first feed of the sample: instants of a sample are as invented as the rest, and the same for ever.
BATCH, BATCH_TIME = "SAMPLE-2026-11", "2026-11-01 00:00:00"
_NAMESPACE = uuid.UUID("3206c0de-5a3b-5e0f-9c1d-0513000000aa")
# Departments as they are called here, where the source names another city's.
_DEPARTMENTS: Mapping[str, str] = MappingProxyType(
    {"教育体育局": "教育局", "自然资源和规划局(林业)": "自然资源和规划局"}
)


def department_of(item: BaseItem) -> str:
    """Return the department by its name here, without an area."""
    return _DEPARTMENTS.get(item.department, item.department)


def invented_fields(
    item: BaseItem, handling: Handling, codes: Sequence[str], topics: Mapping[str, Topic]
) -> dict[str, str | int | None]:
    """Return what is the same wherever the item is offered."""
    own = ",".join(code for code in codes if topics[code].audience is item.audience)
    is_person = item.audience is Audience.PERSON
    return {
        # Ours, in the length of the national code; its letters show that it is none.
        "catalog_code": f"NT{item_key(item.title)}",
        "task_name": item.title,
        "task_type": item.item_type,
        "task_version": 1,
        "task_state": "1",
        "by_law": f"{SAMPLE}：设定依据未收录",
        "power_source": "1",
        "dept_type": "1",
        "server_type": "1" if is_person else "2",
        "accept_condition": f"{SAMPLE}：符合“{item.title}”办理条件，材料齐全。",
        "handle_flow": " → ".join(step.name for step in handling.steps),
        "special_procedure": "无",
        "transact_time": "工作日 9:00—12:00，13:30—17:30（示例）",
        "is_single_login": Flag.YES,
        "app_is_single_login": Flag.YES,
        "is_entry_center": Flag.YES,
        "is_schedule": Flag.YES if handling.visits else Flag.NO,
        "is_service_terminals": Flag.NO,
        "handle_area": "3",
        "user_topic_type": own if is_person else None,
        "corp_topic_type": None if is_person else own,
        **process_fields(item, handling),
        "cd_batch": BATCH,
        "cd_operation": "I",
        "cd_time": BATCH_TIME,
        "data_source": "NT",
    }


def place_fields(item: BaseItem, division: Division) -> Fields:
    """Return what differs from area to area."""
    department = f"{division.name}{department_of(item)}"
    code = service_code(item.title, division.code)
    return {
        **usual_own_fields(code),
        "row_guid": str(uuid.uuid5(_NAMESPACE, code)),
        "use_level": UseLevel.CITY if division.level is Level.CITY else UseLevel.COUNTY,
        "dept_name": department,
        "dept_code": f"{SAMPLE}-{division.code}",
        "transact_addr": f"{division.name}政务服务中心（示例地址）",
        "link_way": f"电话 {CONSULT_PHONE}",
        "supervise_way": f"电话 {COMPLAIN_PHONE}",
        "consult_phone": CONSULT_PHONE,
        "complain_phone": COMPLAIN_PHONE,
        "administrative_review_dept": f"{division.name}人民政府（示例）",
        "administrative_litigation_dept": f"{division.name}有管辖权的人民法院（示例）",
    }
