"""The mothers of all schemas: requests refuse what they do not know, responses show only what they name."""

from __future__ import annotations

from marshmallow import RAISE, Schema

from mobile_api.validation_words import speak_chinese

# Before the first schema is made: its fields take their words then.
speak_chinese()


class RequestSchema(Schema):
    """The shape of a request. Unknown fields are refused (S3)."""

    class Meta:
        """What marshmallow reads."""

        unknown = RAISE


class ResponseSchema(Schema):
    """The shape of an answer."""
