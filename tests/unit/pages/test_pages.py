"""The unsubscribe page: looking changes nothing, a no holds before it is answered, and nothing stands in its way."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest

from on_event import pages, unsubscribe
from on_event.envelope import open_envelope
from perennial.adapters.memory import MemoryWorld
from perennial.customer import new
from perennial.errors import QueueRefused
from perennial.messaging.tokens import Tokens
from perennial.publishing.publisher import publish
from tests.emails.samples import CONTENT

CUSTOMER = "c2rq7v5k4mzj3x6w2dpaa"
MESSAGE = "qO5TzkE1x2Y"
NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
SETTINGS = {"LINK_KEY": "link-secret", "IDENTITY_KEY": "identity-secret"}
TOKENS = Tokens("link-secret")
ONE_CLICK = "List-Unsubscribe=One-Click"


class Desk:
    """A world with a published shop and one subscribed customer, and the page on top of it."""

    def __init__(self, *, published: bool = True) -> None:
        self.now = NOW
        self.world = MemoryWorld(lambda: self.now, SETTINGS)
        if published:
            publish(CONTENT, self.world.blobs, self.world.pointer, self.world.clock)
        customer = new(CUSTOMER)
        for channel in ("email", "sms"):
            customer["consent"][channel] = {
                "state": "subscribed",
                "at": "2026-01-01T00:00:00.000Z",
                "source": "shopify",
            }
        self.world.documents.save(customer)
        self.handle = pages.build(self.world)

    def call(self, method: str, token: str | None = None, body: str = "", **more: Any) -> dict[str, Any]:
        token = TOKENS.unsubscribe(CUSTOMER, "email", MESSAGE) if token is None else token
        event = {
            "version": "2.0",
            "rawPath": f"/unsubscribe/{token}",
            "pathParameters": {"token": token},
            "requestContext": {"http": {"method": method}},
            "body": body,
            "isBase64Encoded": False,
            **more,
        }
        answer: dict[str, Any] = self.handle(event, None)
        return answer

    def consent(self, channel: str = "email") -> dict[str, Any]:
        return dict(self.world.documents.load([CUSTOMER])[CUSTOMER]["consent"][channel])

    def version(self) -> int:
        return self.world.documents.load([CUSTOMER])[CUSTOMER]["version"]


class Reader(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_looking_changes_nothing() -> None:
    """Mail scanners open links: GET shows a question and leaves the document as it was, however often."""
    desk = Desk()
    before = desk.version()
    answers = [desk.call("GET") for _ in range(3)]
    assert [answer["statusCode"] for answer in answers] == [200, 200, 200]
    assert (desk.consent()["state"], desk.version()) == ("subscribed", before)
    assert desk.world.timeline.read(CUSTOMER) == []


def test_the_page_is_a_form_that_needs_no_script() -> None:
    """One form that posts to its own address, one button, the shop's name and postal address, the language."""
    html = Desk().call("GET")["body"]
    elements = Reader(html).found
    forms = [attributes for tag, attributes in elements if tag == "form"]
    assert forms == [{"method": "post"}]
    assert ("input", {"type": "hidden", "name": "List-Unsubscribe", "value": "One-Click"}) in elements
    assert [tag for tag, _ in elements].count("button") == 1
    assert "script" not in {tag for tag, _ in elements}
    assert ("html", {"lang": "en", "dir": "ltr"}) in elements
    assert "Stop emails from Alder &amp; Thyme?" in html
    assert "218 Mill Street" in html


@pytest.mark.parametrize(
    "body",
    [
        ONE_CLICK,
        base64.b64encode(ONE_CLICK.encode()).decode(),
        "",
        '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"',
    ],
)
def test_a_post_unsubscribes_before_it_answers(body: str) -> None:
    """Form, one-click, multipart or nothing at all in the body: a post with our token is a no, with its evidence."""
    desk = Desk()
    answer = desk.call("POST", body=body)
    assert answer["statusCode"] == 200
    assert "You are unsubscribed" in answer["body"]
    assert desk.consent() == {
        "state": "unsubscribed",
        "at": "2026-11-22T15:30:00.000Z",
        "source": "unsubscribe_link",
        "evidence": MESSAGE,
    }
    assert desk.consent("sms")["state"] == "subscribed"
    assert [item["name"] for item in desk.world.timeline.read(CUSTOMER)] == ["consent_changed"]


def test_a_double_click_is_one_no() -> None:
    """Twice within a minute is one event and one page."""
    desk = Desk()
    assert desk.call("POST") == desk.call("POST")
    assert len(desk.world.timeline.read(CUSTOMER)) == 1


def test_an_old_link_works_again_after_a_new_subscription() -> None:
    """Links never expire: who came back and changes their mind once more is heard."""
    desk = Desk()
    desk.call("POST")
    desk.now += timedelta(days=400)
    customer = desk.world.documents.load([CUSTOMER])[CUSTOMER]
    customer["consent"]["email"] = {
        "state": "subscribed",
        "at": "2027-12-01T00:00:00.000Z",
        "source": "shopify",
    }
    desk.world.documents.save(customer)
    desk.call("POST")
    assert desk.consent()["state"] == "unsubscribed"


def test_an_sms_link_stops_sms_only() -> None:
    """The token names the channel."""
    desk = Desk()
    assert "text messages" in desk.call("POST", TOKENS.unsubscribe(CUSTOMER, "sms", MESSAGE))["body"]
    assert (desk.consent("sms")["state"], desk.consent("email")["state"]) == ("unsubscribed", "subscribed")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["", "x", "1.email.c.m.s", "<script>alert(1)</script>", "ü" * 50])
def test_a_link_that_is_not_ours_is_a_404(method: str, token: str) -> None:
    """It tells where to write instead, echoes nothing, and changes nothing."""
    desk = Desk()
    answer = desk.call(method, token, pathParameters=None)
    assert answer["statusCode"] == 404
    assert "hello@alder-and-thyme.example" in answer["body"]
    assert "<script>" not in answer["body"]
    assert desk.consent()["state"] == "subscribed"


def test_the_headers_keep_the_token_to_itself() -> None:
    """Not cached, not referred, not framed, not indexed; the policy allows exactly the page's own style."""
    answer = Desk().call("GET")
    headers = answer["headers"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex"
    style = answer["body"].partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    policy = headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "form-action 'self'" in policy


def test_where_the_document_cannot_be_written_the_queue_keeps_the_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database may be down: the answer says so honestly, and the queued envelope is the same event."""
    desk = Desk()
    monkeypatch.setattr(desk.world.documents, "save", _fail)
    answer = desk.call("POST")
    assert answer["statusCode"] == 202
    assert "within a few minutes" in answer["body"]
    envelope = open_envelope(desk.world.signed_queue.bodies[0], desk.world.blobs)
    claims = TOKENS.read(TOKENS.unsubscribe(CUSTOMER, "email", MESSAGE))
    assert claims is not None
    assert unsubscribe.translate(envelope).events == [unsubscribe.event_of(claims, NOW)]
    assert json.loads(envelope.body)["customer_id"] == CUSTOMER


def test_what_could_be_kept_nowhere_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page says "unsubscribed" when neither table nor queue took it: the mail program tries again."""
    desk = Desk()
    monkeypatch.setattr(desk.world.documents, "save", _fail)
    monkeypatch.setattr(desk.world.signed_queue, "put", _refuse)
    with pytest.raises(QueueRefused):
        desk.call("POST")


def test_it_works_without_a_published_shop() -> None:
    """A no is heard even when no release is live; the page does without the name."""
    desk = Desk(published=False)
    assert "You are unsubscribed" in desk.call("POST")["body"]
    assert desk.consent()["state"] == "unsubscribed"


def _fail(*_: Any) -> None:
    raise ConnectionError("the database does not answer")


def _refuse(*_: Any, **__: Any) -> None:
    raise QueueRefused([0])
