"""Calls of DynamoDB that reach moto without the way through HTTP: most of what such a call takes is that way.

botocore has checked the parameters when they get here, and moto's own code answers them. A call that moto refuses goes the
long way after all, so that its error is what it always was; a refused call has changed nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.dynamodb.responses import DynamoHandler

from infra.desk.intrinsics import ACCOUNT, REGION

# Those that are asked for often, and that moto's code answers from their parameters alone.
_METHODS = {
    "GetItem": DynamoHandler.get_item,
    "PutItem": DynamoHandler.put_item,
    "BatchGetItem": DynamoHandler.batch_get_item,
    "BatchWriteItem": DynamoHandler.batch_write_item,
    "TransactWriteItems": DynamoHandler.transact_write_items,
}
_GIVEN = "desk_parameters"


def take_short_way(session: Any) -> None:
    """From now on, for every client of this session."""
    for operation in _METHODS:
        session.events.register_last(f"provide-client-params.dynamodb.{operation}", _remember)
        answer: Any = _answer  # the stubs know no handler that answers
        session.events.register_last(f"before-call.dynamodb.{operation}", answer)


def _remember(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_GIVEN] = params


def _answer(
    model: Any, params: Mapping[str, Any], context: Mapping[str, Any], **_: Any
) -> tuple[AWSResponse, dict[str, Any]] | None:
    handler = cast("Any", DynamoHandler())
    handler.current_account, handler.region, handler.body = ACCOUNT, REGION, context[_GIVEN]
    try:
        answer = cast("dict[str, Any]", _METHODS[model.name](handler).result)
    except Exception:  # noqa: BLE001 - whatever it is, the long way says it in AWS's words
        return None
    return AWSResponse(params["url"], 200, HTTPHeaders(), None), answer
