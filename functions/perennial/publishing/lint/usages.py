"""Who sends which template, and so which facts it can name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from perennial.deciding.facts import FACTS, Facts
from perennial.publishing.campaign_file import CampaignFile
from perennial.publishing.lint.scopes import Usage
from perennial.publishing.stepping import sends
from perennial.rendering import schema

_OF_AN_ORDER = frozenset(f"order.{name}" for name in schema.ORDER)
_OF_A_CART = frozenset({"cart.total", "cart.pieces", "cart.updated_at"})
_OF_AN_OFFER = frozenset({"offer.code"})
_OF_A_REFERRAL = frozenset(f"referral.{name}" for name in schema.REFERRAL)


def usages(campaigns: Mapping[str, CampaignFile]) -> dict[str, Usage]:
    """By the template's name: what holds in all campaigns that send it."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for file in campaigns.values():
        for _, step in sends(file):
            for template in step.templates.values():
                found.setdefault(template, []).append((file.trigger.kind, step.offer is not None))
    return {template: _usage(uses) for template, uses in found.items()}


def _usage(uses: Iterable[tuple[str, bool]]) -> Usage:
    kinds = frozenset(kind for kind, _ in uses)
    facts = [FACTS.get(kind) for kind in kinds]
    known = [each for each in facts if each is not None]
    sure = frozenset[str]()
    if all(has_offer for _, has_offer in uses):
        sure |= _OF_AN_OFFER
    if len(known) < len(facts):
        return Usage(kinds, sure=sure)
    return Usage(kinds, _names(known), _maybe(known), sure | _sure(known, kinds))


def _names(known: list[Facts]) -> frozenset[str]:
    return frozenset[str]().union(*(each.names for each in known))


def _maybe(known: list[Facts]) -> frozenset[str]:
    """Facts that some of the triggers do not know, or not always."""
    always = frozenset.intersection(*(frozenset(each.always) for each in known))
    return frozenset(f"event.{name}" for name in _names(known) - always)


def _sure(known: list[Facts], kinds: frozenset[str]) -> frozenset[str]:
    sure = frozenset[str]()
    if all("order" in each.always for each in known):
        sure |= _OF_AN_ORDER
    if all("cart" in kind or kind == "checkout" for kind in kinds):
        sure |= _OF_A_CART
    if all("referral" in kind for kind in kinds):
        sure |= _OF_A_REFERRAL
    return sure
