"""One shop, its customers and its clock, over clients of one's choice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from infra.bench import people
from infra.bench.release import catalogue, published
from infra.bench.services import Services
from perennial.adapters.table import key, text
from perennial.bootstrap import AwsWorld
from perennial.customer import Customer
from perennial.shop import release_key

SETTINGS = {
    "DOCUMENTS_TABLE": "documents",
    "TIMELINE_TABLE": "timeline",
    "CONTENT_BUCKET": "content",
    "SIGNED_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/signed",
    "BROWSER_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/browser",
    "SHARDS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/shards",
    "SEND_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/send",
    "REJECTED_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/rejected",
    "IDENTITY_KEY": "identity-key-of-the-bench",
    "LINK_KEY": "link-key-of-the-bench",
    "PUBLIC_URL": "https://mail.alder-and-thyme.example",
    "SENDER_EMAIL": "hello@alder-and-thyme.example",
    "CONFIGURATION_SET": "shop",
    "SEND_MODE": "live",
    "SES_SHARE": "50",
    "TIMELINE_DAYS": "400",
    "WRITE_KEY": "browser-key",
    "SERVER_KEY": "server-key",
    "SHOPIFY_SECRET": "shopify-secret",
}
MINUTE_LEFT = 60_000


class Context:
    """What Lambda tells a handler of its time."""

    def get_remaining_time_in_millis(self) -> int:
        return MINUTE_LEFT


class Stage:
    """A world whose clock stands still until it is set. client: stands in for `boto3.client`, by default without work."""

    def __init__(self, services: Services, client: Callable[..., Any] | None = None) -> None:
        self.services = services
        self.now = people.NOW
        self.world = AwsWorld(SETTINGS, lambda: self.now, client or services.client)

    def open(self) -> Stage:
        """Put the release and the catalogue where the handlers look for them."""
        release, data = published()
        self.services.s3.objects[release_key(release)] = data
        item = key("SHOP#LIVE", "DOC") | {"release": text(release)}
        self.services.dynamodb.put_item(TableName=SETTINGS["DOCUMENTS_TABLE"], Item=item)
        self.world.catalogue.learn(catalogue())
        return self

    def settle_in(self, customers: Iterable[tuple[int, Customer]]) -> None:
        """Store customers and their identities; each comes with its number."""
        for number, customer in customers:
            self.world.documents.claim(customer, people.identities(number))

    def forget_the_release(self) -> None:
        """Let the cache of the live release run out, as it does between two invocations: the next one asks again."""
        self.now += timedelta(seconds=11)


def records(bodies: Sequence[str]) -> dict[str, Any]:
    """What Lambda gets of a queue."""
    return {"Records": [{"messageId": f"m-{nth}", "body": body} for nth, body in enumerate(bodies)]}


def tracked(number: int, nth: int, product: str, at: datetime) -> dict[str, Any]:
    """An event of API Gateway: a browser tells of one product view."""
    store, _, device = people.identities(number)
    page = {
        "path": f"/products/{product}",
        "referrer": "https://www.alder-and-thyme.example/collections/tea",
        "search": "",
        "title": "Evening Tea with Lemon Balm and Verbena",
        "url": f"https://www.alder-and-thyme.example/products/{product}",
    }
    agent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    call = {
        "event": "Product Viewed",
        "properties": {
            "product_id": product,
            "name": page["title"],
            "price": 18.5,
            "currency": "USD",
            "category": "Tea",
        },
        "messageId": f"ajs-next-{number}-{nth}-{at:%H%M%S}-77b1c5e0",
        "anonymousId": device.value,
        "userId": store.value,
        "timestamp": at.isoformat(),
        "sentAt": at.isoformat(),
        "context": {"page": page, "locale": "en-US", "timezone": "America/New_York", "userAgent": agent},
        "writeKey": SETTINGS["WRITE_KEY"],
    }
    http = {"method": "POST", "path": "/v1/track"}
    return {"rawPath": "/v1/track", "headers": {}, "requestContext": {"http": http}, "body": json.dumps(call)}
