"""Every flow of every function, once: what each is there for, and what it does after a crash of another."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

from infra.desk.desk import Desk
from infra.desk.intrinsics import arn
from infra.privileges import content
from infra.privileges.shop import Shop, address, guest_of
from on_event.topic_door import TopicDoor
from perennial.messaging.messages import Returned
from perennial.messaging.tokens import Purpose
from perennial.night.tasks import Half, segments
from perennial.recording import Recorder
from perennial.times import stamp
from scheduler import sweep

ALARM = {
    "source": "aws.cloudwatch",
    "detail-type": "CloudWatch Alarm State Change",
    "detail": {"alarmName": "perennial-breaker-complaints", "state": {"value": "ALARM"}},
}
TOPIC = arn("sns", "mail-feedback")
COLUMNS = "customer,ts,order_id,product,category,qty,value,email,email_consent,consent_at\n"


def storefronts(shop: Shop) -> None:
    """Customers, orders, products, watchers, a body too large for a queue, one nobody understands."""
    for number in range(1, 9):
        shop.customer(number)
    shop.product("9.00")
    shop.view(userId="1", anonymousId="a-1")
    shop.order(1, shop.desk.now.isoformat())
    with patch("on_event.news.AT_ONCE", 1):
        shop.view(userId="2", anonymousId="a-2")
        shop.product("7.00")
    noise = random.Random(1).randbytes(700_000).hex()  # noqa: S311 - no secret
    shop.shopify(
        "customers/update", shop.person(3) | {"note": noise, "updated_at": shop.desk.now.isoformat()}
    )
    shop.shopify("orders/create", b"<order/>")


def identities(shop: Shop) -> None:
    """A visitor signs in, devices change hands, an address is shared, somebody has more devices than a document holds."""
    shop.view(anonymousId="a-4")
    shop.view(userId="4", anonymousId="a-4")
    shop.view(userId="5", anonymousId="a-4")
    shop.shopify(
        "customers/update",
        shop.person(6) | {"email": "c5@fernleaf.example", "updated_at": shop.desk.now.isoformat()},
    )
    for number in range(25):
        shop.view(userId="6", anonymousId=f"many-{number}")
    shop.half_merged(7)
    shop.view(anonymousId="7-0")
    for _ in range(40):  # more than the ring of a document holds
        shop.view(userId="1")


def rights(shop: Shop) -> None:
    """A customer asks, and another is forgotten, also after a crash."""
    for number, topic in ((3, "customers/data_request"), (6, "customers/redact")):
        shop.shopify(topic, {"shop_domain": "fern.myshopify.com", "customer": shop.person(number)})
    shop.crashes(9, 8)
    shop.customer(8)


def messages(shop: Shop) -> None:
    """One on each channel; a code out of a pool; a device that was dead and lives again."""
    shop.desk.world.coupons.add(content.POOL, [f"CODE-{number}" for number in range(50)])
    consent = {"sms": {"state": "subscribed"}, "push": {"state": "subscribed"}}
    for platform in ("ios", "android", "ios", "ios"):
        device = {"token": platform * 10, "type": platform}
        shop.call(
            "identify",
            userId="1",
            traits={"phone": "+14155550123", "consent": consent},
            context={"device": device},
        )
        if platform == "ios":
            _kill_endpoints(shop.desk)
        for name in ("wished", "ring_sms", "ring_push", "ring_bus"):
            shop.call("track", userId="1", event=name, properties={})
        shop.desk.advance("10m")


def _kill_endpoints(desk: Desk) -> None:
    sns = desk.client("sns")
    for application in sns.list_platform_applications()["PlatformApplications"]:
        arn_of = application["PlatformApplicationArn"]
        for endpoint in sns.list_endpoints_by_platform_application(PlatformApplicationArn=arn_of)[
            "Endpoints"
        ]:
            sns.set_endpoint_attributes(EndpointArn=endpoint["EndpointArn"], Attributes={"Enabled": "false"})


def pages(shop: Shop) -> None:
    """Each page read and posted, when all is well, when the document cannot be written, and after a crash of a merge."""
    shop.page("POST", "/forms/news", f"email={guest_of(11)}")
    shop.page("POST", "/forms/news", "email=form@fernleaf.example")
    shop.desk.advance("5m")
    shop.customer(11)
    shop.half_merged(11)
    shop.page("POST", shop.path(guest_of(11), Purpose.CONFIRM))
    paths = {purpose: shop.path(address(1), purpose) for purpose in Purpose if purpose != Purpose.CONFIRM}
    for path in paths.values():
        shop.page("GET", path)
    shop.call("track", userId="1", event="wished", properties={})
    shop.later(minutes=2)
    shop.page("POST", paths[Purpose.FEEDBACK], "score=5&text=fine")  # what is due by now leaves at once
    shop.page("POST", paths[Purpose.PREFERENCES], "action=save&shown=t.news")
    shop.page("POST", paths[Purpose.UNSUBSCRIBE])
    with patch.object(Recorder, "record", side_effect=RuntimeError):
        shop.page("POST", paths[Purpose.UNSUBSCRIBE], settle=False)
    shop.desk.settle()


def files(shop: Shop) -> None:
    """A file in more than one call; it meets a guest, a crash of a merge and one of an erasure."""
    many = "".join(
        f"50,2026-01-{day:02},F{day}{part},61,Tea,1,5.00,c50@fernleaf.example,,\n"
        for day in range(1, 29)
        for part in "ab"
    )
    today = shop.desk.now.isoformat()
    many += f"51,{today},,,,,,c51@fernleaf.example,subscribed,{today}\n"
    shop.crashes(13, 14)
    for number, mail in ((1, address(1)), (13, guest_of(13)), (14, address(14))):
        many += f"{number},2026-01-05,G{number},61,Tea,1,5.00,{mail},,\n"
    with patch("on_event.files.LEAST_TIME", 1e9):
        shop.file("till.csv", COLUMNS + many)


def night(shop: Shop) -> None:
    """A late order to be refolded, the pass of a small shop and that of a large one."""
    shop.order(50, "2025-06-01T12:00:00Z")
    shop.desk.night()
    with patch("scheduler.nightly.LEAST_TIME", timedelta(days=1)):
        queue, now = shop.desk.world.nightly_queue, stamp(shop.desk.now)
        queue.put([each.body() for each in segments("large", now, Half.GATHER)])
        shop.desk.settle()


def minutes(shop: Shop) -> None:
    """The sweep hands shards on, takes codes back, and finishes what died."""
    world = shop.desk.world
    shop.crashes(15, 16)
    customer = world.documents.load([shop.id_of("1")])[shop.id_of("1")]
    customer["returned"] = [
        Returned(pool=content.POOL, code="CODE-4", message="m", look_at=stamp(shop.desk.now))
    ]
    customer["wake_at"] = stamp(shop.desk.now)
    world.documents.save(customer)
    shop.call("track", userId="2", event="wished", properties={})
    with patch.object(sweep, "PAGES_INLINE", 0):
        shop.desk.sweep()
    shop.desk.advance("10m")


def marketers(shop: Shop) -> None:
    """A file that goes live, one that cannot, and the same once mended."""
    file = shop.folder / "campaigns" / "bus.yaml"
    good = file.read_text(encoding="utf-8")
    for text in (good + "priority: 60\n", "mode: perhaps\n", good):
        file.write_text(text, encoding="utf-8")
        shop.desk.notice_saves()


def alarms(shop: Shop) -> None:
    """The breaker; and a topic that asks whether we want what it sends."""
    shop.desk.deliver(ALARM)
    shop.desk.world.pointer.resume("*")
    asked = {
        "Type": "SubscriptionConfirmation",
        "TopicArn": TOPIC,
        "Token": "t0ken",
        "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
        "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/a.pem",
        "SignatureVersion": "2",
        "Signature": "AAAA",
        **dict.fromkeys(("Message", "MessageId", "Timestamp"), "-"),
    }
    # Nobody here can sign as AWS does: that the signature is checked is shown elsewhere.
    with patch.object(TopicDoor, "_check_signature"):
        shop.desk.request("POST", "/webhooks/sns", {}, json.dumps(asked))


FLOWS: tuple[Callable[[Shop], None], ...] = (
    storefronts,
    identities,
    rights,
    messages,
    pages,
    files,
    night,
    minutes,
    marketers,
    alarms,
)
