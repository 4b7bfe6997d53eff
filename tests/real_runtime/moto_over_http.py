"""The moto of this process, for functions that run in processes of their own."""

from __future__ import annotations

import re

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import BotocoreStubber

from tests.real_runtime.loopback import Answered, Asked

_SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
_HOSTS = {"ses": "email"}


def answer(asked: Asked) -> Answered:
    """As the service would whose name stands in the signature."""
    scope = _SCOPE.search(asked.headers.get("authorization", ""))
    if scope is None:
        return Answered(403)
    host = f"{_HOSTS.get(scope['service'], scope['service'])}.{scope['region']}.amazonaws.com"
    headers = HTTPHeaders.from_dict({**asked.headers, "host": host})
    request = AWSPreparedRequest(asked.method, f"https://{host}{asked.target}", headers, asked.body, False)
    found = BotocoreStubber().process_request(request)
    if found is None:
        return Answered(501)
    status, told, body = found
    text = body.encode() if isinstance(body, str) else body
    kept = {
        name: str(value)
        for name, value in told.items()
        if name.lower() not in ("content-length", "connection")
    }
    return Answered(status, kept, text)
