"""Real boto3 clients, answered where their requests would leave for the network.

Everything above is really done: validation, serialisation, endpoint rules, signing, parsing of the answer. What the stub
itself takes is measured and told, so that it can be taken off.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from time import process_time
from typing import Any

import boto3
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from infra.bench.services import Services

_QUOTA = """<GetSendQuotaResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><GetSendQuotaResult>
<Max24HourSend>{Max24HourSend}</Max24HourSend><MaxSendRate>{MaxSendRate}</MaxSendRate>
<SentLast24Hours>{SentLast24Hours}</SentLast24Hours></GetSendQuotaResult></GetSendQuotaResponse>"""


class Wire:
    """Makes clients. seconds: CPU spent so far on playing AWS."""

    def __init__(self, services: Services) -> None:
        self.seconds = 0.0
        self._services = services
        self._session: Any = boto3.Session("bench", "bench", region_name="eu-west-1")
        self._call: tuple[Any, dict[str, Any]] | None = None

    def client(self, service: str, **options: Any) -> Any:
        """As `boto3.client`."""
        client = self._session.client(service, **options)
        client.meta.events.register("provide-client-params", self._called)
        client.meta.events.register("before-send", self._answered)
        return client

    def _called(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._call = model, params

    def _answered(self, request: Any, **_: Any) -> AWSResponse:
        began = process_time()
        model, params = self._call  # type: ignore[misc]  # a request is always preceded by its call
        service = getattr(self._services, model.service_model.service_name)
        body = _encoded(model.name, getattr(service, xform_name(model.name))(**params))
        response = AWSResponse(request.url, 200, HTTPHeaders(), _Raw(body))
        self.seconds += process_time() - began
        return response


class _Raw(BytesIO):
    """What botocore reads an answer from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _encoded(operation: str, answer: Mapping[str, Any]) -> bytes:
    if operation == "GetSendQuota":
        return _QUOTA.format(**answer).encode()
    if operation == "GetObject":
        data: bytes = answer["Body"].read()
        return data
    return json.dumps(answer, default=_binary).encode()


def _binary(value: bytes) -> str:
    return base64.b64encode(value).decode()
