"""Exits: what the customer did since then makes the message pointless (above all: bought)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perennial.campaigns import Exit
from perennial.customer import Customer
from perennial.deciding.verdicts import Finding, Verdict
from perennial.events import Line, Name
from perennial.folding import orders
from perennial.folding.consent import is_wanted
from perennial.folding.refunds import counts
from perennial.gates.case import Case


def check(case: Case) -> Finding | None:
    return exited(case.customer, case.campaign.exit_on, case.since, case.subject, case.facts)


def exited(
    customer: Customer, exit_on: tuple[Exit, ...], since: str, subject: str, facts: Mapping[str, Any]
) -> Finding | None:
    """The first exit that happened after `since`. facts: of the occurrence; `order` names the one it is about.

    Read from the state, not from arriving events: an order counts by when it was placed, whatever topic told of it and
    however late.
    """
    for exit_ in exit_on:
        order = facts.get("order")
        happened = (
            _undone(customer, order) if exit_.same_order else _happened(customer, exit_, since, subject)
        )
        if happened is not None:
            return Finding(Verdict.EXITED_BY, {"event": exit_.event, **happened})
    return None


def _undone(customer: Customer, order_id: str | None) -> dict[str, str] | None:
    """The order is cancelled, deleted or given back as a whole."""
    undone = (each for each in customer["orders"] if each["id"] == order_id and not counts(each))
    return next(({"order": each["id"], "at": each["updated_at"]} for each in undone), None)


def _happened(customer: Customer, exit_: Exit, since: str, subject: str) -> dict[str, str] | None:
    product = subject if exit_.same_product else None
    if exit_.event == Name.ORDER_COMPLETED:
        for order in orders.counted(customer):
            if order["placed_at"] > since and (product is None or _contains(order["lines"], product)):
                return {"order": order["id"], "at": order["placed_at"]}
    if exit_.event == Name.PRODUCT_VIEWED and product is not None:
        views = (view["at"] for view in customer["views"] if view["product_id"] == product)
        return next(({"at": at} for at in views if at > since), None)
    if exit_.event == Name.CONSENT_CHANGED and (said := customer["consent"].get(subject)):
        return None if is_wanted(said) else {"state": said["state"], "at": said["at"]}
    at = customer["seen"].get(exit_.event, "")
    return {"at": at} if product is None and at > since else None


def _contains(lines: list[Line], product: str) -> bool:
    return any(line["product_id"] == product for line in lines)
