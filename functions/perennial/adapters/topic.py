"""A topic that sends to us over HTTPS: its certificate, and the answer to its question whether we want what it sends."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from perennial.adapters.providers import provider_errors
from perennial.errors import Refused

_TIMEOUT = 2.0  # seconds: whoever waits for our answer is SNS itself
_LARGEST = 64 * 1024

Connect = Callable[[str], http.client.HTTPConnection]


class SnsTopic:
    """`ports.Topic`. client: makes a client of SNS for a region."""

    def __init__(self, client: Callable[..., Any], connect: Connect | None = None) -> None:
        self._client = client
        self._connect = connect or _connect

    def certificate(self, url: str) -> bytes:
        address = urlsplit(url)
        connection = self._connect(address.netloc)
        try:
            # This client follows nobody elsewhere: a redirection is an answer like any other, and no certificate.
            connection.request("GET", address.path)
            answer = connection.getresponse()
            found = answer.read(_LARGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            raise Refused(type(error).__name__, permanent=False) from error
        finally:
            connection.close()
        if answer.status != http.client.OK or len(found) > _LARGEST:
            raise Refused(f"status {answer.status}", permanent=False)
        return found

    def confirm(self, topic: str, token: str) -> None:
        with provider_errors(_never):
            self._client(region_name=topic.split(":")[3]).confirm_subscription(TopicArn=topic, Token=token)


def _connect(host: str) -> http.client.HTTPConnection:
    return http.client.HTTPSConnection(host, timeout=_TIMEOUT)


def _never(_code: str, _text: str) -> bool:
    """No recipient is at fault here."""
    return False
