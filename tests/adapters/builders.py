"""Small documents and clients for the adapter tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from perennial import customer
from perennial.customer import Customer, View
from perennial.people.identities import Identity, Kind
from perennial.ports.data import TimelineItem

NOON = "2026-03-01T12:00:00.000Z"


def known(customer_id: str = "c1", **parts: Any) -> Customer:
    """Someone with an address, never stored."""
    document = customer.new(customer_id)
    document["identities"] = {"email": [f"{customer_id}@example.com"]}
    document.update(parts)  # type: ignore[typeddict-item]
    return document


def visitor(customer_id: str = "v1", *views: str, **parts: Any) -> Customer:
    """Someone known by a device only, who saw products at these stamps."""
    seen = [View(product_id="tea", at=at, id=f"e{at}") for at in views]
    return known(customer_id, **({"identities": {"anonymous": ["device"]}, "views": seen} | parts))


def email(value: str = "ada@example.com") -> Identity:
    """An e-mail identity."""
    return Identity(Kind.EMAIL, value)


def event(event_id: str, occurred_at: str = NOON, **parts: Any) -> TimelineItem:
    """A timeline item that stays for ever."""
    item = TimelineItem(
        id=event_id,
        name="product_viewed",
        occurred_at=occurred_at,
        received_at=NOON,
        source="test",
        properties={},
    )
    item.update(parts)  # type: ignore[typeddict-item]
    return item


def client_error(code: str, message: str = "", status: int = 400, **response: Any) -> ClientError:
    """What botocore raises for an answer with this error in it."""
    answer = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **response,
    }
    return ClientError(answer, "Operation")  # type: ignore[arg-type]


class Wire:
    """A client between us and the real one: each call passes `during`, which may raise, answer or pass it on.

    calls: (operation, parameters) of each. during(operation, parameters, pass_on) gives the answer.
    """

    def __init__(self, real: Any, during: Callable[[str, dict[str, Any], Callable[[], Any]], Any]) -> None:
        self._real = real
        self._during = during
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            self.calls.append((operation, parameters))
            real = self._real
            return self._during(operation, parameters, lambda: getattr(real, operation)(**parameters))

        return call


def passing(operation: str, parameters: dict[str, Any], pass_on: Callable[[], Any]) -> Any:
    """For a Wire that only listens."""
    return pass_on()


def failing(error: Exception) -> Wire:
    """A client whose every call raises."""

    def during(operation: str, parameters: dict[str, Any], pass_on: Callable[[], Any]) -> Any:
        raise error

    return Wire(None, during)
