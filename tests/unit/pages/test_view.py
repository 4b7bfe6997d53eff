"""A mail in the browser: the same words from what is stored, with today's catalogue; looking at it changes nothing."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from on_event import pages
from perennial.campaigns import Offer, Step
from perennial.errors import InDoubt
from perennial.events import Product
from perennial.messaging.offers import Coupon
from perennial.messaging.tokens import Purpose, Tokens
from perennial.times import Span, stamp
from tests.making import NOON, TEMPLATES, browse, days, hours, shop, signed_up, viewed
from tests.stage import SETTINGS, Stage

PAGE = Purpose.VIEW
TEMPLATE = {
    **TEMPLATES["browse/first"],
    "html": "<h1>{{ items[0].title }}</h1><p>{{ offer.code }} until {{ offer.expires_at|date('short') }}</p>"
    "<a href='{{ unsubscribe_url }}'>Stop</a> <a href='{{ view_in_browser_url }}'>View</a>",
    "text": "{{ items[0].title }} {{ offer.code }} {{ unsubscribe_url }}",
}


@pytest.fixture
def stage():
    """A browse mail with a unique code was sent."""
    step = Step("first", "email", "browse/first", Offer("SPRING", Span(7)))
    offers = {"SPRING": Coupon("SPRING", "Fifteen off", pool="spring")}
    live = replace(shop(browse(steps=(step,))), offers=offers, templates={"browse/first": TEMPLATE})
    stage = Stage(the_shop=live)
    stage.world.coupons.add("spring", ["SPRING-1", "SPRING-2"])
    stage.record(signed_up(NOON), viewed(NOON))
    stage.now = NOON + hours(4)
    stage.sweep()
    stage.send()
    return stage


def look(stage, message=None, purpose=PAGE, method="GET", channel="email"):
    customer = stage.customer()
    message = message or customer["settled"][0]["id"]
    token = Tokens(SETTINGS["LINK_KEY"]).sign(purpose, customer["id"], channel, message)
    event = {
        "rawPath": f"/view/{token}",
        "pathParameters": {"token": token},
        "headers": {},
        "requestContext": {"http": {"method": method}, "domainName": "mail.fernleaf.example"},
    }
    return pages.build(stage.world)(event, None)


def mail(stage):
    """The html part of the mail that was sent."""
    parts = message_from_bytes(stage.world.mailer.sent[0].raw, policy=default).walk()
    (html,) = [part for part in parts if part.get_content_type() == "text/html"]
    return html.get_content()


def test_it_is_the_mail_that_was_sent(stage):
    """Word for word, code and expiry included, days later, with the links of that very message."""
    stage.now += days(5)
    answer = look(stage)
    assert answer["statusCode"] == 200
    assert answer["body"].strip() == mail(stage).strip()
    assert "SPRING-" in answer["body"]


def test_looking_changes_nothing(stage):
    """No write, no code spent, nothing on the timeline: scanners look too."""
    before, told = stage.customer(), stage.timeline()
    for _ in range(3):
        look(stage)
    assert (stage.customer(), stage.timeline()) == (before, told)
    assert len(stage.world.coupons.taken) == 1


def test_it_shows_the_catalogue_of_today(stage):
    """A product that was renamed bears its new name; what the mail said otherwise is as it was."""
    renamed = Product(id="tea", title="Evening Tea", at=stamp(stage.now), rank=2, available=True)
    stage.world.catalogue.learn([renamed])
    assert "Evening Tea" in look(stage)["body"]


def test_it_runs_no_script_and_loads_nothing_but_pictures(stage):
    """The page's policy is the mail's: styles inside of it, pictures, no form, no frame; and it keeps the link to itself."""
    headers = look(stage)["headers"]
    policy = headers["content-security-policy"]
    assert policy.startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'"
    )
    assert "script-src" not in policy and "sandbox" in policy
    assert (headers["cache-control"], headers["x-robots-tag"]) == ("no-store", "noindex")


def test_a_message_on_its_way_can_be_looked_at_and_one_that_never_went_cannot(stage):
    """Its `sent` may not be written yet when the mail is opened; queued and skipped ones nobody has got."""
    waiting = Stage(the_shop=stage.live)
    waiting.world.coupons.add("spring", ["SPRING-9"])
    waiting.record(signed_up(NOON), viewed(NOON))
    waiting.now = NOON + hours(4)
    waiting.sweep()
    (message,) = waiting.customer()["outbox"]
    assert look(waiting, message)["statusCode"] == 404
    waiting.world.mailer.on_answer = _lost
    waiting.send()
    assert waiting.customer()["outbox"][message]["status"] == "sending"
    assert "SPRING-9" in look(waiting, message)["body"]


def _lost(_):
    raise InDoubt("no answer")


def test_when_something_newer_took_its_place_it_says_so_kindly(stage):
    """What the old one was about is not known any more: a page, no error, and no other mail's words."""
    stage.now = NOON + days(20)
    stage.record(viewed(stage.now, "cup"))
    stage.run_until(stage.now + hours(5))
    first, second = (each["id"] for each in stage.customer()["settled"])
    assert "Cup" in look(stage, second)["body"]
    answer = look(stage, first)
    assert (answer["statusCode"], "This message cannot be shown any more" in answer["body"]) == (404, True)


@pytest.mark.parametrize("change", ["campaign", "template", "product", "message"])
def test_what_is_gone_is_told_kindly(stage, change):
    """Campaign, template, product or message: no error page, whatever the release became."""
    if change == "campaign":
        stage.live = replace(stage.live, campaigns={})
    if change == "template":
        stage.live = replace(stage.live, templates={})
    if change == "product":
        stage.world.catalogue.learn([Product(id="tea", at=stamp(stage.now), rank=2, deleted=True)])
    answer = look(stage, "AAAAAAAAAAA" if change == "message" else None)
    assert (answer["statusCode"], "cannot be shown" in answer["body"]) == (404, True)


def test_no_other_link_shows_it(stage):
    """The purpose is signed: who was forwarded an unsubscribe link cannot read the mail."""
    for purpose in Purpose:
        expected = 200 if purpose == PAGE else 404
        assert look(stage, purpose=purpose)["statusCode"] == expected


def test_the_erased_have_no_mail(stage):
    """Their address is forgotten, and what was written to them with it."""
    customer = stage.customer()
    stage.world.documents.save({**customer, "identities": {}, "traits": {}})
    customer = stage.world.documents.load([customer["id"]])[customer["id"]]
    token = Tokens(SETTINGS["LINK_KEY"]).sign(PAGE, customer["id"], "email", customer["settled"][0]["id"])
    event = {
        "rawPath": f"/view/{token}",
        "headers": {},
        "requestContext": {"http": {"method": "GET"}, "domainName": "x"},
    }
    assert pages.build(stage.world)(event, None)["statusCode"] == 404


def test_links_lead_to_where_the_page_stands(stage):
    """The function's own address cannot be among its settings; on the desk it is not https."""
    assert "https://mail.fernleaf.example/unsubscribe/" in look(stage)["body"]
