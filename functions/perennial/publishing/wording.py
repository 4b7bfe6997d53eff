"""Pydantic's errors in a marketer's words. Every one names the key and says what to write instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from perennial.publishing.problems import Path, Problem, did_you_mean, known_are, one_of, shown
from perennial.publishing.triggers import Strict
from perennial.publishing.yaml_file import YamlFile

Models = Mapping[tuple[str, ...], type[Strict]]
_WANTED = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "model_type": "must be a group of keys",
    "model_attributes_type": "must be a group of keys",
    "dict_type": "must be a group of keys",
}


def problems_of(error: ValidationError, file: YamlFile, models: Models) -> Iterator[Problem]:
    """One problem for each of pydantic's errors. models: see `campaign_file.MODELS`."""
    for detail in error.errors(include_url=False):
        path, model = _path(detail["loc"]), _model(detail["loc"], models)
        context = detail.get("ctx", {})
        if key := context.get("at"):
            path = (*path, key)
        yield file.problem(path, _WORDINGS.get(detail["type"], _other)(detail, model))


def _path(loc: Path) -> Path:
    return tuple(part for part in loc if not _is_tag(part))


def _is_tag(part: str | int) -> bool:
    return isinstance(part, str) and part.startswith("<")


def _model(loc: Path, models: Models) -> type[Strict] | None:
    """The model around the key an error is about."""
    return models.get(tuple(part for part in loc[:-1] if isinstance(part, str)))


def _fields(model: type[Strict] | None) -> dict[str, Any]:
    return {field.alias or name: field for name, field in model.model_fields.items()} if model else {}


def _example(key: object, model: type[Strict] | None) -> str:
    schema = model.model_json_schema()["properties"].get(str(key), {}) if model else {}
    examples = schema.get("examples") or schema.get("enum") or [schema.get("const", schema.get("default"))]
    return f" Write for example '{key}: {_as_yaml(examples[0])}'." if examples[0] is not None else ""


def _as_yaml(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _missing(detail: ErrorDetails, model: type[Strict] | None) -> str:
    return f"this key is missing.{_example(detail['loc'][-1], model)}"


def _unknown_key(detail: ErrorDetails, model: type[Strict] | None) -> str:
    key, fields = str(detail["loc"][-1]), _fields(model)
    if model and key in model.not_yet:
        return f"'{key}' is not possible in this version yet. Delete the key for now."
    hint = did_you_mean(key, fields) or (known_are(sorted(fields)) if fields else "")
    return f"there is no key '{key}' here.{hint}"


def _not_one_of(detail: ErrorDetails, model: type[Strict] | None) -> str:
    choices = [part.strip(" '") for part in detail["ctx"]["expected"].replace(" or ", ", ").split(",")]
    value = detail["input"]
    return f"{shown(value)} is not possible. Write {one_of(choices)}.{did_you_mean(value, choices)}"


def _own(detail: ErrorDetails, model: type[Strict] | None) -> str:
    return str(detail["ctx"].get("text") or detail["ctx"]["error"])


def _bound(detail: ErrorDetails, model: type[Strict] | None) -> str:
    (word, bound), *_ = ((word, detail["ctx"][key]) for key, word in _BOUNDS.items() if key in detail["ctx"])
    return f"{shown(detail['input'])} is out of bounds: {word} {bound} is possible."


_BOUNDS = {
    "ge": "no less than",
    "le": "no more than",
    "min_length": "no fewer than",
    "max_length": "no more than",
}


def _other(detail: ErrorDetails, model: type[Strict] | None) -> str:
    wanted = _WANTED.get(detail["type"], detail["msg"])
    return f"{shown(detail['input'])} is not possible here: it {wanted}.{_example(detail['loc'][-1], model)}"


_WORDINGS: Mapping[str, Callable[[ErrorDetails, type[Strict] | None], str]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "literal_error": _not_one_of,
    "value_error": _own,
    "content": _own,
    "greater_than_equal": _bound,
    "less_than_equal": _bound,
    "string_too_short": _bound,
    "string_too_long": _bound,
    "too_short": _bound,
    "too_long": _bound,
}
