"""The deployed stack as stores, customers and marketers meet it, and what came of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

from infra.desk.intrinsics import ACCOUNT
from infra.desk.people import find
from infra.second_cloud.ministack import ask
from infra.second_cloud.stack import Stack
from perennial.bootstrap import AwsWorld
from perennial.customer import Customer
from perennial.times import utc_now

SHOPIFY_SECRET, WOOCOMMERCE_SECRET = "shopify-secret", "woocommerce-secret"
_PATIENCE = 90.0  # seconds; processes start anew for each function
_T = TypeVar("_T")


class Answer(NamedTuple):
    status: int
    body: str


class Deployed:
    """One stack, used by all tests: customers are told apart by their numbers."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.world = AwsWorld(stack.environment, utc_now, stack.client)

    def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | str = b""
    ) -> Answer:
        """Over HTTP, to the host of the API."""
        raw = body.encode() if isinstance(body, str) else body
        told = {"content-type": "application/json", **(headers or {}), "host": self.stack.api}
        data = raw if method == "POST" else None
        request = Request(self.stack.url + path, data, told, method=method)  # noqa: S310 - as below
        try:
            with urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 - on this machine
                return Answer(answer.status, answer.read().decode())
        except HTTPError as error:
            return Answer(error.code, error.read().decode())

    def shopify(self, topic: str, body: Mapping[str, Any], secret: str = SHOPIFY_SECRET) -> Answer:
        """A signed webhook."""
        raw = json.dumps(body).encode()
        headers = {
            "x-shopify-topic": topic,
            "x-shopify-shop-domain": "fern.myshopify.com",
            "x-shopify-event-id": uuid4().hex,
            "x-shopify-hmac-sha256": _signed(raw, secret),
        }
        return self.request("POST", "/webhooks/shopify", headers, raw)

    def woocommerce(self, topic: str, body: Mapping[str, Any]) -> Answer:
        """A signed webhook."""
        raw = json.dumps(body).encode()
        headers = {
            "x-wc-webhook-topic": topic,
            "x-wc-webhook-delivery-id": uuid4().hex,
            "x-wc-webhook-source": "https://fernleaf.example/",
            "x-wc-webhook-signature": _signed(raw, WOOCOMMERCE_SECRET),
        }
        return self.request("POST", "/webhooks/woocommerce", headers, raw)

    def subscriber(self, number: int) -> Answer:
        """Shopify tells of somebody who subscribed, and has yet to confirm it."""
        now = datetime.now(UTC).isoformat()
        consent = {"state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": now}
        told = {"created_at": now, "updated_at": now, "email_marketing_consent": consent}
        return self.shopify(
            "customers/create", {"id": number, "email": address(number), "first_name": "Ann", **told}
        )

    def call(self, kind: str, **call: Any) -> Answer:
        """Of the shop's server. Its key stands inside: here it may hold a colon, which a header would not bear."""
        told = {"messageId": uuid4().hex, "timestamp": datetime.now(UTC).isoformat(), **call}
        return self.request(
            "POST", f"/v1/{kind}", body=json.dumps(told | {"writeKey": self.world.setting("SERVER_KEY")})
        )

    def save(self, folder: Path) -> None:
        """Each file into the bucket, and wait until it is live."""
        s3, bucket = self.stack.client("s3"), self.stack.outputs["ContentBucket"]
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            s3.put_object(Bucket=bucket, Key=f"content/{path.relative_to(folder)}", Body=path.read_bytes())
        campaigns = {path.stem for path in (folder / "campaigns").iterdir()}
        until(lambda: self.world.pointer.read() and campaigns <= self._live_campaigns())

    def drop(self, name: str, text: str) -> None:
        """A file into `imports/`, and wait until its report says that it is finished."""
        blobs = self.world.blobs
        blobs.put(f"imports/{name}.csv", text.encode())

        def is_finished() -> bool:
            try:
                return bool(json.loads(blobs.get(f"reports/imports/{name}.json"))["state"] == "finished")
            except KeyError:
                return False

        until(is_finished)

    def mail_to(self, number: int) -> str:
        """The text of the newest mail, once there is one."""

        def newest() -> str | None:
            texts = [str(each["BodyText"]) for each in self.mails() if address(number) in each["To"]]
            return texts[-1] if texts else None

        return until(newest)

    def mails(self) -> list[dict[str, Any]]:
        """What SES took, oldest first."""
        told: list[dict[str, Any]] = ask(self.stack.url, "ses/messages")["messages"].get(ACCOUNT, [])
        return told

    def texts(self) -> Mapping[str, list[dict[str, Any]]]:
        """SMS by number."""
        told: dict[str, list[dict[str, Any]]] = ask(self.stack.url, "sns/sms-messages")["sms_messages"]
        return told

    def customer(self, number: int) -> Customer:
        """By address."""
        found = find(self.world, address(number))
        assert found is not None, "nobody is known by it"
        return found

    def is_known(self, number: int) -> bool:
        """By address."""
        return find(self.world, address(number)) is not None

    def queued(self, queue: str) -> int:
        """Messages in a queue (logical id), taken out for the moment or not."""
        sqs = self.stack.client("sqs")
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        told = sqs.get_queue_attributes(QueueUrl=self.stack.resources[queue], AttributeNames=list(names))
        return sum(int(told["Attributes"][name]) for name in names)

    def _live_campaigns(self) -> set[str]:
        from perennial.live import LiveShop

        return set(LiveShop(self.world.pointer, self.world.blobs, self.world.clock)().campaigns)


def address(number: int) -> str:
    """Of a customer."""
    return f"c{number}@fernleaf.example"


def until(found: Callable[[], _T | None], patience: float = _PATIENCE) -> _T:
    """What is found, once it is; a cloud takes its time."""
    end = time.monotonic() + patience
    while not (it := found()):
        assert time.monotonic() < end, "it has not come"
        time.sleep(0.3)
    return it


def _signed(raw: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
