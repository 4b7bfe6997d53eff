"""The breaker: too many complaints or bounces, and nothing more goes out until a person has looked.

CloudWatch counts them over a day and calls when a share of a meaningful number is passed (infra/observability.yaml). A
mailbox provider that sees complaints above 0.3 % puts every mail of the shop into the spam folder, the receipts too; so
holding everything back is the lesser harm. `perennial resume` goes on.
"""

from __future__ import annotations

import logging
from typing import Any

from perennial.bootstrap import Handle, LambdaHandler
from perennial.ports.world import World
from perennial.shop import EVERYTHING

_log = logging.getLogger(__name__)


def build(world: World) -> Handle:
    """Handles the change of state of an alarm that asks for the breaker; repeating it changes nothing."""

    def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
        detail = event.get("detail", {})
        if detail.get("state", {}).get("value") != "ALARM":
            return {"paused": False}
        if world.pointer.read() is None:
            return {"paused": False}  # nothing was ever published, so nothing is sent
        world.pointer.pause(EVERYTHING)
        _log.error("everything is held back", extra={"alarm": str(detail.get("alarmName"))})
        return {"paused": True}

    return handle


handler = LambdaHandler(build)
