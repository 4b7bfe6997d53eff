"""moto's memory: looked into without a call, and put back to an earlier state in a millisecond instead of a tenth of a second."""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.ses.models import ses_backends

from infra.desk.intrinsics import ACCOUNT, REGION
from perennial.adapters.codec import unpack
from perennial.customer import Customer

Snapshot = dict[str, Any]


def snapshot() -> Snapshot:
    """All items of all tables."""
    return {name: copy.deepcopy(table.items) for name, table in _tables().items()}


def restore(state: Snapshot) -> None:
    """The items as they were; a snapshot can be restored any number of times."""
    for name, items in state.items():
        _tables()[name].items = copy.deepcopy(items)


def customers(table: str) -> Iterator[Customer]:
    """The documents as they are stored now."""
    for partition in _tables()[table].items.values():
        for item in partition.values():
            if item.hash_key.value.startswith("CUSTOMER#"):
                yield unpack(base64.b64decode(item.attrs["body"].value))


def mails_taken() -> list[str]:
    """The provider's ids of the mails it accepted."""
    return [message.id for message in ses_backends[ACCOUNT][REGION].sent_messages]


def _tables() -> Any:
    return dynamodb_backends[ACCOUNT][REGION].tables
