"""What consents refuse."""

from __future__ import annotations

from backend.kernel.errors import Invalid, TooMany


class ConsentVersionUnknown(Invalid):
    """The version is not the text of today: nobody agrees to what they were not shown."""

    code = "consent-version-unknown"
    default_detail = "该版本的说明已更新，请阅读最新内容后再确认。"


class ConsentsLimited(TooMany):
    """A person changed their mind too often in a day."""

    code = "consents-limited"
    default_detail = "今天的更改次数过多，请稍后再试。"
