"""The door for SNS: mail feedback and customers' SMS over HTTPS, from the one topic that the stack names.

What the topic delivers goes to the queue of signed events as SNS itself would put it there, so it is translated alike.
Nothing is fetched for a message that names another topic, or a certificate or an address elsewhere. A subscription is
confirmed by a call to the topic, never by opening the address in the message.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from on_event import strict_json
from on_event.certificates import RsaKey, is_signature, key_of
from on_event.signatures import check_size
from on_event.web import BadRequest, Request
from perennial.errors import PerennialError, Unintelligible
from perennial.ports.world import World

NOTIFICATION, CONFIRMATION, FAREWELL = (
    "Notification",
    "SubscriptionConfirmation",
    "UnsubscribeConfirmation",
)
# What is signed, in this order; a message without a subject has no line for it.
_SIGNED: Mapping[str, Sequence[str]] = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    FAREWELL: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_DIGESTS = {"1": "sha1", "2": "sha256"}
_KEPT = ("Type", "MessageId", "TopicArn", "Timestamp", "Message")
_MOST_KEYS = 8
_ADDRESS = r"https://sns\.{}\.amazonaws\.com/"
_log = logging.getLogger(__name__)


class TopicDoor:
    """topic: the ARN of the only topic let in, "" for none. Keys of certificates are kept while the function lives."""

    def __init__(self, world: World, topic: str) -> None:
        self._world, self._topic = world, topic
        region = re.escape(topic.split(":")[3]) if topic.count(":") >= 5 else "none"  # arn:aws:sns:REGION:...
        self._certificate = re.compile(_ADDRESS.format(region) + r"[A-Za-z0-9_-]+\.pem")
        self._subscribe = re.compile(_ADDRESS.format(region) + r"\?\S*")
        self._keys: dict[str, RsaKey] = {}

    def admit(self, request: Request) -> str | None:
        """What is to be queued, None for a subscription, now confirmed; BadRequest 403 for what is not the topic's."""
        check_size(request)
        told = _message(request.body)
        self._check_names(told)
        self._check_signature(told)
        if told["Type"] == NOTIFICATION:
            return json.dumps({name: told[name] for name in _KEPT})
        if told["Type"] == CONFIRMATION:
            self._confirm(told["Token"])
        return None

    def _check_names(self, told: Mapping[str, Any]) -> None:
        """Before anything is fetched."""
        is_topics = (
            bool(self._topic)
            and told.get("TopicArn") == self._topic
            and self._certificate.fullmatch(told.get("SigningCertURL", "")) is not None
        )
        names = _SIGNED.get(told.get("Type", ""), ())
        whole = bool(names) and all(name in told for name in names if name != "Subject")
        if not is_topics or not whole:
            raise _foreign()
        if "SubscribeURL" in names and not self._subscribe.fullmatch(told["SubscribeURL"]):
            raise _foreign()

    def _check_signature(self, told: Mapping[str, str]) -> None:
        digest = _DIGESTS.get(told.get("SignatureVersion", ""))
        try:
            signature = base64.b64decode(told.get("Signature", ""), validate=True)
        except (binascii.Error, ValueError):
            raise _foreign() from None
        if digest is None or not signature:
            raise _foreign()
        lines = "".join(f"{name}\n{told[name]}\n" for name in _SIGNED[told["Type"]] if name in told)
        message = lines.encode("utf-8", "surrogatepass")
        if not is_signature(self._key(told["SigningCertURL"]), signature, message, digest):
            raise _foreign()

    def _key(self, url: str) -> RsaKey:
        if url not in self._keys:
            try:
                key = key_of(self._world.topic.certificate(url))
            except (PerennialError, ValueError) as error:
                _log.warning("no certificate", extra={"error": type(error).__name__})
                raise BadRequest(
                    503, "no_certificate", "The certificate cannot be read; please send it again."
                ) from error
            if len(self._keys) >= _MOST_KEYS:
                self._keys.clear()
            self._keys[url] = key
        return self._keys[url]

    def _confirm(self, token: str) -> None:
        try:
            self._world.topic.confirm(self._topic, token)
        except PerennialError as error:
            raise BadRequest(
                503, "not_confirmed", "The topic did not answer; please send it again."
            ) from error
        _log.info("subscribed to the topic")


def _message(body: bytes) -> dict[str, str]:
    """Its texts. The content type is not asked: SNS says text/plain."""
    if not body:
        raise BadRequest(400, "no_body", "The notification has no body.")
    try:
        told = strict_json.parse(body)
    except Unintelligible as error:
        raise BadRequest(400, "bad_json", str(error)) from error
    if not isinstance(told, dict):
        raise BadRequest(400, "bad_json", "The notification is no JSON object.")
    return {name: value for name, value in told.items() if isinstance(value, str)}


def _foreign() -> BadRequest:
    return BadRequest(403, "not_our_topic", "This is not a message of the topic that may send here.")
