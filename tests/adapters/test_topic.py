"""The SNS service, as far as a topic that sends to us needs it."""

from __future__ import annotations

import http.client
import io
from typing import Any

import pytest
from botocore.exceptions import ClientError

from perennial.adapters.topic import SnsTopic
from perennial.errors import ProviderError, Refused

TOPIC = "arn:aws:sns:eu-west-1:111122223333:mail-feedback"
URL = "https://sns.eu-west-1.amazonaws.com/a.pem"


class Wire:
    """A connection that answers with one text. asked: host and path."""

    def __init__(self, answer: bytes) -> None:
        self._answer, self.asked = answer, ("", "")

    def __call__(self, host: str) -> Any:
        self.asked = (host, "")
        return self

    def request(self, method: str, path: str) -> None:
        assert method == "GET"
        self.asked = (self.asked[0], path)

    def getresponse(self) -> http.client.HTTPResponse:
        if not self._answer:
            raise TimeoutError

        class Socket:
            def makefile(self, _mode: str, answer: bytes = self._answer) -> io.BytesIO:
                return io.BytesIO(answer)

        response = http.client.HTTPResponse(Socket())  # type: ignore[arg-type]
        response.begin()
        return response

    def close(self) -> None:
        """Nothing is open."""


def fetched(answer: bytes) -> bytes:
    """The file at URL, when this is what its host says."""
    wire = Wire(answer)
    found = SnsTopic(lambda **_: None, wire).certificate(URL)
    assert wire.asked == ("sns.eu-west-1.amazonaws.com", "/a.pem")
    return found


def test_a_certificate_is_what_its_address_answers() -> None:
    """The bytes as they are."""
    assert fetched(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\npem") == b"pem"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70_000,
        b"junk\r\n\r\n",
        b"",
    ],
    ids=["led elsewhere", "not there", "too large", "no HTTP", "too slow"],
)
def test_anything_else_is_no_certificate(answer: bytes) -> None:
    """And whoever is asked leads us nowhere else."""
    with pytest.raises(Refused):
        fetched(answer)


def test_a_subscription_is_confirmed_in_the_topics_region() -> None:
    """By the topic's own call."""
    calls: list[Any] = []

    class Client:
        def confirm_subscription(self, **params: str) -> None:
            calls.append(params)

    def client(**options: str) -> Client:
        calls.append(options)
        return Client()

    SnsTopic(client).confirm(TOPIC, "t0ken")
    assert calls == [{"region_name": "eu-west-1"}, {"TopicArn": TOPIC, "Token": "t0ken"}]


def test_a_topic_that_refuses_is_an_error_of_the_provider() -> None:
    """So the message comes again."""

    class Client:
        def confirm_subscription(self, **_: str) -> None:
            raise ClientError(
                {"Error": {"Code": "InvalidParameter", "Message": "Token"}}, "ConfirmSubscription"
            )

    with pytest.raises(ProviderError):
        SnsTopic(lambda **_: Client()).confirm(TOPIC, "t0ken")
