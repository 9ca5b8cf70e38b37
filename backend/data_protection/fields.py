"""Every field that holds personal data: what for, how long, what an erasure does to it, and how it is sealed.

Sources: PIPL 6, 19, 47; GB/T 35273-2020 6.1 and 8.3; S37 of the requirements. A test holds the table to the models.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.cases.ledger import TEXT_CONTEXT
from backend.cases.models import Case, CaseReporter, CaseReveal, CaseText
from backend.cases.reveal_audit import REASON_CONTEXT
from backend.complaints.models import Complaint
from backend.consents.models import ConsentRecord
from backend.data_protection.models import DataRequest
from backend.data_protection.rules import DOCUMENT_CONTEXT
from backend.evidence.models import Evidence
from backend.evidence.rules import CAPTURE_CONTEXT
from backend.grid_reports.models import GridReport
from backend.identity.models import (
    DEVICE_NAME_CONTEXT,
    IDENTITY_NUMBER_CONTEXT,
    NAME_CONTEXT,
    PHONE_CONTEXT,
    SECOND_FACTOR_CONTEXT,
    DeviceSession,
    GuardCounter,
    Person,
    SecondFactor,
    SecondFactorChallenge,
    SignInCode,
)
from backend.infrastructure.database import Base
from backend.notifications.models import Notification, PushDelivery, PushDevice
from backend.notifications.use_cases.devices import ADDRESS_CONTEXT


class Retention(StrEnum):
    """How long a field is kept, when nobody asks for its erasure before."""

    ACCOUNT = "account"  # 账号存续期间
    CASE = "case"  # 案件办结后三年
    SESSION = "session"  # 会话有效期
    DAY = "day"  # 一天以内
    RECORD = "record"  # 处理记录，三年
    COPY = "copy"  # 提供后七天


class OnErasure(StrEnum):
    """What the erasure of a citizen does to a field."""

    CLEARED = "cleared"  # 清除
    REMOVED = "removed"  # 整行删除
    KEPT = "kept"  # 依法保留，不含可识别内容


RETENTION_WORDS = {
    Retention.ACCOUNT: "账号存续期间",
    Retention.CASE: "案件办结后三年",
    Retention.SESSION: "会话有效期，最长九十天",
    Retention.DAY: "一天以内",
    Retention.RECORD: "处理记录，三年",
    Retention.COPY: "提供后七天",
}
ERASURE_WORDS = {OnErasure.CLEARED: "清除", OnErasure.REMOVED: "整行删除", OnErasure.KEPT: "保留"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalField:
    """One field. ``purpose`` is Chinese, for people."""

    table: type[Base]
    column: str
    purpose: str
    retention: Retention
    on_erasure: OnErasure = OnErasure.CLEARED

    @property
    def name(self) -> str:
        """The field as ``table.column``."""
        return f"{self.table.__tablename__}.{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedField(PersonalField):
    """A field that is ciphertext. ``key_column`` names its key; in ``context`` the row's key stands for ``{}``."""

    key_column: str
    context: str


def _plain(
    table: type[Base], column: str, purpose: str, retention: Retention, on_erasure: OnErasure = OnErasure.CLEARED
) -> PersonalField:
    return PersonalField(table=table, column=column, purpose=purpose, retention=retention, on_erasure=on_erasure)


SEALED_FIELDS: tuple[SealedField, ...] = (
    SealedField(
        table=Person,
        column="phone_sealed",
        key_column="phone_key_id",
        context=PHONE_CONTEXT,
        purpose="登录与联系",
        retention=Retention.ACCOUNT,
    ),
    SealedField(
        table=Person,
        column="name_sealed",
        key_column="name_key_id",
        context=NAME_CONTEXT,
        purpose="称呼与核对",
        retention=Retention.ACCOUNT,
    ),
    SealedField(
        table=Person,
        column="identity_number_sealed",
        key_column="identity_number_key_id",
        context=IDENTITY_NUMBER_CONTEXT,
        purpose="实名核验",
        retention=Retention.ACCOUNT,
    ),
    SealedField(
        table=DeviceSession,
        column="device_name_sealed",
        key_column="device_name_key_id",
        context=DEVICE_NAME_CONTEXT,
        purpose="识别登录设备",
        retention=Retention.SESSION,
    ),
    SealedField(
        table=SecondFactor,
        column="secret_sealed",
        key_column="secret_key_id",
        context=SECOND_FACTOR_CONTEXT,
        purpose="工作人员的动态口令",
        retention=Retention.ACCOUNT,
        on_erasure=OnErasure.REMOVED,
    ),
    SealedField(
        table=CaseText,
        column="text_sealed",
        key_column="text_key_id",
        context=TEXT_CONTEXT,
        purpose="办理诉求",
        retention=Retention.CASE,
    ),
    SealedField(
        table=Evidence,
        column="capture_sealed",
        key_column="capture_key_id",
        context=CAPTURE_CONTEXT,
        purpose="核对照片的拍摄位置与时间",
        retention=Retention.CASE,
    ),
    SealedField(
        table=PushDevice,
        column="address_sealed",
        key_column="address_key_id",
        context=ADDRESS_CONTEXT,
        purpose="推送消息",
        retention=Retention.SESSION,
        on_erasure=OnErasure.REMOVED,
    ),
    SealedField(
        table=CaseReveal,
        column="reason_sealed",
        key_column="reason_key_id",
        context=REASON_CONTEXT,
        purpose="查看完整信息的审计",
        retention=Retention.RECORD,
        on_erasure=OnErasure.KEPT,
    ),
    SealedField(
        table=DataRequest,
        column="document_sealed",
        key_column="document_key_id",
        context=DOCUMENT_CONTEXT,
        purpose="提供个人信息副本",
        retention=Retention.COPY,
    ),
)

PLAIN_FIELDS: tuple[PersonalField, ...] = (
    _plain(Person, "phone_blind_index", "按号码查找", Retention.ACCOUNT),
    _plain(Person, "identity_number_blind_index", "防止重复实名", Retention.ACCOUNT),
    _plain(SignInCode, "phone_blind_index", "核对验证码", Retention.DAY, OnErasure.REMOVED),
    _plain(GuardCounter, "subject", "限制频率（带密钥的摘要）", Retention.DAY, OnErasure.KEPT),
    _plain(SecondFactorChallenge, "device_id", "绑定登录与设备", Retention.DAY, OnErasure.REMOVED),
    _plain(SecondFactorChallenge, "tries_subject", "限制频率（带密钥的摘要）", Retention.DAY, OnErasure.REMOVED),
    _plain(DeviceSession, "device_id", "绑定会话与设备", Retention.SESSION),
    _plain(PushDevice, "device_id", "推送消息", Retention.SESSION, OnErasure.REMOVED),
    _plain(PushDevice, "address_digest", "识别同一设备", Retention.SESSION, OnErasure.REMOVED),
    _plain(PushDelivery, "device_id", "推送回执", Retention.ACCOUNT),
    _plain(Notification, "title", "告知进展", Retention.ACCOUNT),
    _plain(Notification, "body", "告知进展", Retention.ACCOUNT),
    _plain(Notification, "push_body", "告知进展", Retention.ACCOUNT),
    _plain(CaseText, "salt", "核对台账摘要", Retention.CASE),
    _plain(Case, "longitude_wgs84", "按位置办理", Retention.CASE),
    _plain(Case, "latitude_wgs84", "按位置办理", Retention.CASE),
    _plain(Case, "received_longitude", "复核坐标转换", Retention.CASE),
    _plain(Case, "received_latitude", "复核坐标转换", Retention.CASE),
    _plain(ConsentRecord, "person_id", "证明同意（编号）", Retention.RECORD, OnErasure.KEPT),
    _plain(CaseReporter, "person_id", "案件归属（编号）", Retention.RECORD, OnErasure.KEPT),
    _plain(Evidence, "person_id", "照片归属（编号）", Retention.RECORD, OnErasure.KEPT),
    _plain(Complaint, "person_id", "诉求归属（编号）", Retention.RECORD, OnErasure.KEPT),
    _plain(GridReport, "person_id", "上报归属（编号）", Retention.RECORD, OnErasure.KEPT),
    _plain(GridReport, "content_digest", "识别重复上报（加盐摘要）", Retention.RECORD, OnErasure.KEPT),
)

FIELDS: tuple[PersonalField, ...] = SEALED_FIELDS + PLAIN_FIELDS
