"""Consent: which of several words counts, whatever order they come in, and what a shop with double opt-in makes of a yes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from on_event.orders_file.rows import Terms, read_row
from on_event.segment.customers import consent as segment_consent
from on_event.shopify.customers import subscriber_of
from perennial.customer import new
from perennial.events import Name
from perennial.folding.absorb import absorb
from perennial.folding.consent import is_wanted, under_double_opt_in
from perennial.forecast.gaps import IntervalTables
from perennial.people.identities import Identity, Kind
from perennial.shop import Form, pack, unpack
from perennial.times import stamp, zone_of
from tests.making import NOON, SETTINGS, customer, event, hours

EMAIL = ["email"]


def said(state, hour=0.0, confirmation=None, source="shopify"):
    """One word on e-mail, as an event."""
    at = NOON + hours(hour)
    word = {"state": state, "at": stamp(at), "source": source, "evidence": f"w{hour}"}
    if confirmation:
        word["confirmation"] = confirmation
    return event(Name.CONSENT_CHANGED, at, properties={"consent": {"email": word}})


def wanted(hour):
    return said("pending", hour, "wanted")


def state(*events):
    return customer(*events)["consent"]["email"]["state"]


def in_any_order(*events):
    """The state all orders agree on."""
    (found,) = {state(*order) for order in permutations(events)}
    return found


def test_a_yes_waits_for_its_confirmation_where_the_shop_wants_one():
    """The source, time and evidence stay; only what it counts for changes."""
    (ruled,) = under_double_opt_in(said("subscribed", 1), EMAIL).properties["consent"].values()
    assert ruled == {**wanted(1).properties["consent"]["email"]}


@pytest.mark.parametrize(
    "told",
    [
        said("subscribed", 1, "given"),
        said("unsubscribed"),
        said("not_subscribed"),
        said("pending"),
        event(Name.CUSTOMER_UPDATED, NOON),
    ],
)
def test_all_else_is_taken_as_it_is(told):
    """A confirmed yes, a no, and a pending that is the store's own affair."""
    assert under_double_opt_in(told, EMAIL) is told


def test_without_double_opt_in_nothing_changes():
    """It is an option, and none by default."""
    told = said("subscribed")
    assert under_double_opt_in(told, ()) is told


@pytest.mark.parametrize(
    "told", [said("subscribed", 1, "given"), said("unsubscribed"), said("pending"), wanted(1)]
)
@pytest.mark.parametrize("channels", [(), EMAIL])
def test_a_public_sender_can_only_ask_to_be_asked(told, channels):
    """Whatever it says: where the shop wants no confirmation nothing is left, else only the wish."""
    public = event(told.name, NOON, properties=told.properties, trusted=False)
    ruled = under_double_opt_in(public, channels)
    kept = bool(channels) and is_wanted(told.properties["consent"]["email"])
    assert ("consent" in ruled.properties) == kept
    assert ("email" in customer(ruled)["consent"]) == kept


def test_asking_again_takes_nothing_away():
    """Anybody can type a subscriber's address into a form: they stay subscribed, confirmed or from before."""
    assert in_any_order(said("subscribed", 1), wanted(2)) == "subscribed"
    assert in_any_order(said("subscribed", 1, "given"), wanted(2), wanted(3)) == "subscribed"
    assert in_any_order(said("subscribed", 1), wanted(1)) == "subscribed"


def test_a_refusal_ends_both_and_only_asking_after_it_counts():
    """What was asked before a no is over with it."""
    assert in_any_order(said("subscribed", 1), wanted(2), said("unsubscribed", 3)) == "unsubscribed"
    assert in_any_order(said("subscribed", 1), said("unsubscribed", 2), wanted(3)) == "pending"
    assert in_any_order(said("unsubscribed", 2), wanted(3), said("subscribed", 1, "given")) == "pending"
    assert in_any_order(said("unsubscribed", 2), wanted(2)) == "unsubscribed"


def test_the_confirmation_counts_from_when_it_is_given():
    """Also when the store tells of the same unconfirmed yes once more afterwards."""
    assert in_any_order(wanted(1), said("subscribed", 2, "given", "confirm_link")) == "subscribed"
    assert (
        in_any_order(said("not_subscribed", 0), wanted(1), said("subscribed", 2, "given"), wanted(3))
        == "subscribed"
    )


def test_a_pending_of_the_stores_own_is_a_word_like_any_other():
    """The store knows better than its own older word."""
    assert in_any_order(said("subscribed", 1), said("pending", 2)) == "pending"
    assert in_any_order(said("pending", 1), said("subscribed", 2)) == "subscribed"


words = st.builds(
    said,
    st.sampled_from(["subscribed", "not_subscribed", "unsubscribed", "pending"]),
    st.integers(0, 4),
    st.sampled_from([None, "given"]),
) | st.builds(wanted, st.integers(0, 4))


@given(st.lists(words, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_words_never_matters(told, random):
    """Any order of any words, repeated or not, leaves the same consent, and one that does not count beside it."""
    first = customer(*told)
    shuffled = [*told, random.choice(told)]
    random.shuffle(shuffled)
    second = customer(*shuffled)
    assert (first["consent"], first.get("consent_beside")) == (
        second["consent"],
        second.get("consent_beside"),
    )


@given(st.lists(st.lists(words, min_size=1, max_size=3), min_size=3, max_size=3))
def test_the_order_of_merges_never_matters(parts):
    """Three documents of one person, joined in any order: one consent."""
    documents = []
    for number, told in enumerate(parts):
        document = customer(*told)
        document["id"] = f"g{number}"
        documents.append(document)
    results = set()
    for order in permutations(documents):
        whole = new("k")
        for each in order:
            whole = absorb(whole, each)
        results.add(str((whole["consent"]["email"], whole.get("consent_beside"))))
    assert len(results) == 1


def test_merging_takes_the_stricter_word():
    """A guest's no holds for the customer too, and a stranger's wish takes nothing from a subscriber."""
    yes, no, wish = customer(said("subscribed", 5)), customer(said("unsubscribed", 1)), customer(wanted(9))
    no["id"], wish["id"] = "g1", "g2"
    assert absorb(yes, no)["consent"]["email"]["state"] == "unsubscribed"
    assert absorb(yes, wish)["consent"]["email"]["state"] == "subscribed"


def test_a_form_gives_an_address_only_to_the_document_of_that_address():
    """A browser's e-mail is never a trait; a form's is, until a trusted source says another."""
    form = event("form_submitted", NOON, trusted=False, identities=(Identity(Kind.EMAIL, "a@b.example"),))
    form = event(
        "form_submitted",
        NOON,
        trusted=False,
        identities=form.identities,
        properties={"traits": {"email": "a@b.example"}},
    )
    browser = event("identified", NOON, trusted=False, properties={"traits": {"email": "evil@b.example"}})
    told = event(
        Name.CUSTOMER_UPDATED, NOON - timedelta(days=9), properties={"traits": {"email": "real@b.example"}}
    )
    assert customer(form)["traits"] == {"email": "a@b.example"}
    assert customer(browser)["traits"] == {}
    assert customer(told, form)["traits"] == customer(form, told)["traits"] == {"email": "real@b.example"}


@pytest.mark.parametrize(
    ("level", "confirmation"), [("confirmed_opt_in", "given"), ("single_opt_in", None), (None, None)]
)
def test_shopify_says_whether_the_customer_confirmed(level, confirmation):
    """Its double opt-in is as good as ours."""
    statement = {"state": "subscribed", "opt_in_level": level, "consent_updated_at": stamp(NOON)}
    person = subscriber_of({"customer_id": 7, "email_marketing_consent": statement})
    (word,) = [person.properties(stamp(NOON), "customers/update")["consent"]["email"]]
    assert word.get("confirmation") == confirmation


def test_a_server_says_whether_the_customer_confirmed():
    """Only beside a yes, and only in so many words."""
    told = [
        {"state": "subscribed", "confirmed": True},
        {"state": "subscribed", "confirmed": "yes"},
        {"state": "unsubscribed", "confirmed": True},
    ]
    calls = [{"type": "identify", "traits": {"consent": {"email": each}}} for each in told]
    found = [segment_consent(call, NOON)["email"].get("confirmation") for call in calls]
    assert found == ["given", None, None]


def test_an_orders_file_says_whether_the_customer_confirmed():
    """The word `confirmed` instead of `subscribed`."""
    terms = Terms(zone_of("Europe/London"), "GBP", NOON)
    cells = {"customer": "1", "ts": "2026-03-01T10:00:00Z", "email": "ada@example.com"}
    words = [
        read_row(cells | {"email_consent": word}, terms).consent["email"]
        for word in ("Confirmed", "subscribed")
    ]
    assert [(each["state"], each.get("confirmation")) for each in words] == [
        ("subscribed", "given"),
        ("subscribed", None),
    ]


def test_a_release_carries_the_option_and_the_forms():
    """As published, as read; a release from before them has neither."""
    thanks = "https://fernleaf.example/thanks"
    forms = {name: {"channels": ["email"], "redirect": to} for name, to in (("news", thanks), ("foot", None))}
    settings = {**asdict(SETTINGS), "double_opt_in": ["email"], "forms": forms}
    content = {
        "settings": settings,
        "campaigns": [],
        "templates": {},
        "intervals": IntervalTables().to_json(),
    }
    live = unpack(*pack(content)).settings
    assert live.double_opt_in == ("email",)
    assert live.forms == {"news": Form(("email",), thanks), "foot": Form(("email",))}
    older = {key: value for key, value in settings.items() if key not in ("double_opt_in", "forms")}
    assert unpack(*pack({**content, "settings": older})).settings.forms == {}
