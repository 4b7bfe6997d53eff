"""Events that are remembered one by one, because a campaign may be about them.

They are those the shop has names of its own for, what a customer asks for, and news of products they watch. Of each name
(and product) the newest is kept, of all of them the newest `KEPT`: so the order of events changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NotRequired, TypedDict

from perennial.events import Event, Name
from perennial.times import stamp

KEPT = 24
DETAILS_KEPT = 8
LONGEST_DETAIL = 100
OF_A_PRODUCT = frozenset({Name.PRODUCT_RESTOCKED, Name.PRICE_DROPPED, Name.PRODUCT_WISHED})
_OF_OURS = OF_A_PRODUCT | {
    Name.PRODUCT_REVIEWED,
    Name.CART_REQUESTED,
    Name.VISIT_SUMMARY_REQUESTED,
    Name.CUSTOMER_REFERRED,
    Name.FEEDBACK_GIVEN,
}
_OF_FEEDBACK = frozenset({"score", "stage", "campaign"})  # the words stay on the timeline
# Behind each of these stands a part of the document, or nothing that anybody would be written to about.
_LEFT_OUT = (frozenset(Name) - _OF_OURS) | {
    "page_viewed",
    "screen_viewed",
    "product_list_viewed",
    "product_list_filtered",
    "products_searched",
    "product_clicked",
    "promotion_viewed",
    "group_joined",
    "aliased",
}
_OURS = frozenset({"traits", "consent", "ts_adjusted", "unreadable", "product_id"})


class Happening(TypedDict):
    """id: the event's. at: stamp. details: what a trusted sender said of it, plain values only."""

    id: str
    at: str
    details: NotRequired[dict[str, Any]]


Happenings = dict[str, Happening]  # by name, and ":" and the product where it is about one


def fold(held: Happenings, event: Event) -> Happenings:
    """With the event, if it is one to be remembered."""
    if event.name in _LEFT_OUT:
        return held
    told = Happening(id=event.id, at=stamp(event.occurred_at))
    if event.trusted and (details := _details(_kept(event))):
        told["details"] = details
    return joined(held, {_key(event): told})


def joined(held: Happenings, other: Happenings) -> Happenings:
    """Both, within the bound."""
    both = dict(held)
    for key, told in other.items():
        known = both.get(key)
        if known is None or _newness(told) > _newness(known):
            both[key] = told
    if len(both) <= KEPT:
        return both
    newest = sorted(both.items(), key=lambda each: (each[1]["at"], each[0]))[-KEPT:]
    return dict(newest)


def of_products(held: Happenings, name: str) -> Iterator[tuple[str, Happening]]:
    """Those of a name, each with the product it is about."""
    for key, told in held.items():
        found, _, product_id = key.partition(":")
        if found == name and product_id:
            yield product_id, told


def of_each(held: Happenings, name: str) -> Iterator[Happening]:
    """Those of a name of which each counts by itself."""
    for key, told in held.items():
        if key == f"{name}:{told['id']}":
            yield told


def _key(event: Event) -> str:
    """Each friend who ordered counts by themselves; of most names the newest does."""
    if event.name == Name.CUSTOMER_REFERRED and event.trusted and "code" in event.properties:
        return f"{event.name}:{event.id}"
    product_id = event.properties.get("product_id")
    return f"{event.name}:{product_id}" if event.name in OF_A_PRODUCT and product_id else event.name


def _kept(event: Event) -> Mapping[str, Any]:
    if event.name != Name.FEEDBACK_GIVEN:
        return event.properties
    return {key: value for key, value in event.properties.items() if key in _OF_FEEDBACK}


def _newness(told: Happening) -> tuple[str, str]:
    return told["at"], told["id"]


def _details(properties: Mapping[str, Any]) -> dict[str, Any]:
    plain = {
        key[:LONGEST_DETAIL]: value[:LONGEST_DETAIL] if isinstance(value, str) else value
        for key, value in properties.items()
        if key not in _OURS and isinstance(value, str | int | float | bool)
    }
    return dict(sorted(plain.items())[:DETAILS_KEPT])
