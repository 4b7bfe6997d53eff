"""E-mail through SES."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from perennial.adapters.providers import provider_errors
from perennial.ports.providers import Mail, SendingQuota

_UNLIMITED = -1  # what the service says for an account without a daily limit
_NOT_IN_A_TAG = re.compile(r"[^A-Za-z0-9_-]")
_TAG_CHARACTERS = 256
# The same codes stand for an unverified sender, the sandbox, a bad tag and bad content, which a change of
# settings or templates heals; only the text tells. These are what the service's address parser says.
_ADDRESS_CODES = frozenset({"BadRequestException", "MessageRejected", "InvalidParameterValue"})
_ADDRESS_FAULT = re.compile(
    r"missing (final '@domain'|domain|local)"
    r"|(domain|local( address| name)?) (contains|starts|ends|is missing|missing)"
    r"|(illegal|invalid|malformed|blacklisted) (e-?mail )?address|illegal (whitespace|character|semicolon)"
    r"|address (blacklisted|length)"
)


class SesMailer:
    """`ports.Mailer`, by the API of SES v2. sender: the bare address all mail comes from."""

    def __init__(self, client: Any, *, sender: str, configuration_set: str) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, mail: Mail) -> str:
        with provider_errors(_is_address_fault):
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [mail.to]},
                Content={"Raw": {"Data": mail.raw}},
                EmailTags=_tags(mail.tags),
                ConfigurationSetName=self._configuration_set,
            )
        message_id: str = answer["MessageId"]
        return message_id


class SesAccount:
    """`ports.Account`, by the first API of SES, which the desk's cloud answers too."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def quota(self) -> SendingQuota:
        answer = self._client.get_send_quota()
        if answer["Max24HourSend"] == _UNLIMITED:
            return SendingQuota(answer["MaxSendRate"], float("inf"))
        return SendingQuota(
            answer["MaxSendRate"], max(0.0, answer["Max24HourSend"] - answer["SentLast24Hours"])
        )


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """The service refuses a mail with other characters in its tags, or with an empty one."""
    return [{"Name": _tag(name), "Value": _tag(value)} for name, value in tags.items() if value]


def _tag(text: str) -> str:
    return _NOT_IN_A_TAG.sub("_", text)[:_TAG_CHARACTERS]


def _is_address_fault(code: str, text: str) -> bool:
    return code in _ADDRESS_CODES and "not verified" not in text and bool(_ADDRESS_FAULT.search(text))
