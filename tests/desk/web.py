"""A function behind routes: echoes its event, or queues the body as work."""

from __future__ import annotations

import json
from typing import Any

from perennial.bootstrap import Handle


def build(world: Any) -> Handle:
    def handle(event: dict[str, Any], context: Any) -> Any:
        if event["rawPath"] == "/broken":
            raise RuntimeError("broken on purpose")
        if event["rawPath"] == "/jobs":
            queue = world.setting("WORK_QUEUE_URL")
            for body in json.loads(event["body"]):
                world._client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(body))
            return {"statusCode": 202, "headers": {"X-Made": "yes"}, "cookies": ["a=1", "b=2"]}
        return event

    return handle
