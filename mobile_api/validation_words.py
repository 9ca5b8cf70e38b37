"""marshmallow's complaints in Chinese: what an app shows beside the field that somebody filled in wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

_FIELD_WORDS: Mapping[type[fields.Field[Any]], Mapping[str, str]] = {
    fields.Field: {"required": "必填。", "null": "不能为空。", "validator_failed": "内容无效。"},
    fields.String: {"invalid": "应为文字。", "invalid_utf8": "文字编码无效。"},
    fields.Integer: {"invalid": "应为整数。", "too_large": "数值过大。"},
    fields.Float: {"invalid": "应为数字。", "too_large": "数值过大。", "special": "应为有限的数字。"},
    fields.Boolean: {"invalid": "应为 true 或 false。"},
    fields.UUID: {"invalid_uuid": "应为 UUID。"},
    fields.Nested: {"type": "应为对象。"},
    fields.List: {"invalid": "应为列表。"},
    fields.Enum: {"unknown": "可选：{choices}。"},
}


def speak_chinese() -> None:
    """Replace the library's English words, once, before any schema is made.

    marshmallow collects the words of a field from its classes when the field is made, so the classes are the place.
    """
    for field, words in _FIELD_WORDS.items():
        field.default_error_messages = {**field.default_error_messages, **words}
    # The library has no public place for these.
    Schema._default_error_messages = {
        "type": "输入格式无效。",
        "unknown": "未知字段。",
        "string_expected": "应为文字。",
    }
    validate.Length.message_min = "至少 {min} 个字。"
    validate.Length.message_max = "不能超过 {max} 个字。"
    validate.Length.message_all = "应为 {min} 到 {max} 个字。"
    validate.Length.message_equal = "应为 {equal} 个字。"
    validate.Range.message_min = "应{min_op}{{min}}。"
    validate.Range.message_max = "应{max_op}{{max}}。"
    validate.Range.message_all = "应{min_op}{{min}}，且{max_op}{{max}}。"
    validate.Range.message_gte = "不小于 "
    validate.Range.message_lte = "不大于 "
    validate.Range.message_gt = "大于 "
    validate.Range.message_lt = "小于 "
    validate.Regexp.default_message = "格式无效。"
    validate.OneOf.default_message = "可选：{choices}。"
