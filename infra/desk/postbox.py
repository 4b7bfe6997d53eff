"""The part of SES, SNS and EventBridge that moto leaves out: what was sent, with its tags, and the events that follow.

moto drops tags, so the calls themselves are watched: an entry is made when a call was answered.
"""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from infra.desk.intrinsics import ACCOUNT, REGION, arn
from perennial.times import Clock, stamp

DAILY, PER_SECOND = 50_000.0, 14.0  # the quota of an account that has left the sandbox
_DAY = timedelta(hours=24)
_PARAMS = "desk_params"


class Postbox:
    """Messages that left, oldest first, and the SES events not yet delivered."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []

    def watch(self, session: Any) -> None:
        """Watch every client the session makes from now on."""
        watched = {
            "sesv2.SendEmail": self._mail_taken,
            "sns.Publish": self._text_taken,
            "events.PutEvents": self._events_taken,
        }
        for operation, taken in watched.items():
            session.events.register(f"provide-client-params.{operation}", _remember)
            session.events.register(f"after-call.{operation}", taken)
        session.events.register("before-call.ses.GetSendQuota", self._quota)

    def entries(self) -> list[dict[str, Any]]:
        """id, customer_id, campaign, step, variant, channel, to, subject, html, text, headers, sent_at, provider_id."""
        return list(self._entries)

    def take_events(self) -> list[dict[str, Any]]:
        """The Send events of mails that were accepted since the last call."""
        events, self._events = self._events, []
        return events

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._events.clear()

    def _mail_taken(
        self, http_response: Any, parsed: Mapping[str, Any], context: Mapping[str, Any], **_: Any
    ) -> None:
        if http_response.status_code >= 300:
            return
        params, provider_id = context[_PARAMS], parsed["MessageId"]
        tags = {each["Name"]: each["Value"] for each in params.get("EmailTags", [])}
        message = email.message_from_bytes(params["Content"]["Raw"]["Data"], policy=email.policy.default)
        to = params["Destination"]["ToAddresses"]
        entry = {
            "to": ", ".join(to),
            "subject": str(message.get("subject", "")),
            "html": _part(message, "html"),
            "text": _part(message, "plain"),
            "headers": {name: str(value) for name, value in message.items()},
        }
        self._add("email", provider_id, tags, entry)
        if params.get("ConfigurationSetName"):
            mail = _mail(params["ConfigurationSetName"], provider_id, to, tags, message, self._clock())
            self._events.append(send_event(mail, self._clock()))

    def _text_taken(
        self, http_response: Any, parsed: Mapping[str, Any], context: Mapping[str, Any], **_: Any
    ) -> None:
        params = context[_PARAMS]
        if http_response.status_code >= 300 or "TopicArn" in params:  # a notice to the operator is no message
            return
        attributes = params.get("MessageAttributes", {})
        tags = {name: each.get("StringValue", "") for name, each in attributes.items()}
        if "TargetArn" in params:
            self._push_taken(params, parsed["MessageId"], tags)
            return
        entry = {
            "to": params["PhoneNumber"],
            "subject": None,
            "html": None,
            "text": params["Message"],
            "headers": {},
        }
        self._add("sms", parsed["MessageId"], tags, entry)

    def _push_taken(self, params: Mapping[str, Any], provider_id: str, tags: Mapping[str, str]) -> None:
        platform = params["TargetArn"].partition(":endpoint/")[2].partition("/")[0]
        payload = json.loads(json.loads(params["Message"])[platform])
        shown = (
            payload["aps"]["alert"]
            if "aps" in payload
            else payload["fcmV1Message"]["message"]["notification"]
        )
        entry = {"to": params["TargetArn"], "subject": shown["title"], "html": None, "text": shown["body"]}
        self._add("push", provider_id, tags, {**entry, "headers": {}})

    def _events_taken(
        self, http_response: Any, parsed: Mapping[str, Any], context: Mapping[str, Any], **_: Any
    ) -> None:
        if http_response.status_code >= 300:
            return
        for given, taken in zip(context[_PARAMS]["Entries"], parsed["Entries"], strict=True):
            detail = json.loads(given["Detail"])
            tags = {**detail, "customer_id": detail["customer"]["id"]}
            entry = {"to": given["EventBusName"], "subject": None, "html": None, "text": detail["text"]}
            self._add("bus", taken["EventId"], tags, {**entry, "headers": {}, "detail": detail})

    def _add(self, channel: str, provider_id: str, tags: Mapping[str, str], entry: dict[str, Any]) -> None:
        ours = {name: tags.get(name) for name in ("customer_id", "campaign", "step", "variant")}
        self._entries.append(
            {"id": tags.get("message_id", provider_id), **ours, "channel": channel, **entry}
            | {"sent_at": stamp(self._clock()), "provider_id": provider_id}
        )

    def _quota(self, **_: Any) -> tuple[AWSResponse, dict[str, float]]:
        # moto's account may send 200 mails a day, in real time; the desk's days are not real.
        since = stamp(self._clock() - _DAY)
        today = sum(entry["channel"] == "email" and entry["sent_at"] > since for entry in self._entries)
        quota = {"Max24HourSend": DAILY, "MaxSendRate": PER_SECOND, "SentLast24Hours": float(today)}
        return AWSResponse("https://desk.invalid", 200, HTTPHeaders(), None), quota


def _remember(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_PARAMS] = params


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else None


def _mail(
    configuration_set: str,
    provider_id: str,
    to: Sequence[str],
    tags: Mapping[str, str],
    message: EmailMessage,
    now: datetime,
) -> dict[str, Any]:
    own = {
        "ses:operation": "SendEmail",
        "ses:configuration-set": configuration_set,
        "ses:source-ip": "127.0.0.1",
    }
    source, subject = str(message.get("from", "")), str(message.get("subject", ""))
    return {
        "timestamp": stamp(now),
        "source": source,
        "sendingAccountId": ACCOUNT,
        "messageId": provider_id,
        "destination": list(to),
        "headersTruncated": False,
        "headers": [{"name": name, "value": str(value)} for name, value in message.items()],
        "commonHeaders": {"from": [source], "to": list(to), "messageId": provider_id, "subject": subject},
        "tags": {name: [value] for name, value in {**own, **tags}.items()},
    }


def send_event(mail: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What SES tells EventBridge when it has accepted a mail."""
    configuration_set = mail["tags"]["ses:configuration-set"][0]
    return {
        "version": "0",
        "id": f"desk-{mail['messageId']}",
        "detail-type": "Email Sent",
        "source": "aws.ses",
        "account": ACCOUNT,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [arn("ses", f"configuration-set/{configuration_set}")],
        "detail": {"eventType": "Send", "mail": dict(mail), "send": {}},
    }
