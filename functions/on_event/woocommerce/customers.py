"""Who a WooCommerce customer or order is about. WooCommerce knows nothing of consent; that comes by other ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from on_event import reading
from perennial.people.identities import Identity, Kind


@dataclass(frozen=True, slots=True)
class Person:
    """customer_id: as told, 0 for a guest. account: the customer's own fields, empty for an order. billing: the address."""

    customer_id: Any
    account: dict[str, Any]
    billing: dict[str, Any]

    def identities(self) -> Iterator[Identity]:
        """Of the shop's customer; of a guest, the address given with the order."""
        if store_id := reading.customer_identifier(self.customer_id):
            yield Identity(Kind.STORE, store_id)
        if address := self._email():
            yield Identity(Kind.EMAIL, address.key)
        if number := reading.phone(self.billing.get("phone")):
            yield Identity(Kind.PHONE, number)

    def traits(self) -> dict[str, str]:
        """As far as told. The phone is free text: it is one only as E.164."""
        address = self._email()
        found = {
            "first_name": self._name("first_name"),
            "last_name": self._name("last_name"),
            "email": address.address if address else None,
            "phone": reading.phone(self.billing.get("phone")),
            "country": reading.country(self.billing.get("country")),
        }
        return {name: value for name, value in found.items() if value}

    def _email(self) -> reading.Address | None:
        given = (self.account.get("email"), self.billing.get("email"))
        return next((address for value in given if (address := reading.email(value))), None)

    def _name(self, field: str) -> str | None:
        return reading.text(self.account.get(field), 100) or reading.text(self.billing.get(field), 100)


def customer_of(resource: dict[str, Any]) -> Person:
    """The customer a resource is."""
    return Person(resource.get("id"), resource, reading.mapping(resource.get("billing")))


def buyer_of(order: dict[str, Any]) -> Person:
    """The customer an order names, or its guest."""
    return Person(order.get("customer_id"), {}, reading.mapping(order.get("billing")))
