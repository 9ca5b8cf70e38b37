"""The coded values of a service item and their Chinese names, after the national interface table (item_fields.csv)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

CodeNames = Mapping[str, str]


class Audience(StrEnum):
    """Whom an item is for."""

    PERSON = "person"
    COMPANY = "company"


AUDIENCE_NAMES: Mapping[Audience, str] = MappingProxyType({Audience.PERSON: "自然人", Audience.COMPANY: "法人"})


class Origin(StrEnum):
    """Where the name of an item comes from."""

    SOURCED = "sourced"
    GENERAL_KNOWLEDGE = "general-knowledge"
    FEED = "feed"


ORIGIN_NAMES: Mapping[Origin, str] = MappingProxyType(
    {
        Origin.SOURCED: "名称取自其他城市的公开清单",
        Origin.GENERAL_KNOWLEDGE: "名称取自常见移动端服务",
        Origin.FEED: "由子应用提供",
    }
)


class ProjectType(StrEnum):
    """Whether an item is done while one waits, or within a promised time."""

    INSTANT = "1"
    PROMISED = "2"


class Flag(StrEnum):
    """Yes or no, as the national tables write them."""

    NO = "0"
    YES = "1"


class ResultType(StrEnum):
    """What an item ends with."""

    CERTIFICATE = "1"
    DOCUMENT = "2"
    APPROVAL = "3"
    OTHER = "4"


class UseLevel(StrEnum):
    """The level of the state at which an item is exercised; those of a city and below."""

    CITY = "3"
    COUNTY = "4"


PERMIT = "01"
PUBLIC_SERVICE = "20"
WHOLLY_ONLINE = 7
PERMIT_STEPS = ("受理", "审核", "审批", "办结", "送达")

ITEM_TYPES: CodeNames = MappingProxyType(
    {
        "01": "行政许可",
        "02": "行政处罚",
        "03": "行政强制",
        "04": "行政征收",
        "05": "行政给付",
        "06": "行政检查",
        "07": "行政确认",
        "08": "行政奖励",
        "09": "行政裁决",
        "10": "其他行政权力",
        "20": "公共服务",
    }
)
DEPTHS: CodeNames = MappingProxyType(
    {
        "1": "互联网咨询",
        "2": "网上收件",
        "3": "网上预审",
        "4": "网上受理",
        "5": "网上办理",
        "6": "办理结果网上反馈",
        "7": "全程网办",
    }
)
_FLAGS: CodeNames = MappingProxyType({"0": "否", "1": "是"})
_TIME_UNITS: CodeNames = MappingProxyType({"1": "工作日", "2": "自然日", "3": "小时", "4": "月", "5": "年"})

# The name of a field that holds a code, and what each code is called. Several codes are separated by commas.
CODED: Mapping[str, CodeNames] = MappingProxyType(
    {
        "task_type": ITEM_TYPES,
        "task_state": {"1": "在用", "2": "暂停", "3": "取消"},
        "power_source": {"1": "法定本级", "2": "上级下放", "3": "授权", "4": "委托"},
        "use_level": {"1": "国家级", "2": "省级", "3": "市级", "4": "县级", "5": "镇（街道）级", "6": "村（居）级"},
        "dept_type": {"1": "法定机关", "2": "授权组织", "3": "受委托组织"},
        "server_type": {
            "1": "自然人",
            "2": "企业法人",
            "3": "事业法人",
            "4": "社会组织法人",
            "5": "非法人企业",
            "6": "行政机关",
            "9": "其他",
        },
        "project_type": {"1": "即办件", "2": "承诺件"},
        "handle_type": {"1": "窗口办理", "2": "网上办理", "3": "快递申请"},
        "anticipate_type": _TIME_UNITS,
        "promise_type": _TIME_UNITS,
        "is_fee": _FLAGS,
        "is_single_login": _FLAGS,
        "app_is_single_login": _FLAGS,
        "is_online": _FLAGS,
        "online_handle_depth": DEPTHS,
        "is_entry_center": _FLAGS,
        "is_schedule": _FLAGS,
        "is_pay_online": _FLAGS,
        "is_express": _FLAGS,
        "is_service_terminals": _FLAGS,
        "handle_area": {"1": "全国通办", "2": "全省通办", "3": "全市通办", "4": "全县通办"},
        "result_type": {"1": "出证办结", "2": "出文办结", "3": "审批办结", "4": "其他"},
        "material_type": {"1": "原件", "2": "复印件"},
        "material_format": {"1": "纸质", "2": "电子", "3": "纸质或电子"},
        "is_need": {"1": "必要", "2": "非必要", "3": "容缺后补"},
        "source_type": {"1": "申请人自备", "2": "政府部门核发", "3": "其他"},
        "is_desc": _FLAGS,
        "cd_operation": {"I": "新增", "U": "变更", "D": "取消"},
    }
)
