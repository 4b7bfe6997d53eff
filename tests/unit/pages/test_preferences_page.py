"""The preference page: looking changes nothing, a choice holds before it is answered, and nobody can be signed up by it."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from on_event.envelope import open_envelope
from on_event.page_event import SOURCE, translate
from on_event.words import LANGUAGES
from perennial.errors import QueueRefused, Unintelligible
from perennial.folding.preferences import paused_until, wants
from perennial.messaging.tokens import Purpose
from tests.making import days
from tests.unit.pages.desk import BEFORE, CUSTOMER, MESSAGE, NOW, TOKENS, Desk, Reader

PAGE = Purpose.PREFERENCES
ALL = ["c.email", "c.sms", "t.news", "t.care"]
SAVE = {"action": "save", "shown": ALL}


def saved(*ticked):
    """The form as a browser sends it, with these boxes ticked."""
    return {**SAVE, "on": list(ticked)}


def state(desk, channel="email"):
    return desk.customer["consent"][channel]["state"]


def test_the_page_shows_what_holds():
    """Channels and topics with their state, in forms that need no script; every box has a label."""
    page = Reader(Desk().get(PAGE)["body"])
    assert page.ticked() == set(ALL)
    assert page.shown() == ALL
    assert [own["value"] for own in page.all("input", name="action")] == ["save", "pause", "stop"]
    assert len(page.all("label", **{"class": "row"})) == 4
    assert len(page.all("legend")) == 2
    assert not page.all("script") and page.all("html", lang="en", dir="ltr")
    assert all(form["method"] == "post" and "action" not in form for form in page.all("form"))


def test_looking_changes_nothing():
    """Mail scanners open links, with whatever query: no write, nothing on the timeline."""
    desk = Desk()
    for query in ({}, {"action": "stop"}):
        assert desk.get(PAGE, queryStringParameters=query)["statusCode"] == 200
    assert (desk.customer["version"], desk.timeline) == (1, [])


def test_a_choice_holds_before_the_page_answers():
    """Unticked is left; the rest stays; the page shows it, and the ledger says who said so where."""
    desk = Desk()
    answer = desk.post(PAGE, saved("c.email", "t.care"))
    assert answer["statusCode"] == 200
    assert "Saved. This holds from now on." in answer["body"]
    assert Reader(answer["body"]).ticked() == {"c.email", "t.care"}
    assert desk.customer["consent"]["sms"] == {
        "state": "unsubscribed",
        "at": "2026-11-22T15:30:00.000Z",
        "source": "preferences_page",
        "evidence": MESSAGE,
    }
    assert (wants(desk.customer, "news"), wants(desk.customer, "care")) == (False, True)
    (item,) = desk.timeline
    assert (item["name"], item["source"], "expires_at" in item) == (
        "preferences_changed",
        "preferences_page",
        False,
    )
    assert item["properties"]["message_id"] == MESSAGE


def test_saving_the_page_as_it_was_grants_nothing_anew():
    """The evidence of the first yes stays: a newer one would say less."""
    desk = Desk()
    desk.post(PAGE, saved(*ALL))
    assert desk.customer["consent"]["email"] == {"state": "subscribed", "at": BEFORE, "source": "shopify"}


def test_what_was_not_on_the_page_stays_as_it_is():
    """A form that lost a part, or was opened before there was a topic, decides nothing about it."""
    desk = Desk()
    desk.post(PAGE, {"action": "save", "shown": ["t.news"], "on": []})
    assert (state(desk), state(desk, "sms")) == ("subscribed", "subscribed")
    assert (wants(desk.customer, "news"), wants(desk.customer, "care")) == (False, True)


def test_a_double_click_is_one_choice():
    """Both were sent from the page as it was: one event."""
    desk, answers = Desk(), []
    save = desk.world.documents.save

    def second_click(customer):
        desk.world.documents.save = save
        answers.append(desk.post(PAGE, saved("c.email"))["statusCode"])
        return save(customer)

    desk.world.documents.save = second_click
    answers.append(desk.post(PAGE, saved("c.email"))["statusCode"])
    assert (answers, len(desk.timeline)) == ([200, 200], 1)


def test_to_and_fro_within_a_minute_is_all_heard():
    """Every choice is an event of its own, and the last one counts."""
    desk = Desk()
    for ticked in (("c.email", "t.news"), ("c.email",), ("c.email", "t.news")):
        desk.now += timedelta(seconds=1)
        desk.post(PAGE, saved(*ticked))
    assert wants(desk.customer, "news")
    assert len(desk.timeline) == 3


def test_a_pause_is_for_thirty_days_and_can_be_ended():
    """The page says until when, in the customer's time; afterwards all is as before."""
    desk = Desk(timezone="Europe/Berlin")
    body = desk.post(PAGE, {"action": "pause"})["body"]
    assert paused_until(desk.customer, NOW) == "2026-12-22T15:30:00.000Z"
    assert "You hear nothing from us until 22 December 2026." in body
    assert [own["value"] for own in Reader(body).all("input", name="action")] == ["save", "resume", "stop"]
    assert state(desk) == "subscribed"
    desk.now += days(1)
    assert "Pause for 30 days" in desk.post(PAGE, {"action": "resume"})["body"]
    assert paused_until(desk.customer, desk.now) is None


def test_everything_off_is_every_channel():
    """Also those on which nothing was ever said; topics and a pause are no matter any more."""
    desk = Desk()
    answer = desk.post(PAGE, {"action": "stop"})
    assert "Alder &amp; Thyme will send you no more marketing. This holds from now on." in answer["body"]
    assert {channel: said["state"] for channel, said in desk.customer["consent"].items()} == dict.fromkeys(
        ("email", "sms", "push", "bus"), "unsubscribed"
    )


def test_the_links_own_channel_can_be_switched_on_again():
    """Whoever has the link reads what we send there: a yes with its confirmation, also under double opt-in."""
    desk = Desk()
    desk.post(PAGE, {"action": "stop"})
    desk.now += days(1)
    desk.post(PAGE, saved("c.email"))
    assert desk.customer["consent"]["email"] == {
        "state": "subscribed",
        "at": "2026-11-23T15:30:00.000Z",
        "source": "preferences_page",
        "evidence": MESSAGE,
        "confirmation": "given",
    }


def test_another_channel_can_be_switched_on_only_by_who_switched_it_off_here():
    """A forwarded mail is no way to sign up somebody's telephone; a slip of the finger can be undone."""
    desk = Desk()
    desk.change(consent={"email": desk.customer["consent"]["email"]})
    assert "c.sms" not in Reader(desk.get(PAGE)["body"]).shown()
    desk.post(PAGE, saved(*ALL))
    assert "sms" not in desk.customer["consent"]
    slipped = Desk()
    slipped.post(PAGE, saved("c.email"))
    slipped.now += days(1)
    slipped.post(PAGE, saved("c.email", "c.sms"))
    assert state(slipped, "sms") == "subscribed"


def test_stopping_everything_opens_no_channel_that_was_never_on():
    """The no to all channels is not a beginning: only those that were on can be switched on again."""
    desk = Desk()
    desk.change(consent={"email": desk.customer["consent"]["email"]})
    for _ in range(2):
        desk.post(PAGE, {"action": "stop"})
        desk.now += days(1)
    assert Reader(desk.get(PAGE)["body"]).shown() == ["c.email", "t.news", "t.care"]
    desk.post(PAGE, saved(*ALL, "c.push"))
    assert {channel: said["state"] for channel, said in desk.customer["consent"].items()} == {
        "email": "subscribed",
        "sms": "unsubscribed",
        "push": "unsubscribed",
        "bus": "unsubscribed",
    }


def test_an_address_that_bounced_cannot_be_switched_on():
    """Nobody writes there any more, whatever is ticked."""
    desk = Desk()
    desk.change(
        suppressed={"email": {"reason": "bounce", "at": BEFORE}},
        consent={"email": {"state": "unsubscribed", "at": BEFORE, "source": "shopify"}},
    )
    assert "c.email" not in Reader(desk.get(PAGE)["body"]).shown()
    desk.post(PAGE, saved(*ALL))
    assert state(desk) == "unsubscribed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_customers_language(language):
    """By the customer's locale, and their word for the button; the topic's name too where the shop has one."""
    page = Desk(locale=f"{language}-XX").get(PAGE, headers={"accept-language": "xx"})["body"]
    assert Reader(page).all("html", lang=language)
    assert LANGUAGES[language].save in page
    assert ("Neues" in page) == (language == "de")
    assert "{" not in Reader(page).text.partition("</style>")[2]


def test_without_a_locale_the_browser_decides_then_the_shop():
    """A language that is not spoken is passed over."""
    asked = {"accept-language": "ja, pt-BR;q=0.9, nl;q=0.8, de;q=0.7"}
    assert Reader(Desk().get(PAGE, headers=asked)["body"]).all("html", lang="nl")
    assert Reader(Desk(locale="ja").get(PAGE)["body"]).all("html", lang="en")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "action=",
        "action=erase",
        "List-Unsubscribe=One-Click",
        "\x00\xff",
        "a=1&" * 300,
        "x" * 20_000,
        "{}",
    ],
)
def test_a_form_that_is_not_ours_changes_nothing(body):
    """It is told so, kindly, with the page to choose on."""
    desk = Desk()
    answer = desk.post(PAGE, body)
    assert answer["statusCode"] in (400, 413)
    assert "We could not read that, and nothing was changed." in answer["body"]
    assert (desk.customer["version"], desk.timeline) == (1, [])


def test_values_that_are_not_on_the_page_are_not_kept():
    """Made-up topics and channels, markup and long texts reach neither document nor page."""
    desk = Desk()
    evil = ["c.<script>", "t.<script>", "t.__class__", "c.push", "t." + "x" * 5000]
    answer = desk.post(PAGE, {"action": "save", "shown": evil, "on": evil})
    assert answer["statusCode"] == 200
    assert "<script" not in answer["body"]
    assert "preferences" not in desk.customer
    assert set(desk.customer["consent"]) == {"email", "sms"}


def test_a_body_that_is_no_base64_is_refused():
    """API Gateway says so of the body; whoever lies about it is not answered with a page of somebody's."""
    desk = Desk()
    assert desk.post(PAGE, "%%%", isBase64Encoded=True)["statusCode"] == 400
    assert desk.customer["version"] == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "token", ["", "x", "1.email.c.m.s", "../../etc/passwd", "<script>alert(1)</script>", "ü" * 50, "." * 400]
)
def test_a_link_that_is_not_ours_is_a_404(method, token):
    """It echoes nothing and changes nothing."""
    desk = Desk()
    answer = desk.call(method, PAGE, token, pathParameters=None, body="action=stop")
    assert answer["statusCode"] == 404
    assert "<script>alert" not in answer["body"]
    assert desk.timeline == []


@pytest.mark.parametrize("other", [each for each in Purpose if each != PAGE])
def test_no_other_link_opens_it(other):
    """The purpose is signed too: an unsubscribe link forwarded to a friend shows no preferences."""
    desk = Desk()
    assert desk.get(PAGE, desk.token(other))["statusCode"] == 404
    assert desk.post(PAGE, saved(), desk.token(other))["statusCode"] == 404


def test_whoever_was_erased_has_no_page():
    """Nothing is shown and nothing recorded of somebody who is forgotten."""
    desk = Desk()
    desk.change(identities={}, traits={}, consent={})
    assert desk.get(PAGE)["statusCode"] == 404
    assert desk.post(PAGE, {"action": "stop"})["statusCode"] == 404
    assert desk.timeline == []


def test_a_merged_customer_is_found_where_they_are_now():
    """Links of mails to the guest work for ever, and speak of the customer they became."""
    desk = Desk()
    guest: Any = {
        **desk.customer,
        "id": "guest",
        "version": 0,
        "merged_into": CUSTOMER,
        "frozen_at": BEFORE,
        "folded": True,
    }
    desk.world.documents.save(guest)
    token = TOKENS.sign(PAGE, "guest", "email", MESSAGE)
    assert Reader(desk.get(PAGE, token)["body"]).ticked() == set(ALL)
    desk.post(PAGE, saved("c.email"), token)
    assert state(desk, "sms") == "unsubscribed"


def test_where_the_document_cannot_be_written_the_queue_keeps_the_choice(monkeypatch, caplog):
    """The answer says so honestly and shows the choice; recorded from the queue it is the same event."""
    desk = Desk()
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(desk.world.documents, "save", _fail)
        answer = desk.post(PAGE, saved("c.email", "t.news"))
    assert answer["statusCode"] == 202
    assert "It will hold within a few minutes" in answer["body"]
    assert Reader(answer["body"]).ticked() == {"c.email", "t.news"}
    assert "ada@example.com" not in caplog.text
    desk.record_queued()
    desk.record_queued()
    assert (state(desk), state(desk, "sms")) == ("subscribed", "unsubscribed")
    assert not wants(desk.customer, "care")
    assert len(desk.timeline) == 1


def test_a_no_is_taken_even_when_nothing_can_be_read(monkeypatch):
    """Everything off needs no document: it goes by the queue."""
    desk = Desk()
    with monkeypatch.context() as patch:
        patch.setattr(desk.world.documents, "load", _fail)
        assert desk.get(PAGE)["statusCode"] == 503
        assert desk.post(PAGE, {"action": "stop"})["statusCode"] == 202
    desk.record_queued()
    assert (state(desk), state(desk, "sms")) == ("unsubscribed", "unsubscribed")


def test_what_could_be_kept_nowhere_is_an_error(monkeypatch):
    """No page says "saved" when neither table nor queue took it."""
    desk = Desk()
    monkeypatch.setattr(desk.world.documents, "save", _fail)
    monkeypatch.setattr(desk.world.signed_queue, "put", _refuse)
    with pytest.raises(QueueRefused):
        desk.post(PAGE, {"action": "stop"})


def test_a_queue_message_that_no_page_wrote_is_not_understood(monkeypatch):
    """It goes to the dead letters with its reason."""
    desk = Desk()
    monkeypatch.setattr(desk.world.documents, "save", _fail)
    desk.post(PAGE, {"action": "stop"})
    envelope = open_envelope(desk.world.signed_queue.bodies[0], desk.world.blobs)
    assert envelope.source == SOURCE
    for body in (b"[]", b"{}", b'{"id": 1}', b"x"):
        with pytest.raises(Unintelligible):
            translate(type(envelope)(SOURCE, NOW, trusted=True, body=body))


def test_it_works_without_a_published_shop():
    """A choice is heard even when no release is live; the page does without name and topics."""
    desk = Desk(published=False)
    assert desk.get(PAGE)["statusCode"] == 200
    assert desk.post(PAGE, {"action": "stop"})["statusCode"] == 200
    assert state(desk) == "unsubscribed"


def test_the_headers_keep_the_link_to_itself():
    """As for every page of ours: not cached, not referred, not framed, not indexed."""
    headers = Desk().get(PAGE)["headers"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def _fail(*_):
    raise ConnectionError("the database does not answer")


def _refuse(*_, **__):
    raise QueueRefused([0])
