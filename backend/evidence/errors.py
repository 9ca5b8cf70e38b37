"""What evidence refuses."""

from __future__ import annotations

from backend.kernel.errors import Invalid, NotFound, TooMany, Unavailable


class PhotoTypeRefused(Invalid):
    """The bytes are not those of a type that we take, whatever the name says."""

    code = "photo-type-refused"
    default_detail = "只接受 JPEG、PNG、WebP 或 HEIC 格式的照片。"


class PhotoTooLarge(Invalid):
    """The photo has more pixels than we decode."""

    code = "photo-too-large"
    default_detail = "照片尺寸过大：不能超过 5000 万像素，每边不能超过 16384 像素。"


class PhotoUnreadable(Invalid):
    """The photo is broken, cut short, or costs more to decode than any photo does."""

    code = "photo-unreadable"
    default_detail = "照片无法读取，可能已损坏，请重新拍摄或选择另一张。"


class PhotoDigestMismatch(Invalid):
    """What arrived is not what the phone sent."""

    code = "photo-digest-mismatch"
    default_detail = "照片在传输中损坏，请重新上传。"


class EvidenceBusy(Unavailable):
    """As many photos as this process takes at once are being received or developed."""

    code = "evidence-busy"
    default_detail = "上传照片的人较多，请稍后重试；重试不会重复上传。"


class EvidenceQuotaReached(TooMany):
    """The person has uploaded as much as one person may in a day, or keeps too much waiting for a complaint."""

    code = "evidence-quota-reached"
    default_detail = "您 24 小时内上传的照片已达上限，请稍后再试；没有照片也可以提交诉求。"


class EvidenceNotFound(NotFound):
    """No such evidence, or somebody else's, or attached to a case, which then decides who reads it."""

    code = "evidence-not-found"
    default_detail = "没有找到该照片。"


class EvidenceLinkRefused(NotFound):
    """The link is none of ours, has expired, or its reader may no longer look."""

    code = "evidence-link-refused"
    default_detail = "照片链接已失效，请重新打开诉求或工单。"


class EvidenceNotAttachable(Invalid):
    """Evidence that is not one's own, is attached already, is gone, or is of a stage that does not fit."""

    code = "evidence-not-attachable"
    default_detail = "所选照片不能使用，请重新上传。"
