"""SMS through SNS, and notices to whoever subscribed to a topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perennial.adapters.providers import provider_errors

NO_SENDER_ID = "-"
_LONGEST_NOTICE = 60_000  # characters: SNS takes 256 KB
_OPTED_OUT = frozenset({"OptedOut", "OptedOutException"})
_BAD_PARAMETER = frozenset({"InvalidParameter", "InvalidParameterException", "ParameterValueInvalid"})
# A parameter of ours, or an account still in the SMS sandbox: the number is not to blame.
_OURS = ("aws.sns", "senderid", "attribute", "sandbox", "verified")


class SnsTexter:
    """`ports.Texter`. sender_id: the name shown as sender where a country allows it, "-" for none.

    SNS says nothing back about text messages; the caller's tags go along as attributes, which it lets pass.
    """

    def __init__(self, client: Any, *, sender_id: str) -> None:
        self._client = client
        self._attributes = {"AWS.SNS.SMS.SMSType": _string("Promotional")}
        if sender_id != NO_SENDER_ID:
            self._attributes["AWS.SNS.SMS.SenderID"] = _string(sender_id)

    def send(self, number: str, text: str, tags: Mapping[str, str]) -> str:
        attributes = self._attributes | {name: _string(value) for name, value in tags.items() if value}
        with provider_errors(_is_number_fault):
            answer = self._client.publish(PhoneNumber=number, Message=text, MessageAttributes=attributes)
        message_id: str = answer["MessageId"]
        return message_id


class SnsNotices:
    """`ports.Notices`. The subject of a mail from SNS is one line of at most 100 printable ASCII characters."""

    def __init__(self, client: Any, topic: str) -> None:
        self._client, self._topic = client, topic

    def tell(self, subject: str, text: str) -> None:
        plain = " ".join(subject.encode("ascii", "replace").decode().split())[:100]
        self._client.publish(TopicArn=self._topic, Subject=plain, Message=text[:_LONGEST_NOTICE])


def _string(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def _is_number_fault(code: str, text: str) -> bool:
    return code in _OPTED_OUT or (code in _BAD_PARAMETER and not any(word in text for word in _OURS))
