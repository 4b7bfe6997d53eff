"""Push messages through SNS: an application of the shop's for each platform, an endpoint for each device."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from perennial.adapters.providers import provider_errors
from perennial.ports.providers import Push

NO_APPLICATION = "-"
_KNOWN_ALREADY = re.compile(r"endpoint (arn:\S+) already exists", re.IGNORECASE)
_DEAD = frozenset({"EndpointDisabled", "EndpointDisabledException"})
_BAD_PARAMETER = frozenset({"InvalidParameter", "InvalidParameterException"})


class SnsPusher:
    """`ports.Pusher`. applications: ARNs of platform applications by platform, "-" for none.

    SNS says nothing back about push messages; the caller's tags go along as attributes, which no device sees.
    """

    def __init__(self, client: Any, applications: Mapping[str, str]) -> None:
        self._client, self._applications = client, applications

    def endpoint(self, platform: str, token: str, *, revived: bool) -> str | None:
        application = self._applications.get(platform, NO_APPLICATION)
        if application == NO_APPLICATION:
            return None
        with provider_errors(_is_token_fault):
            arn = self._endpoint(application, token)
            if revived:
                self._client.set_endpoint_attributes(
                    EndpointArn=arn, Attributes={"Enabled": "true", "Token": token}
                )
        return arn

    def _endpoint(self, application: str, token: str) -> str:
        """Making one that exists answers with it, unless somebody else gave it other attributes."""
        try:
            answer = self._client.create_platform_endpoint(PlatformApplicationArn=application, Token=token)
        except ClientError as error:
            known = _KNOWN_ALREADY.search(error.response["Error"].get("Message", ""))
            if known is None:
                raise
            return known[1]
        arn: str = answer["EndpointArn"]
        return arn

    def send(self, endpoint: str, push: Push, tags: Mapping[str, str]) -> str:
        attributes = {
            name: {"DataType": "String", "StringValue": value} for name, value in tags.items() if value
        }
        message = _payload(endpoint, push)
        with provider_errors(_is_token_fault):
            answer = self._client.publish(
                TargetArn=endpoint, MessageStructure="json", Message=message, MessageAttributes=attributes
            )
        message_id: str = answer["MessageId"]
        return message_id


def _payload(endpoint: str, push: Push) -> str:
    """The platform stands in the endpoint's name, as in `...:endpoint/APNS_SANDBOX/...`."""
    platform = endpoint.partition(":endpoint/")[2].partition("/")[0]
    own = _for_google(push) if platform == "GCM" else _for_apple(push)
    return json.dumps({"default": push.text, platform: json.dumps(own)})


def _for_apple(push: Push) -> dict[str, Any]:
    return {"aps": {"alert": {"title": push.title, "body": push.text}, "sound": "default"}, **push.data}


def _for_google(push: Push) -> dict[str, Any]:
    shown = {"title": push.title, "body": push.text}
    return {"fcmV1Message": {"message": {"notification": shown, "data": dict(push.data)}}}


def _is_token_fault(code: str, text: str) -> bool:
    """Turned off because nobody has the app there any more, or never a token."""
    return code in _DEAD or (code in _BAD_PARAMETER and "token" in text)
