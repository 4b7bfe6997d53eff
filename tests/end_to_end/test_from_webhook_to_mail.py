"""From a storefront's webhook to the right message: the whole way on the cloud on the desk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.storefront import Storefront, signature

PAYLOADS = Path(__file__).parents[3] / "shared" / "payloads" / "shopify"


def test_a_view_without_a_purchase_brings_one_mail(storefront: Storefront) -> None:
    """One customer with consent looks and leaves: one mail about it, and the explanation says so."""
    storefront.customer(1)
    assert storefront.view(1, "55") == 200
    storefront.desk.advance("10d")
    (mail,) = [each for each in storefront.mails(1) if each["campaign"] != "welcome"]  # every subscriber's
    assert mail["campaign"] == "browse"
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert storefront.verdict(1, "browse") == "sent"


def test_an_order_before_the_mail_is_due_stops_it(storefront: Storefront) -> None:
    """None is sent, and the order is named as the reason."""
    storefront.customer(1)
    storefront.view(1, "55")
    storefront.desk.advance("1h")
    order = storefront.order(1, 55, "Green tea")
    storefront.desk.advance("10d")
    assert "browse" not in [mail["campaign"] for mail in storefront.mails(1)]
    explained = storefront.seen(1)["explanation"]["browse"]
    assert (explained["verdict"], explained["facts"]["order"]) == ("exited_by", str(order["id"]))


def test_whoever_unsubscribes_gets_nothing_for_four_hundred_days(storefront: Storefront) -> None:
    """The link of a real mail: GET shows a page, only POST unsubscribes; the reason stays readable."""
    storefront.customer(1)
    storefront.view(1, "55")
    storefront.desk.advance("1d")
    link = storefront.mails(1)[0]["headers"]["List-Unsubscribe"].strip("<>")
    path = link[link.index("/unsubscribe/") :]
    assert storefront.desk.request("GET", path).status == 200
    assert storefront.seen(1)["document"]["consent"]["email"]["state"] == "subscribed"
    assert storefront.desk.request("POST", path, body="List-Unsubscribe=One-Click").status == 200
    assert storefront.seen(1)["document"]["consent"]["email"]["state"] == "unsubscribed"
    storefront.desk.advance("30d")
    storefront.view(1, "56")
    storefront.order(1, 55, "Green tea")
    storefront.desk.advance("400d")
    assert len(storefront.mails(1)) == 1
    assert storefront.verdict(1, "winback") == "no_consent"


def test_create_paid_and_updated_are_one_order_and_a_repeated_webhook_has_one_effect(
    storefront: Storefront,
) -> None:
    """However it is told, and however often."""
    body = storefront.order(1, 55, "Green tea")
    for topic in ("orders/paid", "orders/updated", "orders/paid"):
        paid = {**body, "financial_status": "paid", "updated_at": storefront.desk.now.isoformat()}
        assert storefront.webhook(topic, paid, event_id=topic) == 200
    seen = storefront.seen(1)
    assert seen["document"]["orders_count"] == 1
    assert sorted(item["name"] for item in seen["timeline"]) == [
        "order_completed",
        "order_paid",
        "order_updated",
    ]


def test_a_wrong_signature_leaves_nothing(storefront: Storefront) -> None:
    """401, no customer, no dead letter."""
    body = json.dumps({"id": 1, "email": "c1@example.com"}).encode()
    forged = signature(body, secret=b"somebody else's")
    assert storefront.webhook("customers/create", body, signed=forged) == 401
    assert storefront.desk.customer("c1@example.com") is None
    assert storefront.desk.dead_letters() == []


def test_a_consumable_bought_every_thirty_days_is_reminded_of_once_before_it_runs_out(
    storefront: Storefront,
) -> None:
    """After the third purchase: one mail, in the week before the fourth is due, naming the product."""
    storefront.customer(1)
    for _ in range(3):
        storefront.order(1, 77, "Oat shampoo")
        storefront.desk.advance("30d")
    after_third = [mail for mail in storefront.mails(1) if mail["campaign"] == "replenishment"]
    (reminder,) = [mail for mail in after_third if mail["sent_at"] > _days_ago(storefront, 30)]
    assert "Oat shampoo" in reminder["subject"] + reminder["html"]
    assert _days_ago(storefront, 8) < reminder["sent_at"] < _days_ago(storefront, 0)


def test_silence_far_beyond_their_own_rhythm_brings_the_winback(storefront: Storefront) -> None:
    """A monthly buyer who stopped hears from the shop, and the mail names what they used to buy."""
    storefront.customer(1)
    for _ in range(4):
        storefront.order(1, 77, "Oat shampoo")
        storefront.desk.advance("30d")
    assert "winback" not in [mail["campaign"] for mail in storefront.mails(1)]
    storefront.desk.advance("60d")
    winback = [mail for mail in storefront.mails(1) if mail["campaign"] == "winback"]
    assert winback
    assert "Oat shampoo" in winback[0]["html"]


def _days_ago(storefront: Storefront, days: int) -> str:
    from datetime import timedelta

    from perennial.times import stamp

    return stamp(storefront.desk.now - timedelta(days=days))


@pytest.mark.skipif(not PAYLOADS.is_dir(), reason="real requests of Shopify are not beside this checkout")
def test_real_requests_of_shopify_arrive(storefront: Storefront) -> None:
    """Each recorded request, signed with the local secret, is answered 200, and its customer can be looked up."""
    for entry in json.loads((PAYLOADS / "index.json").read_text()):
        raw = (PAYLOADS / entry["file"]).read_bytes()
        event_id = entry["headers"]["X-Shopify-Event-Id"]
        assert storefront.webhook(entry["topic"], raw, event_id=event_id) == 200
        assert storefront.webhook(entry["topic"], raw, event_id=event_id) == 200
    for identity in ("bob@biller.com", "115310627314723950", "bob.norman@hostmail.com"):
        assert storefront.desk.customer(identity) is not None
    order = storefront.desk.customer("bob.norman@hostmail.com")
    assert order is not None
    assert order["document"]["orders_count"] == 1
