"""Sign-up forms: all a stranger can do with one is have us ask at an address, once a day."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from on_event.envelope import open_envelope
from on_event.form import translate
from perennial.errors import QueueRefused
from perennial.events import Name
from perennial.people.identities import Identity, Kind
from perennial.publishing.content import read_content
from perennial.shop import Form
from tests.making import NOON, event, hours, ordered, signed_up
from tests.unit.test_double_opt_in import ASKS, PAGES, SHOP, Desk

ADDRESS = Identity(Kind.EMAIL, "ada@example.com")
FORMS = {"newsletter": Form(("email",)), "footer": Form(("email",), "https://fernleaf.example/thanks")}


class Forms(Desk):
    """A desk with two forms."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(**fields)
        self.live = replace(self.live, settings=replace(self.live.settings, forms=FORMS))

    def post(
        self, body: str = "email=Ada%40Example.com", name: str = "newsletter", **more: Any
    ) -> dict[str, Any]:
        answer: dict[str, Any] = self.pages(
            {
                "rawPath": f"/forms/{name}",
                "pathParameters": {"name": name},
                "headers": {"content-type": "application/x-www-form-urlencoded"},
                "requestContext": {"http": {"method": "POST"}},
                "body": body,
                **more,
            },
            None,
        )
        return answer

    def take(self) -> None:
        """Record what the forms put on their queue."""
        for body in self.world.browser_queue.take():
            self.record(*translate(open_envelope(body, self.world.blobs)).events)

    def whoever(self) -> dict[str, Any]:
        owner = self.world.documents.owners([ADDRESS])[ADDRESS]
        return dict(self.world.documents.load([owner])[owner])


def test_a_form_asks_at_the_address_and_the_click_subscribes():
    """Pending, one mail to the address that was typed in, subscribed after the click."""
    desk = Forms()
    assert desk.post()["statusCode"] == 200
    desk.take()
    assert desk.whoever()["consent"]["email"]["state"] == "pending"
    assert desk.whoever()["consent"]["email"]["evidence"] == "form/newsletter"
    desk.send()
    assert [mail.to for mail in desk.world.mailer.sent] == ["Ada@example.com"]
    assert desk.page("POST", desk.token())["statusCode"] == 200
    assert desk.whoever()["consent"]["email"]["state"] == "subscribed"


def test_the_answer_tells_nobody_who_is_a_customer():
    """A subscriber, a stranger, and somebody who unsubscribed: byte for byte the same."""
    desk = Forms()
    first = desk.post()
    desk.record(signed_up(NOON - hours(1)))
    known = desk.post()
    assert first == known == desk.post(urlencode({"email": "stranger@example.com"}))
    assert "ada" not in known["body"].lower()


def test_a_subscriber_stays_subscribed():
    """Whoever types in their address takes nothing from them, and they get no mail for it."""
    desk = Forms()
    said = {"state": "subscribed", "at": "2026-01-01T00:00:00.000Z", "source": "shopify"}
    told = {"consent": {"email": {**said, "confirmation": "given"}}, "traits": {"email": "ada@example.com"}}
    desk.record(event(Name.CUSTOMER_CREATED, NOON - hours(1), properties=told))
    desk.post()
    desk.take()
    desk.send()
    assert (desk.consent["state"], desk.mails) == ("subscribed", [])


def test_a_form_merges_and_renames_nobody():
    """It names an address and nothing else; what a trusted source said of the customer stays."""
    desk = Forms()
    desk.record(signed_up(NOON - hours(1)), ordered(NOON - hours(1)))
    before = desk.customer()
    desk.post(urlencode({"email": "ADA@example.com", "first_name": "Mallory", "anonymous_id": "laptop"}))
    desk.take()
    after = desk.customer()
    assert (after["identities"], after["traits"]) == (before["identities"], before["traits"])
    assert len(list(desk.world.documents.scan())) == 1


def test_the_store_recognises_whom_a_form_brought():
    """The document begun by a form becomes the customer's, and the store's own word on the address counts."""
    desk = Forms()
    desk.post()
    desk.take()
    desk.record(signed_up(NOON + hours(1)))
    assert desk.customer()["id"] == desk.whoever()["id"]
    assert desk.customer()["traits"]["email"] == "ada@example.com"


def test_where_the_shop_wants_no_confirmation_a_form_grants_nothing():
    """It cannot be published; should such a message come all the same, it says nothing on consent."""
    desk = Forms(channels=())
    desk.post()
    desk.take()
    desk.send()
    assert (desk.whoever()["consent"], desk.mails) == ({}, [])


def test_the_same_address_is_asked_once_a_day():
    """However often it is typed in."""
    desk = Forms()
    for minute in range(10):
        desk.now = NOON + timedelta(minutes=minute)
        desk.post()
        desk.post()
        desk.take()
        desk.send()
    assert desk.mails == ["confirmation"]


def test_a_form_leads_on_to_the_page_of_the_shop():
    """303, so that the browser follows with GET; and to no address of the sender's choice."""
    answer = Forms().post(urlencode({"email": "a@b.example", "redirect": "https://evil.example"}), "footer")
    assert (answer["statusCode"], answer["headers"]["location"]) == (303, "https://fernleaf.example/thanks")


def test_a_script_posts_json_and_is_answered_json():
    """From the shop's own page, on another host: with the header that lets it read the answer."""
    desk = Forms()
    answer = desk.post(
        json.dumps({"email": "ada@example.com"}), "footer", headers={"content-type": "application/json"}
    )
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"success": True})
    assert answer["headers"]["access-control-allow-origin"] == "*"
    permission = desk.post(requestContext={"http": {"method": "OPTIONS"}})
    assert (permission["statusCode"], permission["headers"]["access-control-allow-methods"]) == (
        204,
        "POST, OPTIONS",
    )
    assert len(desk.world.browser_queue.bodies) == 1


def test_a_program_that_fills_in_everything_is_thanked_and_ignored():
    """It learns nothing from the answer."""
    desk = Forms()
    honest = desk.post()
    desk.world.browser_queue.take()
    assert desk.post(urlencode({"email": "a@b.example", "website": "https://pills.example"})) == honest
    assert desk.world.browser_queue.bodies == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 422),
        (urlencode({"email": "nobody"}), 422),
        (urlencode({"email": "a@b.example\r\nBcc: all@evil.example"}), 422),
        (urlencode({"mail": "a@b.example"}), 422),
        ("email=" + "a" * 5000, 413),
        ("&".join(f"f{n}=1" for n in range(50)), 400),
        ('{"email": ', 400),
        ('{"email": ["a@b.example"]}', 422),
        ("{" * 2000, 400),
        ('{"email": NaN}', 400),
    ],
)
def test_what_is_no_sign_up_is_refused(body, status):
    """With a page or JSON that says what to do, and nothing on the queue."""
    desk = Forms()
    assert desk.post(body)["statusCode"] == status
    assert desk.world.browser_queue.bodies == []


def test_bytes_that_are_no_text_are_refused():
    """Base64 of what is no UTF-8, or no base64 at all."""
    desk = Forms()
    assert desk.post("//79", isBase64Encoded=True)["statusCode"] == 400
    assert desk.post("?", isBase64Encoded=True)["statusCode"] == 400


def test_a_form_nobody_made_is_not_there():
    """Its name is not echoed either."""
    answer = Forms().post(name="<script>")
    assert answer["statusCode"] == 404
    assert "<script>" not in answer["body"]


def test_what_could_not_be_kept_is_said():
    """The queue is full or gone: try again, in words and as a status."""
    desk = Forms()
    desk.world.browser_queue.refuses = lambda _: True
    assert desk.post()["statusCode"] == 503
    desk.world.browser_queue.put = _refuse
    assert "Please try again" in desk.post()["body"]


def test_no_address_is_logged(caplog):
    """Refused, trapped, lost or kept."""
    desk = Forms()
    with caplog.at_level(logging.DEBUG):
        for body in ("email=ada", "email=ada%40example.com&website=x", "email=ada%40example.com"):
            desk.post(body)
        desk.world.browser_queue.refuses = lambda _: True
        desk.post()
    assert not any("ada" in str(vars(record)).lower() for record in caplog.records)


# What may be published.


def problems(forms: str) -> list[str]:
    files = {"shop.yaml": f"{SHOP}{forms}".encode(), "campaigns/confirmation.yaml": ASKS.encode(), **PAGES}
    return [each.text for each in read_content(files).problems]


def test_a_form_with_double_opt_in_can_be_published():
    """With or without a page to lead to."""
    forms = "double_opt_in: [email]\nforms:\n  newsletter: {channels: [email], redirect: https://fernleaf.example/thanks}\n"
    assert problems(forms + "  footer: {channels: [email]}\n") == []


@pytest.mark.parametrize(
    ("forms", "word"),
    [
        ("forms: {newsletter: {channels: [email]}}", "Write 'double_opt_in: [email]' too"),
        (
            "double_opt_in: [email]\nforms: {news: {channels: [email], redirect: https://evil.example}}",
            "leads off the shop",
        ),
        ("double_opt_in: [email]\nforms: {news: {channels: []}}", "out of bounds"),
        ("double_opt_in: [email]\nforms: {news: {channels: [sms]}}", "'sms' is not possible"),
        ("double_opt_in: [email]\nforms: {News Letter: {channels: [email]}}", "is not an id"),
        ("double_opt_in: [email]\nforms: {news: {chanels: [email]}}", "chanels"),
    ],
)
def test_a_form_that_could_do_harm_cannot(forms, word):
    """Each mistake is told with its remedy."""
    assert word in " ".join(problems(forms))


def _refuse(*_: Any, **__: Any) -> None:
    raise QueueRefused([0])
