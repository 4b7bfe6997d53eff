"""The front door: authenticate the raw bytes, put them on a queue, and answer.

4xx only for what can never succeed; 5xx only when nothing was kept. A signed webhook that nobody understands
is kept and answered 200 all the same: a shop that gets errors drops the subscription.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from on_event import web
from on_event.envelope import Envelope, seal
from on_event.segment import routes
from on_event.segment.api import Admitted, SegmentDoor
from on_event.shopify.webhook import ShopifyDoor
from on_event.signatures import secrets_of
from on_event.topic_door import TopicDoor
from on_event.web import Answer, BadRequest, Request
from on_event.woocommerce.webhook import WooCommerceDoor
from perennial.bootstrap import Handle, LambdaHandler
from perennial.errors import QueueRefused
from perennial.ports.live import Queue
from perennial.ports.world import World

SHOPIFY, WOOCOMMERCE, SNS = "/webhooks/shopify", "/webhooks/woocommerce", "/webhooks/sns"

_log = logging.getLogger(__name__)


def build(world: World) -> Handle:
    """Handles API Gateway events (payload format 2.0)."""
    receiver = Receiver(world)

    def handle(event: dict[str, Any], _context: object) -> Answer:
        return receiver.answer(event)

    return handle


class Receiver:
    """The routes. Settings are read once; a missing key or secret closes its door and opens no other."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stores: dict[str, ShopifyDoor | WooCommerceDoor] = {
            SHOPIFY: ShopifyDoor(
                secrets_of(world.setting("SHOPIFY_SECRET", "")), world.setting("SHOPIFY_DOMAIN", "")
            ),
            WOOCOMMERCE: WooCommerceDoor(secrets_of(world.setting("WOOCOMMERCE_SECRET", ""))),
        }
        self._topic = TopicDoor(world, world.setting("SNS_TOPIC", "-"))
        self._segment = SegmentDoor(
            browser_key=world.setting("WRITE_KEY", "").encode(),
            server_key=world.setting("SERVER_KEY", "").encode(),
        )

    def answer(self, event: Mapping[str, Any]) -> Answer:
        """Failures are answers with `code` and `message`; browsers may read those meant for them."""
        path = ""
        try:
            request = web.request_of(event)
            path = request.path
            return self._route(request)
        except BadRequest as error:
            _log.info("refused", extra={"status": error.status, "code": error.code})
            retry = {"retry-after": "5"} if error.status in (429, 503) else {}
            return web.refusal(error, {**(routes.CORS if routes.is_a_clients(path) else {}), **retry})

    def _route(self, request: Request) -> Answer:
        if routes.is_a_clients(request.path):
            return self._client(request)
        if request.path not in (*self._stores, SNS):
            raise BadRequest(404, "not_found", "There is nothing here.")
        if request.method != "POST":
            raise BadRequest(405, "method_not_allowed", "Only POST is answered here.")
        return self._notification(request) if request.path == SNS else self._webhook(request)

    def _notification(self, request: Request) -> Answer:
        message = self._topic.admit(request)
        if message:  # none of a subscription
            self._put(message, SNS, self._world.signed_queue)
        return web.answer(200, {"success": True})

    def _webhook(self, request: Request) -> Answer:
        envelope = self._stores[request.path].admit(request, self._world.clock())
        if envelope:  # none of a ping
            self._keep(envelope, self._world.signed_queue)
        return web.answer(200, {"success": True})

    def _client(self, request: Request) -> Answer:
        """A Segment or RudderStack client: its preflight, what it reads at its start, its calls."""
        kind = routes.kind_for(request)
        if kind == routes.PERMISSION:
            return web.answer(204, None, routes.CORS)
        if kind == routes.METRICS:  # how the client itself is doing: nothing here wants to know
            return web.answer(200, {"success": True}, routes.CORS)
        if kind in routes.READ:
            return web.answer(200, self._segment.configuration(request), routes.CORS)
        return self._calls(request)

    def _calls(self, request: Request) -> Answer:
        admitted = self._segment.admit(request, self._world.clock())
        if admitted.envelope:
            trusted = admitted.envelope.trusted
            self._keep(admitted.envelope, self._world.signed_queue if trusted else self._world.browser_queue)
        return web.answer(200, _summary(admitted), routes.CORS)

    def _keep(self, envelope: Envelope, queue: Queue) -> None:
        try:
            text = seal(envelope, self._world)
        except Exception as error:  # whatever it was, nothing is kept and the sender must come again
            _log.exception("not kept", extra={"source": envelope.source})
            raise _not_kept() from error
        self._put(text, envelope.source, queue)

    def _put(self, text: str, source: str, queue: Queue) -> None:
        try:
            queue.put([text])
        except QueueRefused as error:
            _log.error("not kept", extra={"source": source, "throttled": error.throttled})
            raise (_too_many() if error.throttled else _not_kept()) from error
        except Exception as error:  # as above
            _log.exception("not kept", extra={"source": source})
            raise _not_kept() from error


def _not_kept() -> BadRequest:
    return BadRequest(503, "not_kept", "The request could not be kept; please send it again.")


def _too_many() -> BadRequest:
    return BadRequest(429, "too_many_requests", "The request could not be kept; please send it again.")


def _summary(admitted: Admitted) -> dict[str, Any]:
    codes = Counter(fault.code for fault in admitted.rejected.values())
    _log.info("calls", extra={"accepted": admitted.accepted, "rejected": dict(codes)})
    rejected = [
        {"index": index, "code": fault.code, "message": fault.message}
        for index, fault in admitted.rejected.items()
    ]
    return {"success": True, "accepted": admitted.accepted, "rejected": rejected}


handler = LambdaHandler(build)
