"""Referrals: a code of each customer's own, and the first order that a friend placed with it. Pure.

The code follows from the customer's id, so nothing has to be kept for it. It counts in a first order, once the window for
giving back is over and the order still stands; `perennial.rewarding` then tells the customer whose code it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from perennial.customer import Customer
from perennial.folding import orders
from perennial.insight.standing import Referred
from perennial.shop import Settings
from perennial.times import after, moment, stamp

_CODE = re.compile(r"(?<![A-Z0-9])REF-[A-Z0-9]{1,40}(?![A-Z0-9])")
_LONGEST = 4096  # characters looked at
SOURCE = "referral"


def code_of(customer_id: str) -> str:
    """What a customer hands on: REF- and their id, without the letter that all begin with."""
    return f"REF-{customer_id[1:].upper()}"


def owner_of(code: str) -> str:
    """The customer id behind a code, whether there is such a customer or not."""
    return "c" + code.removeprefix("REF-").lower()


def link(settings: Settings, code: str) -> str:
    """The shop's own page, with the code in it: stores keep with an order where its customer came in."""
    return f"{settings.url}/?ref={code}"


def code_in(texts: Iterable[object]) -> str | None:
    """The first code in what came with an order: coupons, notes, the page its customer came in by."""
    found = (_CODE.search(text[:_LONGEST].upper()) for text in texts if isinstance(text, str))
    return next((match[0] for match in found if match), None)


def note(draft: Customer, settings: Settings) -> None:
    """Bring `referred` up to date with the orders; once the customer behind the code was looked for, it stays."""
    held = draft.get("referred")
    if held is not None and "outcome" in held:
        return
    found = _found(draft, settings)
    if found is None:
        draft.pop("referred", None)
    elif found != held:
        draft["referred"] = found


def _found(customer: Customer, settings: Settings) -> Referred | None:
    placed = orders.first_and_last(customer)
    first = next(iter(orders.counted(customer)), None)
    if placed is None or first is None or first["placed_at"] != placed[0] or "referral" not in first:
        return None
    ends = after(moment(first["placed_at"]), settings.refund_window, settings.timezone)
    return Referred(code=first["referral"], order=first["id"], look_at=stamp(ends))


def look_at(customer: Customer) -> str | None:
    """When the order is to be looked at again; None where there is nothing to wait for."""
    held = customer.get("referred")
    return held.get("look_at") if held else None


def join(draft: Customer, other: Customer) -> None:
    """Of two documents of one person the one that is settled, else the earlier."""
    theirs, mine = other.get("referred"), draft.get("referred")
    if theirs is None:
        return
    both = [each for each in (mine, theirs) if each]
    draft["referred"] = min(
        both, key=lambda each: ("outcome" not in each, each.get("look_at", ""), each["order"])
    )


def are_one(referrer: Customer, friend: Customer) -> bool:
    """Nobody refers themselves: by any identity, by a device, or by the same mailbox under another spelling."""
    if referrer["id"] == friend["id"]:
        return True
    shared = (
        set(values) & set(friend["identities"].get(kind, []))
        for kind, values in referrer["identities"].items()
    )
    return any(shared) or bool(_mailboxes(referrer) & _mailboxes(friend))


def _mailboxes(customer: Customer) -> set[str]:
    """Addresses without what many providers ignore: a +word, and dots."""
    known = {*customer["identities"].get("email", []), customer["traits"].get("email", "")}
    split = (address.lower().rpartition("@") for address in known if address)
    return {f"{name.partition('+')[0].replace('.', '')}@{host}" for name, _, host in split}
