"""What the catalogue refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from backend.kernel.errors import Invalid, NotFound, Unavailable
from service_catalog.rules.checks import Breach

_TOLD_BREACHES = 5


class FeedRefused(Invalid):
    """A feed holds rows that break a rule. Nothing of it is kept; the version in force stays."""

    code: ClassVar[str] = "catalogue-feed-refused"
    default_detail: ClassVar[str] = "服务目录数据违反规则，没有加载任何内容。"

    @classmethod
    def because(cls, found: Sequence[Breach]) -> FeedRefused:
        """Return the refusal that names rule and row of the first breaches."""
        told = "；".join(breach.line for breach in found[:_TOLD_BREACHES])
        more = f"；另有 {len(found) - _TOLD_BREACHES} 处" if len(found) > _TOLD_BREACHES else ""
        return cls(f"{cls.default_detail}违反规则 {len(found)} 处：{told}{more}。")


class CatalogueNotLoaded(Unavailable):
    """This process has no catalogue yet: none was loaded, or the database was never there since the start."""

    code: ClassVar[str] = "catalogue-not-loaded"
    default_detail: ClassVar[str] = "服务目录尚未加载，请稍后重试。"


class SubAppUnknown(NotFound):
    """No sub-app that offers services has this code."""

    code: ClassVar[str] = "sub-app-unknown"
    default_detail: ClassVar[str] = "子应用不存在。"


class TopicUnknown(NotFound):
    """No topic has this code."""

    code: ClassVar[str] = "topic-unknown"
    default_detail: ClassVar[str] = "主题不存在。"


class ServiceUnknown(NotFound):
    """No service in force has this code."""

    code: ClassVar[str] = "service-unknown"
    default_detail: ClassVar[str] = "事项不存在或已取消。"
