"""What a marketer writes under `trigger`: one model per kind, by families, and what each kind implies elsewhere."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Discriminator, Tag

from perennial.publishing.problems import did_you_mean, known_are, refusal, shown
from perennial.publishing.triggers import (
    days,
    events,
    friends,
    products,
    purchases,
    signups,
    standing,
    visits,
)
from perennial.publishing.triggers.base import (
    Audience,
    Condition,
    InSegment,
    Kind,
    KindDefaults,
    Kinds,
    Strict,
    TriggerIf,
    tag,
    written,
)

__all__ = [
    "DEFAULTS", "MODELS", "Audience", "Condition", "InSegment", "Kind", "KindDefaults", "Strict", "Trigger", "TriggerIf",
    "tag", "written",
]  # fmt: skip

_FAMILIES = (visits, products, signups, purchases, days, events, standing, friends)
_KINDS: Kinds = dict(sorted(item for family in _FAMILIES for item in family.KINDS.items()))
MODELS: dict[str, type[Kind]] = {kind: model for kind, (model, _) in _KINDS.items()}
DEFAULTS: dict[str, KindDefaults] = {kind: defaults for kind, (_, defaults) in _KINDS.items()}


def _known_kind(value: Any) -> Any:
    if not isinstance(value, dict):
        raise refusal(
            f"{shown(value)} is not a trigger. Write for example '{{kind: browse, after: 4 hours}}'."
        )
    kind = value.get("kind")
    if kind in tuple(DEFAULTS):
        return value
    if kind is None:
        raise refusal("this key is missing. Write for example 'kind: browse'.", at="kind")
    raise refusal(
        f"there is no trigger {shown(kind)}.{did_you_mean(kind, DEFAULTS) or known_are(DEFAULTS)}", at="kind"
    )


if TYPE_CHECKING:
    Trigger = Kind
else:  # the union of all models, told apart by `kind`
    _ANY = reduce(or_, (Annotated[model, Tag(tag(kind))] for kind, model in MODELS.items()))
    Trigger = Annotated[_ANY, Discriminator(lambda value: tag(value["kind"])), BeforeValidator(_known_kind)]
