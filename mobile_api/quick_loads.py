"""What a schema makes of a right body, field by field: its bookkeeping of errors costs as much as a small request.

A body that is not right is the schema's own to refuse: it finds all that is wrong, and has the words for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, ValidationError, fields, missing

from mobile_api.blueprint import ApiBlueprint
from mobile_api.current import current_request
from mobile_api.json_bodies import parse_json

_JSON = "application/json"
# Nobody reads it.
_REFUSED = "not loaded"


class QuickLoad:
    """Loads what a schema without hooks would load, and nothing that it would refuse."""

    def __init__(self, schema: Schema) -> None:
        if any(schema._hooks.values()):
            raise TypeError(f"{type(schema).__name__} has hooks, which would not be called")
        self._schema = schema
        self._fields = {
            field.data_key or name: (field.attribute or name, field, _loader_of(field))
            for name, field in schema.load_fields.items()
        }

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the request, loaded. Raises what the schema and the reading of JSON refuse."""
        asked = current_request()
        raw = asked.get_data()
        if raw and asked.environ.get("CONTENT_TYPE") == _JSON:
            try:
                return self.load(parse_json(raw))
            except ValidationError:
                pass  # said again by the schema, with all else that is wrong
        loaded: dict[str, Any] = ApiBlueprint.ARGUMENTS_PARSER.parse(self._schema, asked, location="json")
        return loaded

    def load(self, said: object) -> dict[str, Any]:
        """Return a value, loaded. Raises ValidationError."""
        if not isinstance(said, dict) or not said.keys() <= self._fields.keys():
            raise ValidationError(_REFUSED)
        loaded = {}
        for key, (name, field, load) in self._fields.items():
            value = said.get(key, missing)
            value = field.deserialize(value) if value is None or value is missing else load(value)
            if value is not missing:
                loaded[name] = value
        return loaded


# Whoever has these as they are is read, and then asked by its validators.
_USUAL = tuple((name, getattr(fields.Field, name)) for name in ("deserialize", "_validate", "_validate_all"))


def _loader_of(field: fields.Field[Any]) -> Callable[[Any], Any]:
    """Return what loads a value that is there."""
    if field.pre_load or field.post_load:
        return field.deserialize
    if type(field) is fields.Nested and not field.many and not field.validators:
        return QuickLoad(field.schema).load
    if any(getattr(type(field), name) is not usual for name, usual in _USUAL):
        return field.deserialize
    read, validators = field._deserialize, tuple(field.validators)

    def load(value: Any) -> Any:
        loaded = read(value, None, None)
        for validator in validators:
            validator(loaded)
        return loaded

    return load
