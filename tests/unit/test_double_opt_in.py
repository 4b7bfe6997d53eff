"""Double opt-in from end to end: a yes waits, one mail asks, the click counts, and nothing else does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from on_event import pages
from perennial.campaigns import Exit, Step
from perennial.errors import Conflict, InDoubt
from perennial.events import ConsentEvidence, Name
from perennial.messaging.outbox import RESENT_AFTER
from perennial.messaging.tokens import Tokens
from perennial.people.identities import Identity, Kind
from perennial.publishing.content import read_content
from perennial.times import Span, stamp
from tests.making import NOON, browse, campaign, event, hours, ordered, shop, signed_up, unsubscribed, viewed
from tests.stage import SETTINGS, Stage

TEMPLATE = {
    "subject": "Please confirm",
    "html": "<p>Hi {{ customer.first_name | default('there') }} <a href='{{ confirm_url }}'>Yes</a></p>",
    "text": "Hi {{ customer.first_name | default('there') }}: {{ confirm_url }}",
}
_LINK = re.compile(r"https://mail.fernleaf.example/confirm/([\w.-]+)")


def opt_in(**fields: Any) -> Any:
    """The campaign that asks."""
    whole = {
        "transactional": True,
        "exit_on": (Exit("consent_changed"),),
        "once_per": Span(days=1),
        "steps": (Step("ask", "email", "confirmation/ask"),),
        "on_doubt_resend": True,
        **fields,
    }
    return campaign("confirmation", "opt_in", {}, **whole)


class Desk(Stage):
    """A shop with double opt-in, its pages, and a browse campaign that must not reach whoever did not confirm."""

    def __init__(self, at: Any = NOON, channels: tuple[str, ...] = ("email",), **fields: Any) -> None:
        the_shop = shop(opt_in(**fields), browse(), double_opt_in=channels)
        templates = {**the_shop.templates, "confirmation/ask": TEMPLATE}
        super().__init__(at, replace(the_shop, templates=templates))
        self.pages = pages.build(self.world)

    @property
    def consent(self) -> dict[str, Any]:
        return dict(self.customer()["consent"]["email"])

    def token(self, mail: int = -1) -> str:
        """Of the link in a mail that was sent."""
        (token,) = set(_LINK.findall(self.words(mail)))
        return str(token)

    def words(self, mail: int = -1) -> str:
        """Both bodies of a mail that was sent."""
        message = message_from_bytes(self.world.mailer.sent[mail].raw, policy=default)
        return "\n".join(part.get_content() for part in message.walk() if not part.is_multipart())

    def page(self, method: str, token: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.pages(
            {
                "rawPath": f"/confirm/{token}",
                "pathParameters": {"token": token},
                "requestContext": {"http": {"method": method}},
            },
            None,
        )
        return answer


def test_the_mail_leaves_with_the_event_and_the_click_grants_consent():
    """Pending until then; one mail; the grant shows which message it answers; the visit after it is followed up."""
    desk = Desk()
    desk.record(signed_up(NOON))
    assert desk.consent["state"] == "pending"
    desk.send()
    assert desk.mails == ["confirmation"]
    token, message = desk.token(), desk.world.mailer.sent[0].tags["message_id"]
    desk.now += timedelta(minutes=5)
    assert desk.page("POST", token)["statusCode"] == 200
    assert desk.consent == {
        "state": "subscribed",
        "at": stamp(desk.now),
        "source": "confirm_link",
        "evidence": message,
        "confirmation": "given",
    }
    assert desk.timeline() == ["customer_created", "consent_changed"]
    desk.record(viewed(desk.now))
    desk.run_until(NOON + timedelta(days=2))
    assert desk.mails == ["confirmation", "browse"]


def test_looking_grants_nothing():
    """Mail scanners open links: GET shows a page and changes nothing."""
    desk = Desk()
    desk.record(signed_up(NOON))
    desk.send()
    before = desk.customer()
    answer = desk.page("GET", desk.token())
    assert (answer["statusCode"], "Shall Fern &amp; Leaf send you emails?" in answer["body"]) == (200, True)
    assert desk.customer() == before


def test_whoever_does_not_confirm_gets_nothing_else():
    """Not by the visit that follows, not by an order, not after a month; and the question comes once."""
    desk = Desk()
    desk.record(signed_up(NOON))
    desk.record(viewed(NOON + hours(1)), ordered(NOON + hours(2)))
    desk.record(viewed(NOON + hours(3)))
    desk.run_until(NOON + timedelta(days=30))
    assert desk.mails == ["confirmation"]


def test_without_double_opt_in_the_campaign_does_nothing():
    """It is shipped live, for shops that turn the option on."""
    desk = Desk(channels=())
    desk.record(signed_up(NOON))
    desk.send()
    assert (desk.mails, desk.consent["state"]) == ([], "subscribed")


def test_a_confirmed_yes_is_not_asked_again():
    """The store has asked already."""
    desk = Desk()
    said = ConsentEvidence(state="subscribed", at=stamp(NOON), source="shopify", confirmation="given")
    told = {"consent": {"email": said}, "traits": {"email": "a@b.example"}}
    desk.record(event(Name.CUSTOMER_CREATED, NOON, properties=told))
    desk.send()
    assert (desk.mails, desk.consent["state"]) == ([], "subscribed")


def test_the_store_repeating_itself_neither_asks_again_nor_downgrades():
    """Each change of a customer tells of the same unconfirmed yes."""
    desk = Desk()
    told = signed_up(NOON)
    desk.record(told)
    desk.send()
    desk.page("POST", desk.token())
    for day in (1, 2, 3):
        desk.now = NOON + timedelta(days=day)
        desk.record(replace(told, id=f"again{day}", occurred_at=desk.now, received_at=desk.now))
        desk.send()
    assert (desk.mails, desk.consent["state"]) == (["confirmation"], "subscribed")


def test_an_address_is_asked_once_a_day_at_most():
    """Anybody can type it into a form, as often as they like."""
    desk = Desk()
    for minute in range(0, 60 * 23, 60):
        desk.now = NOON + timedelta(minutes=minute)
        desk.record(signed_up(desk.now))
        desk.send()
    assert desk.mails == ["confirmation"]
    desk.now = NOON + timedelta(days=1, minutes=1)
    desk.record(signed_up(desk.now))
    desk.send()
    assert desk.mails == ["confirmation"] * 2


def test_who_answers_first_is_not_asked():
    """A confirmation or a no before the mail left cancels it."""
    desk = Desk()
    desk.record(signed_up(NOON))
    desk.record(unsubscribed(NOON + hours(0.1)))
    desk.send()
    assert desk.mails == []


def test_wishes_of_before_the_campaign_are_not_caught_up_with():
    """Turning the option on mails nobody who is in an old list."""
    desk = Desk(live_since=NOON)
    desk.record(replace(signed_up(NOON - timedelta(days=1)), received_at=NOON))
    desk.run_until(NOON + timedelta(days=2))
    assert (desk.mails, desk.consent["state"]) == ([], "pending")


def test_an_old_link_does_not_undo_a_later_no():
    """It confirms only what is still asked for."""
    desk = Desk()
    desk.record(signed_up(NOON))
    desk.send()
    desk.now += timedelta(days=1)
    desk.record(unsubscribed(desk.now))
    desk.now += timedelta(days=1)
    assert desk.page("POST", desk.token())["statusCode"] == 410
    assert desk.consent["state"] == "unsubscribed"


def test_a_second_click_says_the_same():
    """People click twice, and mail programs too."""
    desk = Desk()
    desk.record(signed_up(NOON))
    desk.send()
    assert desk.page("POST", desk.token()) == desk.page("POST", desk.token())
    assert len(desk.timeline()) == 2


def test_the_link_works_after_the_document_was_merged():
    """Asked as a guest, confirmed as a customer of the store."""
    desk = Desk()
    desk.record(replace(signed_up(NOON), identities=(Identity(Kind.EMAIL, "ada@example.com"),)))
    desk.send()
    desk.record(event(Name.CUSTOMER_CREATED, NOON))
    assert desk.page("POST", desk.token())["statusCode"] == 200
    assert desk.consent["state"] == "subscribed"


def test_no_link_does_the_work_of_the_other():
    """An unsubscribe link, bent into /confirm, is not ours; nor the other way round."""
    desk, tokens = Desk(), Tokens(SETTINGS["LINK_KEY"])
    desk.record(signed_up(NOON))
    desk.send()
    entry = desk.customer()["id"], "email", desk.world.mailer.sent[0].tags["message_id"]
    assert desk.page("POST", tokens.unsubscribe(*entry))["statusCode"] == 404
    assert tokens.read(tokens.confirm(*entry)) is None
    assert tokens.read_confirm(tokens.confirm(*entry)) == entry
    assert desk.consent["state"] == "pending"


def test_what_cannot_be_written_is_not_confirmed(monkeypatch):
    """The page says that it did not work, and the same link works afterwards."""
    desk = Desk()
    desk.record(signed_up(NOON))
    desk.send()
    with monkeypatch.context() as patched:
        patched.setattr(desk.world.documents, "save", _conflict)
        assert desk.page("POST", desk.token())["statusCode"] == 503
    assert desk.consent["state"] == "pending"
    assert desk.page("POST", desk.token())["statusCode"] == 200


def test_the_mail_prints_nothing_that_was_submitted():
    """A name is what a stranger would write their advertisement into."""
    desk = Desk()
    desk.record(signed_up(NOON, first_name="Buy Pills"))
    desk.send()
    assert "Pills" not in desk.words()
    assert desk.words().count("Hi there") == 2


def test_consent_stays_on_the_timeline_with_its_evidence():
    """What was asked and answered is kept until it is erased, also when it is older than the memory for the rest."""
    desk = Desk()
    old = NOON - timedelta(days=900)
    desk.record(replace(signed_up(old), received_at=NOON))
    desk.record(viewed(NOON))
    kept = {item["name"]: item for item in desk.world.timeline.read(desk.customer()["id"])}
    assert "expires_at" not in kept["customer_created"]
    assert kept["customer_created"]["properties"]["consent"]["email"]["confirmation"] == "wanted"
    assert "expires_at" in kept["product_viewed"]
    assert desk.consent["at"] == stamp(old)


# When nobody knows whether the mail went out.


def in_doubt(**fields: Any) -> Desk:
    """A desk whose first mail got no answer."""
    desk = Desk(**fields)
    desk.record(signed_up(NOON))
    desk.world.mailer.on_arrival = _lost
    desk.send()
    desk.world.mailer.on_arrival = lambda _: None
    return desk


def test_in_doubt_it_is_sent_again_a_day_later():
    """Not after an hour, when the provider may still tell of it; the same message, once more."""
    desk = in_doubt()
    (message,) = desk.customer()["outbox"]
    desk.run_until(NOON + RESENT_AFTER - timedelta(minutes=1))
    assert desk.customer()["outbox"][message]["status"] == "sending"
    desk.run_until(NOON + RESENT_AFTER + timedelta(minutes=5))
    assert [mail.tags["message_id"] for mail in desk.world.mailer.sent] == [message]


def test_the_providers_word_ends_the_doubt():
    """It went out: it is not sent again."""
    desk = in_doubt()
    (message,) = desk.customer()["outbox"]
    desk.record(
        event(Name.MESSAGE_SENT, NOON + hours(20), properties={"message_id": message, "provider_id": "p"})
    )
    desk.run_until(NOON + timedelta(days=4))
    assert desk.mails == []
    assert desk.customer()["settled"][-1]["status"] == "sent"


def test_the_providers_word_counts_also_when_it_is_queued_again():
    """Late by more than a day: the copy in the queue finds nothing to send."""
    desk = in_doubt()
    (message,) = desk.customer()["outbox"]
    desk.now = NOON + hours(1)
    desk.sweep()
    desk.now = NOON + RESENT_AFTER
    desk.sweep()
    copies = desk.queued()
    desk.record(event(Name.MESSAGE_SENT, desk.now, properties={"message_id": message, "provider_id": "p"}))
    desk.send(copies)
    assert (len(copies), desk.mails) == (1, [])


def test_who_confirmed_meanwhile_is_not_asked_again():
    """The click shows that the mail arrived."""
    desk = in_doubt()
    (message,) = desk.customer()["outbox"]
    token = Tokens(SETTINGS["LINK_KEY"]).confirm(desk.customer()["id"], "email", message)
    desk.now += hours(2)
    desk.page("POST", token)
    desk.run_until(NOON + timedelta(days=4))
    assert (desk.mails, desk.consent["state"]) == ([], "subscribed")


def test_what_may_have_gone_out_is_never_called_skipped():
    """Past its time after one attempt in doubt: unconfirmed, as of that attempt."""
    desk = in_doubt(send_by=Span(days=1, seconds=7200))
    desk.world.mailer.on_arrival = _lost
    desk.run_until(NOON + timedelta(days=4))
    (settled,) = desk.customer()["settled"]
    assert (settled["status"], desk.customer()["outbox"]) == ("unconfirmed", {})
    assert desk.customer()["enrollments"]["confirmation"]["email"]["first_sent_at"] == settled["at"]


@pytest.mark.parametrize("fields", [{"on_doubt_resend": False}, {"send_by": Span(seconds=7200)}])
def test_otherwise_the_doubt_is_final(fields):
    """Without the wish, or where the message would come too late: unconfirmed, and never sent again."""
    desk = in_doubt(**fields)
    desk.run_until(NOON + timedelta(days=5))
    assert (desk.mails, desk.customer()["settled"][-1]["status"]) == ([], "unconfirmed")


def test_marketing_is_never_sent_twice():
    """Also where a release says so."""
    desk = Stage(the_shop=shop(browse(on_doubt_resend=True)))
    desk.record(signed_up(NOON - hours(6)), viewed(NOON - hours(5)))
    desk.world.mailer.on_arrival = _lost
    desk.send()
    desk.world.mailer.on_arrival = lambda _: None
    desk.run_until(NOON + timedelta(days=3))
    assert (desk.mails, desk.customer()["settled"][-1]["status"]) == ([], "unconfirmed")


# What may be published.

SHOP = """
name: Fern & Leaf
url: https://fernleaf.example
postal_address: 1 Garden Row, Bristol BS1 1AA
support_email: hello@fernleaf.example
timezone: Europe/London
currency: GBP
"""
ASKS = """
name: Confirmation
type: transactional
mode: live
trigger: {kind: opt_in}
steps: [{send: email, id: ask, template: ask}]
on_doubt: resend
"""
PAGES = {
    "templates/ask.html": b"---\nsubject: Is it you?\n---\n<a href='{{ confirm_url }}'>Yes</a>",
    "templates/ask.txt": b"{{ confirm_url }}",
}


def problems(shop_file: str = SHOP, asks: str | None = ASKS, templates: Mapping[str, bytes] = PAGES) -> str:
    """All that is wrong, as one text."""
    files = {"shop.yaml": shop_file.encode(), **templates}
    if asks:
        files["campaigns/confirmation.yaml"] = asks.encode()
    return "\n".join(f"{each.key}: {each.text}" for each in read_content(files).problems)


def test_the_shop_can_ask():
    """All of it together is fine."""
    assert problems(SHOP + "double_opt_in: [email]") == ""
    assert problems() == ""


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("type: transactional", "type: marketing"), "type: whoever has not confirmed"),
        (("type: transactional", "type: marketing"), "on_doubt: a marketing mail is never risked twice"),
        (("on_doubt: resend", "on_doubt: always"), "'always' is not possible"),
        (("on_doubt: resend", "exit_on: [{event: order_completed}]"), "exit_on: it ends with"),
        (("on_doubt: resend", "once_per: always"), "once_per: a form can be filled in"),
        (("on_doubt: resend", "once_per: 10 minutes"), "Write '1 hour' or longer"),
        (("send: email", "send: best"), "only e-mail can be confirmed"),
    ],
)
def test_what_such_a_campaign_must_not_say(change, word):
    """Each mistake is told with its remedy."""
    assert word in problems(asks=ASKS.replace(*change))


def test_the_mail_needs_its_link():
    """Without it nobody could ever confirm."""
    assert "needs the link that confirms" in problems(templates={**PAGES, "templates/ask.txt": b"Hello"})


def test_a_shop_that_wants_confirmations_must_ask_for_them():
    """Else everybody would stay pending for ever."""
    told = SHOP + "double_opt_in: [email]"
    assert "double_opt_in: a live campaign" in problems(told, None)
    assert "double_opt_in: a live campaign" in problems(told, ASKS.replace("mode: live", "mode: draft"))


def test_sms_cannot_be_confirmed_yet():
    """It is said, not ignored."""
    assert "'sms' is not possible in this version yet" in problems(SHOP + "double_opt_in: [sms]")


def _lost(_: object) -> None:
    raise InDoubt("no answer")


def _conflict(_: object) -> None:
    raise Conflict("somebody else")
