"""Messages for the shop's own systems, as events on an EventBridge bus."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from perennial.adapters.providers import provider_errors
from perennial.errors import Refused

SOURCE, DETAIL_TYPE = "perennial", "Perennial Message"


class EventBridgeBus:
    """`ports.Bus`. name: of the bus."""

    def __init__(self, client: Any, *, name: str) -> None:
        self._client, self._name = client, name

    def put(self, detail: Mapping[str, Any]) -> str:
        entry = {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Detail": json.dumps(detail, ensure_ascii=False),
        }
        with provider_errors(lambda _code, _text: False):
            answer = self._client.put_events(Entries=[entry])
        (taken,) = answer["Entries"]
        if "EventId" not in taken:  # the service says of each entry whether it took it
            raise Refused(str(taken.get("ErrorCode", "not taken")), permanent=False)
        return str(taken["EventId"])
