"""One line of an orders file: who it is about, when, what was bought, and what the customer agreed to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from on_event import reading
from on_event.cycles import days_of
from perennial.errors import Unintelligible
from perennial.events import Confirmation, ConsentEvidence, ConsentState, Line, Product
from perennial.money import minor_units
from perennial.people.identities import Identity, Kind, strongest_first
from perennial.times import stamp

SOURCE = "orders_file"
NEEDED = ("customer", "ts", "order_id", "product", "category", "qty", "value")
PERSON = ("email", "first_name", "last_name", "phone", "locale", "timezone", "country")
CONSENT = {"email_consent": "email", "sms_consent": "sms"}
OPTIONAL = (*PERSON, *CONSENT, "consent_at", "title", "url", "image", "currency", "cycle_days")
LONG_AGO = "2000-01-01T00:00:00.000Z"  # of words that yield to every dated one

_ORDERED = ("order_id", "product", "qty", "value")
_SKEW = timedelta(minutes=5)
_SPACED_OFFSET = re.compile(r"\s+(?:([+-]\d\d:?\d\d)|UTC|Z)$")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CONFIRMED = "confirmed"
_GRANTS = (ConsentState.SUBSCRIBED, ConsentState.PENDING)
_address = lru_cache(maxsize=4096)(
    reading.email
)  # a customer's stands in each of their lines, and is dear to check
_STATES = {state.value: state for state in ConsentState} | {
    **dict.fromkeys(("yes", "true", "1", _CONFIRMED), ConsentState.SUBSCRIBED),
    **dict.fromkeys(("no", "false", "0"), ConsentState.NOT_SUBSCRIBED),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a file leaves to the shop: the zone of times without an offset, and the currency."""

    zone: ZoneInfo
    currency: str
    received_at: datetime


class Bought(NamedTuple):
    """What a line adds to its order. value: of the whole line, in minor units."""

    order_id: str
    currency: str
    value: int
    line: Line
    product: Product


@dataclass(frozen=True, slots=True)
class Row:
    """bought: None for a sign-up. consent: by channel. left_out: columns that hold what cannot be read."""

    customer: str
    identities: tuple[Identity, ...]
    at: datetime
    traits: Mapping[str, str]
    consent: Mapping[str, ConsentEvidence]
    bought: Bought | None
    left_out: tuple[str, ...]


def read_row(cells: Mapping[str, str], terms: Terms) -> Row:
    """The line by its columns, every cell trimmed; Unintelligible with what to write instead.

    Permission is never guessed: an unreadable word on consent costs the line, an unreadable address only itself.
    """
    customer = _customer(cells)
    at = _time("ts", cells, terms)
    traits, left_out = _traits(cells)
    if cells.get("cycle_days") and days_of(cells["cycle_days"]) is None:
        left_out.append("cycle_days")
    consent = _consent(cells, terms, at)
    bought = _bought(cells, terms, at) if any(cells.get(name) for name in _ORDERED) else None
    if bought is None and not traits and not consent:
        raise Unintelligible("neither an order nor anything about the customer stands in it")
    return Row(
        customer.value, _identities(customer, traits, cells), at, traits, consent, bought, tuple(left_out)
    )


def order_id_of(cells: Mapping[str, str]) -> str | None:
    """Readable where the rest of the line is not."""
    return reading.identifier(cells.get("order_id"))


def _customer(cells: Mapping[str, str]) -> Identity:
    """The store's id of the customer, or an e-mail address where that is all there is."""
    given = cells.get("customer", "")
    if "@" in given:
        address = _address(given)
        if address is None:
            raise Unintelligible("customer is no e-mail address that could be written to")
        return Identity(Kind.EMAIL, address.key)
    store_id = reading.customer_identifier(given)
    if store_id is None:
        raise Unintelligible(
            "customer is missing, or names nobody in particular: write the store's customer id"
        )
    return Identity(Kind.STORE, store_id)


def _identities(
    customer: Identity, traits: Mapping[str, str], cells: Mapping[str, str]
) -> tuple[Identity, ...]:
    found = [customer]
    if address := _address(cells.get("email")):
        found.append(Identity(Kind.EMAIL, address.key))
    if "phone" in traits:
        found.append(Identity(Kind.PHONE, traits["phone"]))
    return strongest_first(found)


def _time(column: str, cells: Mapping[str, str], terms: Terms) -> datetime:
    """UTC. A time without an offset is on the shop's clock, and a day without a time is its noon.

    Noon is the same day in UTC nearly everywhere, and purchases are counted by day.
    """
    given = cells.get(column, "")
    try:
        text = _SPACED_OFFSET.sub(lambda match: match[1] or "+00:00", given)
        told = datetime.fromisoformat(text)
        if _DAY.fullmatch(text):
            told = datetime.combine(told, time(12))
        at = (told if told.tzinfo else told.replace(tzinfo=terms.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unintelligible(
            f"{column} {given!r} is no time: write 2026-03-31 or 2026-03-31T09:30:00+02:00"
        ) from None
    if at > terms.received_at + _SKEW or not reading.time(at.isoformat()):
        raise Unintelligible(f"{column} {given!r} is in the future, or before the year 2000")
    return at


def _traits(cells: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    given = {name: cells[name] for name in PERSON if cells.get(name)}
    address = _address(given.get("email") or cells.get("customer"))
    found = {
        "email": address.address if address else None,
        "first_name": reading.text(given.get("first_name"), 100),
        "last_name": reading.text(given.get("last_name"), 100),
        "phone": reading.phone(given.get("phone")),
        "locale": reading.locale(given.get("locale")),
        "timezone": reading.timezone(given.get("timezone")),
        "country": reading.country(given.get("country")),
    }
    return (
        {name: value for name, value in found.items() if value},
        [name for name in given if not found[name]],
    )


def _consent(cells: Mapping[str, str], terms: Terms, at: datetime) -> dict[str, ConsentEvidence]:
    """By channel. A refusal without `consent_at` counts from the line's time, a grant from long ago.

    So a grant that an export merely repeats never outranks a refusal that it does not know of.
    """
    given = {column: cells[column] for column in CONSENT if cells.get(column)}
    said_at = stamp(_time("consent_at", cells, terms)) if given and cells.get("consent_at") else None
    states = {CONSENT[column]: _state(column, word) for column, word in given.items()}
    said = {
        channel: ConsentEvidence(
            state=state, at=said_at or (LONG_AGO if state in _GRANTS else stamp(at)), source=SOURCE
        )
        for channel, state in states.items()
    }
    for column, word in given.items():
        if word.lower() == _CONFIRMED:  # they were asked at that address, and said yes there
            said[CONSENT[column]]["confirmation"] = Confirmation.GIVEN
    return said


def _state(column: str, word: str) -> ConsentState:
    state = _STATES.get(word.lower())
    if state is None:
        raise Unintelligible(
            f"{column} {word!r} is not known: write {', '.join(ConsentState)}, confirmed, yes or no"
        )
    return state


def _bought(cells: Mapping[str, str], terms: Terms, at: datetime) -> Bought:
    order_id, product_id = order_id_of(cells), reading.identifier(cells.get("product"))
    if order_id is None or product_id is None:
        raise Unintelligible(
            f"{'order_id' if order_id is None else 'product'} is missing, or too long for an id"
        )
    quantity = reading.quantity(cells.get("qty"))
    if quantity is None:
        raise Unintelligible(f"qty {cells.get('qty', '')!r} is no whole number of pieces above 0")
    currency = _currency(cells, terms)
    value = _value(cells, currency)
    price = round(value / quantity)
    product = _product(cells, product_id, stamp(at)) | {"price": price, "currency": currency}
    line = Line(product_id=product_id, quantity=quantity, price=price)
    return Bought(order_id, currency, value, line, product)


def _currency(cells: Mapping[str, str], terms: Terms) -> str:
    given = cells.get("currency")
    currency = reading.currency(given) if given else terms.currency
    if currency is None:
        raise Unintelligible(f"currency {given!r} is no currency: write three letters, such as EUR")
    return currency


def _value(cells: Mapping[str, str], currency: str) -> int:
    given = cells.get("value", "")
    try:
        value = minor_units(given, currency)
    except ValueError:
        raise Unintelligible(f"value {given!r} is no amount: write it as 1234.50") from None
    if value < 0:
        raise Unintelligible(f"value {given!r} is below 0: returns are no orders")
    return value


def _product(cells: Mapping[str, str], product_id: str, at: str) -> Product:
    title = reading.text(cells.get("title"))
    product = Product(id=product_id, title=title or product_id, at=at if title else LONG_AGO, rank=1)
    if category := reading.text(cells.get("category"), 100):
        product["category"] = category
    if url := reading.url(cells.get("url")):
        product["url"] = url
    if image := reading.url(cells.get("image")):
        product["image"] = image
    if cycle := days_of(cells.get("cycle_days")):
        product["cycle_days"] = cycle
    return product
