"""A published shop, one customer, and the pages on top of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from on_event import pages, record
from perennial.adapters.memory import MemoryWorld
from perennial.customer import Customer, new
from perennial.messaging.tokens import Purpose, Tokens
from perennial.publishing.publisher import publish_files
from tests.emails.samples import CONTENT

CUSTOMER = "c2rq7v5k4mzj3x6w2dpaa"
MESSAGE = "qO5TzkE1x2Y"
NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
SETTINGS = {"LINK_KEY": "link-secret", "IDENTITY_KEY": "identity-secret"}
TOKENS = Tokens("link-secret")
TOPICS = b"topics:\n  news: {en: New things, de: Neues}\n  care: Care tips\n"
BEFORE = "2026-01-01T00:00:00.000Z"


def files() -> dict[str, bytes]:
    """The shop's own file and nothing to send, with two topics."""
    shop = (CONTENT / "shop.yaml").read_text(encoding="utf-8")
    kept = shop.partition("\ntopics:")[0]
    return {"shop.yaml": kept.encode() + b"\n" + TOPICS}


class Desk:
    """now: the time. ask: what a browser sends beside the address."""

    def __init__(self, *, published: bool = True, **traits: str) -> None:
        self.now = NOW
        self.world = MemoryWorld(lambda: self.now, SETTINGS)
        if published:
            publish_files(files(), self.world.blobs, self.world.pointer, self.world.clock)
        self.world.documents.save(somebody(**traits))
        self.handle = pages.build(self.world)

    @property
    def customer(self) -> Customer:
        return self.world.documents.load([CUSTOMER])[CUSTOMER]

    @property
    def timeline(self) -> list[Any]:
        return self.world.timeline.read(CUSTOMER)

    def change(self, **parts: Any) -> None:
        """Let the document hold something else."""
        self.world.documents.save({**self.customer, **parts})  # type: ignore[typeddict-item]

    def token(self, purpose: Purpose, channel: str = "email", message: str = MESSAGE) -> str:
        return TOKENS.sign(purpose, CUSTOMER, channel, message)

    def get(self, purpose: Purpose, token: str | None = None, **more: Any) -> dict[str, Any]:
        return self.call("GET", purpose, token, **more)

    def post(
        self, purpose: Purpose, fields: Mapping[str, Any] | str, token: str | None = None, **more: Any
    ) -> dict[str, Any]:
        body = fields if isinstance(fields, str) else urlencode(fields, doseq=True)
        return self.call("POST", purpose, token, body=body, **more)

    def call(self, method: str, purpose: Purpose, token: str | None = None, **more: Any) -> dict[str, Any]:
        token = self.token(purpose) if token is None else token
        event = {
            "version": "2.0",
            "rawPath": f"/{purpose}/{token}",
            "pathParameters": {"token": token},
            "headers": {},
            "requestContext": {"http": {"method": method}, "domainName": "mail.fern.example"},
            "body": "",
            "isBase64Encoded": False,
            **more,
        }
        answer: dict[str, Any] = self.handle(event, None)
        return answer

    def record_queued(self) -> None:
        """What lies on the signed queue is recorded."""
        bodies = list(self.world.signed_queue.bodies)
        records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
        assert record.build(self.world)({"Records": records}, None) == {"batchItemFailures": []}


def somebody(**traits: str) -> Customer:
    """Subscribed to mails and text messages, known by an address."""
    customer = new(CUSTOMER)
    customer["identities"] = {"email": ["ada@example.com"]}
    customer["traits"] = {"email": "ada@example.com", "phone": "+491701234567", **traits}
    customer["told"] = dict.fromkeys(customer["traits"], f"1 {BEFORE}")
    for channel in ("email", "sms"):
        customer["consent"][channel] = {"state": "subscribed", "at": BEFORE, "source": "shopify"}
    return customer


class Reader(HTMLParser):
    """Collects the elements of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **having: str | None) -> list[dict[str, str | None]]:
        """Attributes of the elements with these."""
        return [own for name, own in self.found if name == tag and having.items() <= own.items()]

    def ticked(self) -> set[str | None]:
        """What a browser would send of the boxes."""
        return {own["value"] for own in self.all("input", type="checkbox") if "checked" in own}

    def shown(self) -> list[str | None]:
        """What the page says that stands on it."""
        return [own["value"] for own in self.all("input", name="shown")]
