"""Who a Shopify resource is about, and what that customer agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from on_event import reading
from perennial.events import Confirmation, ConsentEvidence, ConsentState
from perennial.people.identities import Identity, Kind
from perennial.times import stamp

_STATES = {
    "subscribed": ConsentState.SUBSCRIBED,
    "pending": ConsentState.PENDING,
    "not_subscribed": ConsentState.NOT_SUBSCRIBED,
    "unsubscribed": ConsentState.UNSUBSCRIBED,
    "redacted": ConsentState.NOT_SUBSCRIBED,
    "invalid": ConsentState.NOT_SUBSCRIBED,
}
_OBJECTS = {"email": "email_marketing_consent", "sms": "sms_marketing_consent"}


@dataclass(frozen=True, slots=True)
class Person:
    """customer: the store's customer object, empty for a guest.

    guest: the order or checkout, where it must speak for the customer. resource: always the whole of it.
    """

    customer: dict[str, Any]
    guest: dict[str, Any]
    resource: dict[str, Any]

    def identities(self) -> Iterator[Identity]:
        """Of the store's customer; for a guest, the address given with the order."""
        if store_id := reading.customer_identifier(self.customer.get("id")):
            yield Identity(Kind.STORE, store_id)
        if address := self._email():
            yield Identity(Kind.EMAIL, address.key)
        if number := self._phone():
            yield Identity(Kind.PHONE, number)

    def properties(self, at: str, topic: str) -> dict[str, Any]:
        """`traits` and `consent`, as far as told. `at`: stamp of the resource, for consent without a time."""
        consent = dict(self._consent(at, topic))
        return {"traits": self._traits()} | ({"consent": consent} if consent else {})

    def _email(self) -> reading.Address | None:
        given = (self.customer.get("email"), self.guest.get("contact_email"), self.guest.get("email"))
        return next((address for value in given if (address := reading.email(value))), None)

    def _phone(self) -> str | None:
        return reading.phone(self.customer.get("phone")) or reading.phone(self.guest.get("phone"))

    def _traits(self) -> dict[str, str]:
        address = self._email()
        billing = reading.mapping(self.guest.get("billing_address"))
        found = {
            "first_name": self._name("first_name", billing),
            "last_name": self._name("last_name", billing),
            "email": address.address if address else None,
            "phone": self._phone(),
            "locale": reading.locale(self.resource.get("customer_locale")),
            "country": self._country(),
        }
        return {name: value for name, value in found.items() if value}

    def _name(self, field: str, billing: dict[str, Any]) -> str | None:
        return reading.text(self.customer.get(field), 100) or reading.text(billing.get(field), 100)

    def _country(self) -> str | None:
        addresses = (self.customer.get("default_address"), self.resource.get("billing_address"))
        codes = (reading.country(reading.mapping(address).get("country_code")) for address in addresses)
        return next((code for code in codes if code), None)

    def _consent(self, at: str, topic: str) -> Iterator[tuple[str, ConsentEvidence]]:
        evidence = f"{topic}/{reading.identifier(self.resource.get('id')) or ''}"
        for channel, state, told_at in self._told():
            since = told_at or self._undated(state) or at
            said = ConsentEvidence(state=state, at=since, source="shopify", evidence=evidence)
            if state is ConsentState.SUBSCRIBED and self._is_confirmed(channel):
                said["confirmation"] = Confirmation.GIVEN
            yield channel, said

    def _told(self) -> Iterator[tuple[str, ConsentState, str | None]]:
        """Channel, state and stamp. A null object says nothing; the old flag speaks where both are null."""
        objects = {channel: self.customer.get(name) for channel, name in _OBJECTS.items()}
        if not any(isinstance(statement, dict) for statement in objects.values()):
            yield from self._old_flag()
        for channel, statement in objects.items():
            state = _STATES.get(str(reading.mapping(statement).get("state")).lower())
            if state is not None:
                yield channel, state, _stamp(reading.mapping(statement).get("consent_updated_at"))

    def _is_confirmed(self, channel: str) -> bool:
        """Shopify asked in a mail of its own, and the customer clicked."""
        statement = reading.mapping(self.customer.get(_OBJECTS[channel]))
        return str(statement.get("opt_in_level")).lower() == "confirmed_opt_in"

    def _old_flag(self) -> Iterator[tuple[str, ConsentState, str | None]]:
        accepts = self.customer.get("accepts_marketing")
        if isinstance(accepts, bool):
            state = ConsentState.SUBSCRIBED if accepts else ConsentState.NOT_SUBSCRIBED
            yield "email", state, _stamp(self.customer.get("accepts_marketing_updated_at"))

    def _undated(self, state: ConsentState) -> str | None:
        """A refusal without a time counts from the last change, anything else from the customer's beginning.

        So an old grant, merely repeated with a new address, never outranks the refusal that came after it.
        """
        fields = ("created_at", "updated_at")
        if state is ConsentState.UNSUBSCRIBED:
            fields = ("updated_at", "created_at")
        return next((at for field in fields if (at := _stamp(self.customer.get(field)))), None)


def person_of(resource: dict[str, Any], *, is_customer: bool) -> Person:
    """Whoever the resource is about: itself, its customer, or the guest it names."""
    if is_customer:
        return Person(customer=resource, guest={}, resource=resource)
    customer = reading.mapping(resource.get("customer"))
    named = customer.get("id") or customer.get("email")
    return Person(customer=customer, guest={} if named else resource, resource=resource)


def subscriber_of(resource: dict[str, Any]) -> Person:
    """Whoever one of the consent topics is about: they name the customer in words of their own."""
    customer_id = resource.get("customer_id") or resource.get("id")
    customer = {"id": customer_id, "email": resource.get("email_address"), "phone": resource.get("phone")}
    statements = {name: resource.get(name) for name in _OBJECTS.values()}
    return Person(customer=customer | statements, guest={}, resource={"id": customer_id})


def _stamp(value: Any) -> str | None:
    at = reading.time(value)
    return stamp(at) if at else None
