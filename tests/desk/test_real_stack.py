"""The desk with the real template, the real functions and the real content: one customer's way, and back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.desk.desk import Desk
from infra.desk.gateway import Request
from infra.desk.keys import Keys
from infra.desk.local import Local

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 10:00 in the shop's zone
WEBHOOKS = Path(__file__).parents[1] / "events" / "shopify"
ANN = "ann.visitor@example.com"


@pytest.fixture(scope="module")
def one_desk() -> Iterator[Desk]:
    """One for all tests here."""
    with Desk(start=MONDAY, url="http://127.0.0.1:8787") as desk:
        yield desk
        assert desk.permissions.missing == []  # what roles do not allow


@pytest.fixture
def desk(one_desk: Desk) -> Desk:
    """Empty, with the content live."""
    one_desk.reset()
    one_desk.lose_send_events = False
    return one_desk


def webhook(desk: Desk, topic: str, body: dict[str, Any], secret: str = Keys().shopify_secret) -> int:
    """Signed as Shopify signs; the status of the answer."""
    raw = json.dumps(body).encode()
    signature = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
    headers = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": signature,
        "X-Shopify-Shop-Domain": "alder.myshopify.com",
        "X-Shopify-Webhook-Id": hashlib.sha256(raw).hexdigest(),
        "X-Shopify-Event-Id": hashlib.sha256(raw).hexdigest()[:32],
        "X-Shopify-Triggered-At": desk.now.isoformat(),
        "Content-Type": "application/json",
    }
    return desk.request("POST", "/webhooks/shopify", headers, raw).status


def track(desk: Desk, event: str, properties: dict[str, Any]) -> int:
    """From the browser of Ann."""
    body = {
        "messageId": f"{event}-{desk.now.isoformat()}",
        "userId": "7001",
        "anonymousId": "device-1",
        "event": event,
        "properties": properties,
    }
    key = base64.b64encode(b"local:").decode()
    headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}
    return desk.request("POST", "/v1/track", headers, json.dumps(body)).status


def subscribe(desk: Desk) -> None:
    """Ann, with consent to mail, and the product she will look at."""
    now = desk.now.isoformat()
    consent = {"state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": now}
    customer = {"id": 7001, "email": ANN, "first_name": "Ann", "created_at": now, "updated_at": now}
    assert webhook(desk, "customers/create", customer | {"email_marketing_consent": consent}) == 200
    product = {
        "id": 9001,
        "title": "Thyme in a pot",
        "handle": "thyme",
        "updated_at": now,
        "status": "active",
    }
    variant = {"id": 1, "product_id": 9001, "price": "7.50", "inventory_quantity": 5}
    assert webhook(desk, "products/update", product | {"variants": [variant]}) == 200


def test_a_view_becomes_one_mail_and_the_mail_is_settled(desk: Desk) -> None:
    """Through receive, record, sweep, send and the Send event; without dead letters."""
    subscribe(desk)
    assert track(desk, "Product Viewed", {"product_id": "9001"}) == 200
    assert desk.outbox() == []
    desk.advance("30h")
    welcome, mail = desk.outbox()  # whoever signs up is welcomed first, and the cap keeps the two apart
    assert (welcome["to"], welcome["campaign"]) == (ANN, "welcome")
    assert (mail["to"], mail["campaign"], mail["channel"]) == (ANN, "browse", "email")
    assert "Thyme in a pot" in mail["html"] and "Thyme in a pot" in mail["text"]
    found = desk.customer(ANN.upper())
    assert found and found["document"]["consent"]["email"]["state"] == "subscribed"
    assert found["document"]["first_name"] == "Ann" and found["document"]["orders_count"] == 0
    assert "product_viewed" in [each["name"] for each in found["timeline"]]
    assert [each["status"] for each in found["document"]["settled"]] == ["sent", "sent"]
    assert desk.dead_letters() == []


def test_the_link_in_the_mail_unsubscribes_for_good(desk: Desk) -> None:
    """Looking at the page changes nothing; posting it does, at once and for 400 days."""
    subscribe(desk)
    track(desk, "Product Viewed", {"product_id": "9001"})
    desk.advance("30h")
    link = desk.outbox()[0]["headers"]["List-Unsubscribe"].strip("<>")
    path = urlsplit(link).path
    assert link.startswith("http://127.0.0.1:8787/unsubscribe/")
    assert desk.request("GET", path).status == 200
    assert state_of_mail(desk) == "subscribed"
    form, sent_before = {"content-type": "application/x-www-form-urlencoded"}, desk.outbox()
    assert desk.request("POST", path, form, "List-Unsubscribe=One-Click").status == 200
    assert state_of_mail(desk) == "unsubscribed"
    for _ in range(4):
        desk.advance("100d")
        track(desk, "Product Viewed", {"product_id": "9001"})
    desk.advance("2d")
    assert desk.outbox() == sent_before
    found = desk.customer("7001")
    assert found and found["explanation"]["browse"]["verdict"] != "sent"


def state_of_mail(desk: Desk) -> str:
    """Of Ann's consent to mail."""
    found = desk.customer("device-1")
    assert found
    return str(found["document"]["consent"]["email"]["state"])


def test_without_send_events_the_mail_is_not_repeated(desk: Desk) -> None:
    """SES's events are best effort; nothing depends on them."""
    desk.lose_send_events = True
    subscribe(desk)
    track(desk, "Product Viewed", {"product_id": "9001"})
    desk.advance("10d")
    sent = [(each["campaign"], each["step"]) for each in desk.outbox()]
    assert ("browse", "reminder") in sent and ("welcome", "hello") in sent
    assert len(sent) == len(set(sent))


def test_a_wrong_signature_leaves_nothing(desk: Desk) -> None:
    """401, and nobody is known by it."""
    customer = {"id": 7001, "email": ANN, "updated_at": desk.now.isoformat()}
    assert webhook(desk, "customers/create", customer, secret="guessed") == 401
    assert desk.customer(ANN) is None and desk.dead_letters() == []


def test_what_no_translator_knows_is_answered_and_set_aside(desk: Desk) -> None:
    """A shop that gets errors drops the subscription; the body waits for someone to look."""
    assert webhook(desk, "unheard/of", {"marker": "kept as it was"}) == 200
    (letter,) = desk.dead_letters()
    assert letter["queue"] == "RejectedQueue" and "unheard/of" in letter["reason"]
    assert json.loads(letter["body"]) == {"marker": "kept as it was"}


def test_a_year_alone_is_quick_and_quiet(desk: Desk) -> None:
    """Whoever signs up and is not heard of again is welcomed, and then left alone."""
    subscribe(desk)
    desk.advance("30d")
    welcomed = desk.outbox()
    assert {each["campaign"] for each in welcomed} == {"welcome"}
    desk.advance("335d")
    assert desk.outbox() == welcomed and desk.dead_letters() == []


def test_customers_are_shown_by_any_identity(desk: Desk) -> None:
    """Through the desk's own route: store id, e-mail in any case, device, our id; 404 for a stranger."""
    subscribe(desk)
    track(desk, "Product Viewed", {"product_id": "9001"})
    local = Local(desk)
    found = [
        local(Request("GET", f"/_local/customers/{each}", {}, b""))
        for each in ("7001", "ANN.visitor%40example.com")
    ]
    ids = {json.loads(each.body)["document"]["id"] for each in found}
    assert len(ids) == 1
    assert desk.customer("device-1") == desk.customer(ids.pop()) == json.loads(found[0].body)
    assert local(Request("GET", "/_local/customers/nobody", {}, b"")).status == 404


def test_a_desk_whose_content_is_wrong_does_not_stay(desk: Desk, tmp_path: Path) -> None:
    """A missing folder is named."""
    with pytest.raises(FileNotFoundError, match="nowhere"):
        desk.publish(tmp_path / "nowhere")


def test_keys_can_be_set() -> None:
    """Each by its variable; an empty one counts as not set."""
    keys = Keys.of(
        {"PERENNIAL_WRITE_KEY": "w", "PERENNIAL_SERVER_KEY": "", "PERENNIAL_SHOPIFY_DOMAIN": "a.example"}
    )
    assert keys == Keys(write="w", shopify_domain="a.example")


def test_nights_pass_on_the_desk(desk: Desk) -> None:
    """The clock stops for each; the stage is brought up to date, and what was published new finds its customers."""
    subscribe(desk)
    desk.advance("3d")
    found = desk.customer(ANN)
    assert found and found["document"]["lifecycle"]["stage"]["name"] == "reach"
    assert found["document"]["rfm_group"] == "Prospects"
    assert desk.dead_letters() == []


def test_a_customer_is_told_all_and_then_forgotten(desk: Desk) -> None:
    """The two routes of the desk that `perennial export` and `perennial erase` ask, and Shopify's own request."""
    subscribe(desk)
    local = Local(desk)

    def ask(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = local(Request(method, f"/_local/{path}", {}, json.dumps(body).encode()))
        return answer.status, json.loads(answer.body)

    assert webhook(desk, "customers/data_request", {"customer": {"id": 7001, "email": ANN}}) == 200
    desk.settle()
    status, told = ask("GET", "export/ann.visitor%40example.com")
    assert (status, told["document"]["traits"]["first_name"]) == (200, "Ann")
    assert [item["name"] for item in told["timeline"]] == ["customer_created", "data_requested"]
    (answer,) = desk.world.blobs.stored("reports/requests/")
    assert ANN.encode() in desk.world.blobs.get(answer.key)
    assert ask("POST", "erase", {"customer": ANN}) == (200, {"erased": told["customer"]})
    assert [ask("GET", "export/7001")[0], ask("POST", "erase", {"customer": ANN})[0]] == [404, 404]
    desk.advance("6m")
    assert desk.dead_letters() == []
