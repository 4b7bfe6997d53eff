"""The pages behind links in mails: `GET` changes nothing (mail scanners open links), `POST` acts, and then answers.

Mail programs post `List-Unsubscribe=One-Click` (RFC 8058), the page's own form posts the same. Whatever a post with a valid
token holds, it unsubscribes: nothing may stand in the way of a no.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from on_event import form_door, page_html
from on_event.confirming import confirm
from on_event.envelope import seal
from on_event.unsubscribe import envelope_of, event_of
from perennial.bootstrap import Handle, LambdaHandler
from perennial.errors import NotPublished
from perennial.ports import World
from perennial.recording import Recorder
from perennial.shop import Settings
from perennial.tokens import Claims, Tokens

_log = logging.getLogger(__name__)


def build(world: World) -> Handle:
    """Answers the routes of the HTTP API that people see: `/unsubscribe/{token}`, `/confirm/{token}`, `/forms/{name}`."""
    tokens = Tokens(world.setting("LINK_KEY"))
    recorder = Recorder(world)

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        page = event.get("rawPath", "").rpartition("/")[0]
        if page.endswith("/forms"):
            return form_door.answer(event, world)
        if page.endswith("/confirm"):
            return _confirmation(world, recorder, tokens.read_confirm(_token(event)), event)
        claims = tokens.read(_token(event))
        if claims is None:
            return _answer(404, page_html.unknown_link(_settings(world)))
        if event["requestContext"]["http"]["method"] != "POST":
            return _answer(200, page_html.question(_settings(world), claims.channel))
        is_done = _unsubscribe(world, recorder, claims, world.clock())
        page = page_html.done(_settings(world), claims.channel, at_once=is_done)
        return _answer(200 if is_done else 202, page)

    return handle


def _confirmation(
    world: World, recorder: Recorder, claims: Claims | None, event: Mapping[str, Any]
) -> dict[str, Any]:
    settings = _settings(world)
    if claims is None:
        return _answer(404, page_html.unknown_link(settings))
    if event["requestContext"]["http"]["method"] != "POST":
        return _answer(200, page_html.confirm_question(settings, claims.channel))
    try:
        held = confirm(world, recorder, claims, world.clock())
    except Exception as error:  # noqa: BLE001 - whatever failed, a yes can be said again
        _log.warning("A confirmation could not be written: %s", type(error).__name__)
        return _answer(503, page_html.confirm_later(settings))
    return _answer(200 if held else 410, page_html.confirmed(settings, claims.channel, held=held))


def _unsubscribe(world: World, recorder: Recorder, claims: Claims, at: datetime) -> bool:
    """True: it holds already. False: it is safe on the queue. Raises when it could be kept nowhere."""
    try:
        failures = recorder.record([event_of(claims, at)])
        if not failures:
            return True
        reason = type(failures[0].error).__name__
    except Exception as error:  # noqa: BLE001 - whatever failed, the no has another way in
        reason = type(error).__name__
    _log.warning("An unsubscribe goes by the queue, since its document could not be written: %s", reason)
    world.signed_queue.put([seal(envelope_of(claims, at), world)])
    return False


def _token(event: Mapping[str, Any]) -> str:
    parameters = event.get("pathParameters") or {}
    return str(parameters.get("token") or event.get("rawPath", "").rpartition("/")[2])


def _settings(world: World) -> Settings | None:
    """The shop's; None before the first publish, when the page does without its name."""
    try:
        return world.shop().settings
    except NotPublished:
        return None


def _answer(status: int, page: str) -> dict[str, Any]:
    return {"statusCode": status, "headers": dict(page_html.HEADERS), "body": page}


handler = LambdaHandler(build)
