"""EventBridge's part, and SNS's: which queue, or function, gets a raw AWS event, and how one looks."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from infra.desk.intrinsics import arn
from infra.desk.stack import Function, Template


class NotTaken(Exception):
    """Nothing in the template takes such an event; the text says what is taken."""


def called(event: Mapping[str, Any], template: Template) -> list[Function]:
    """The functions that EventBridge calls with the event itself."""
    return [
        each
        for each in template.functions.values()
        if any(matches(event, pattern) for pattern in each.patterns)
    ]


def destinations(event: Mapping[str, Any], template: Template) -> list[tuple[str, str]]:
    """(queue, body) of each delivery to a queue; NotTaken when nothing takes the event, neither queue nor function."""
    if "source" in event and "detail" in event:
        return [(queue, json.dumps(event)) for queue in _matching(event, template)]
    records = event.get("Records")
    if not isinstance(records, list) or not records or not isinstance(records[0], dict):
        raise NotTaken("This is no AWS event: neither `source` and `detail` nor `Records`.")
    if all("Sns" in record for record in records):
        return [each for record in records for each in _from_sns(record["Sns"], template)]
    service = records[0].get("eventSource", "of an unknown source")
    raise NotTaken(f"No function of the template takes events {service} yet.")


def _matching(event: Mapping[str, Any], template: Template) -> list[str]:
    rules = template.rules.values()
    queues = [queue for rule in rules if matches(event, rule.pattern) for queue in rule.queues]
    if not queues and not called(event, template):
        raise NotTaken(f"No rule of the template matches an event of source {event['source']!r}.")
    return queues


def _from_sns(notification: Mapping[str, Any], template: Template) -> list[tuple[str, str]]:
    """Mail feedback goes where a topic beside the rule would put it, an SMS where its topic's subscription does."""
    try:
        message = json.loads(notification["Message"])
    except (KeyError, TypeError, ValueError):
        message = None
    if isinstance(message, dict) and "mail" in message:
        as_event = {"source": "aws.ses", "detail": message}
        return [(queue, json.dumps(notification)) for queue in _matching(as_event, template)]
    if isinstance(message, dict) and "originationNumber" in message:
        return [(queue, json.dumps(notification)) for queue in template.topics.get("IncomingTexts", ())]
    raise NotTaken("Of what SNS delivers, mail feedback and customers' SMS are taken.")


def matches(event: Any, pattern: Mapping[str, Any]) -> bool:
    """EventBridge's matching by exact values and prefixes: each named field has one of the listed."""
    if not isinstance(event, dict):
        return False
    return all(
        matches(event.get(name), wanted) if isinstance(wanted, Mapping) else _one_of(event.get(name), wanted)
        for name, wanted in pattern.items()
    )


def _one_of(value: Any, wanted: Iterable[Any]) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(_fits(each, allowed) for each in values for allowed in wanted)


def _fits(value: Any, allowed: Any) -> bool:
    if isinstance(allowed, Mapping):
        return isinstance(value, str) and value.startswith(str(allowed["prefix"]))
    return bool(value == allowed)


def scheduled(function: Function, now: datetime) -> dict[str, Any]:
    """What EventBridge Scheduler gives a function when its time has come."""
    return {
        "version": "0",
        "id": f"desk-{now.timestamp():.0f}",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "resources": [arn("scheduler", f"schedule/default/{function.id}")],
        "detail": "{}",
    }


def unpacked(message: str) -> str:
    """The body inside what `receive` queues; of anything else the message itself."""
    try:
        packed: str = json.loads(message)["body"]
        return gzip.decompress(base64.b64decode(packed)).decode("utf-8", "replace")
    except (ValueError, KeyError, TypeError, OSError, EOFError, zlib.error):
        return message
