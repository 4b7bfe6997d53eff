"""A function behind a queue: does what the message says, and notes when."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from email.message import EmailMessage
from typing import Any, NamedTuple

from perennial.bootstrap import Handle


class Seen(NamedTuple):
    """One message in one batch."""

    at: datetime
    body: dict[str, Any]
    receives: int
    batch: int


seen: list[Seen] = []


def build(world: Any) -> Handle:
    def handle(event: dict[str, Any], context: Any) -> Any:
        failures = []
        for record in event["Records"]:
            body = json.loads(record["body"])
            receives = int(record["attributes"]["ApproximateReceiveCount"])
            seen.append(Seen(world.clock(), body, receives, len(event["Records"])))
            if body.get("do") == "raise":
                raise RuntimeError("raised on purpose")
            if body.get("do") == "fail" and receives <= body.get("times", 99):
                logging.getLogger("worker").error("not today")
                failures.append({"itemIdentifier": record["messageId"]})
            if body.get("do") == "mail":
                _mail(world, body["to"])
            if body.get("do") == "publish":
                world._client("sns").publish(TopicArn=body["to"], Message="to all")
            if body.get("do") == "read":
                world._client("s3").get_object(Bucket=body["to"], Key="k")
            if body.get("do") == "text":
                _text(world, body["to"])
        return {"batchItemFailures": failures}

    return handle


def _mail(world: Any, to: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = world.setting("SENDER_EMAIL"), to, "Grüße"
    message["List-Unsubscribe"] = "<https://shop.example/u>"
    message.set_content("plain words")
    message.add_alternative("<p>words & more</p>", subtype="html")
    world._client("sesv2").send_email(
        FromEmailAddress=world.setting("SENDER_EMAIL"),
        Destination={"ToAddresses": [to]},
        Content={"Raw": {"Data": message.as_bytes()}},
        EmailTags=[{"Name": "message_id", "Value": "m1"}, {"Name": "campaign", "Value": "winback"}],
        ConfigurationSetName=world.setting("CONFIGURATION_SET"),
    )


def _text(world: Any, to: str) -> None:
    attributes = {"step": {"DataType": "String", "StringValue": "first"}}
    world._client("sns").publish(PhoneNumber=to, Message="short words", MessageAttributes=attributes)
