"""A way to moto's DynamoDB that is shorter than its own and comes after the wire: what is tapped there stays tapped.

What moto refuses goes its own way after all, so that its error is what it always was; a refused call has changed nothing.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any, cast

import pytest
from moto.core.botocore_stubber import BotocoreStubber
from moto.dynamodb.responses import DynamoHandler

from infra.desk.intrinsics import ACCOUNT, REGION

_METHODS = {
    "GetItem": DynamoHandler.get_item,
    "PutItem": DynamoHandler.put_item,
    "UpdateItem": DynamoHandler.update_item,
    "Query": DynamoHandler.query,
    "BatchGetItem": DynamoHandler.batch_get_item,
    "BatchWriteItem": DynamoHandler.batch_write_item,
    "TransactWriteItems": DynamoHandler.transact_write_items,
}
_whole_way = BotocoreStubber.process_request


def take_short_way(patch: pytest.MonkeyPatch) -> None:
    """For every request to DynamoDB."""
    patch.setattr(BotocoreStubber, "process_request", _process)


def _process(stubber: BotocoreStubber, request: Any) -> Any:
    target = request.headers.get("X-Amz-Target", "")
    if isinstance(target, bytes):
        target = target.decode()
    method = _METHODS.get(target.removeprefix("DynamoDB_20120810."))
    if method is None:
        return _whole_way(stubber, request)
    handler = cast("Any", DynamoHandler())
    handler.current_account, handler.region = ACCOUNT, REGION
    handler.body = json.loads(request.body, object_hook=_with_bytes)
    try:
        answer = method(handler).result
    except Exception:  # noqa: BLE001 - whatever it is, the whole way says it in AWS's words
        return _whole_way(stubber, request)
    return 200, {}, json.dumps(answer, default=_as_text)


def _with_bytes(told: dict[str, Any]) -> dict[str, Any]:
    return {"B": b64decode(told["B"])} if isinstance(told.get("B"), str) else told


def _as_text(value: bytes) -> str:
    return b64encode(value).decode()
