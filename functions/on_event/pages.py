"""The pages behind links in mails: `GET` changes nothing (mail scanners open links), `POST` acts, and then answers.

Mail programs post `List-Unsubscribe=One-Click` (RFC 8058), the page's own form posts the same. Whatever a post with a valid
token holds, it unsubscribes: nothing may stand in the way of a no.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from on_event import feedback_page, form_door, page_html, preferences_page, view
from on_event.caller import shop_of, words_of
from on_event.confirming import confirm
from on_event.envelope import seal
from on_event.page_frame import answer
from on_event.unsubscribe import envelope_of, event_of
from on_event.web import Answer, BadRequest
from on_event.words import Words
from perennial.bootstrap import Handle, LambdaHandler
from perennial.messaging.tokens import Claims, Purpose, Tokens
from perennial.ports.world import World
from perennial.recording import Recorder
from perennial.shop import Settings

_log = logging.getLogger(__name__)
Event = Mapping[str, Any]


def build(world: World) -> Handle:
    """Answers the routes of the HTTP API that people see: what `Purpose` names, each with its token, and `/forms/{name}`."""
    tokens = Tokens(world.setting("LINK_KEY"))
    recorder = Recorder(world)
    pages: dict[Purpose, Callable[[Event, Claims], Answer]] = {
        Purpose.UNSUBSCRIBE: lambda event, claims: _unsubscription(world, recorder, claims, event),
        Purpose.CONFIRM: lambda event, claims: _confirmation(world, recorder, claims, event),
        Purpose.PREFERENCES: lambda event, claims: preferences_page.respond(event, claims, world, recorder),
        Purpose.FEEDBACK: lambda event, claims: feedback_page.respond(event, claims, world, recorder),
        Purpose.VIEW: lambda event, claims: view.respond(event, claims, world, tokens),
    }

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        page = event.get("rawPath", "").rpartition("/")[0].rpartition("/")[2]
        if page == "forms":
            return form_door.answer(event, world)
        purpose = Purpose(page) if page in set(Purpose) else Purpose.UNSUBSCRIBE
        claims = tokens.open(purpose, _token(event))
        if claims is None:
            settings, words = _speaking(world, event)
            return answer(404, page_html.unknown_link(settings, words))
        try:
            return pages[purpose](event, claims)
        except BadRequest as error:
            settings, words = _speaking(world, event)
            return answer(error.status, page_html.unknown_link(settings, words))

    return handle


def _confirmation(world: World, recorder: Recorder, claims: Claims, event: Event) -> Answer:
    settings, words = _speaking(world, event)
    if event["requestContext"]["http"]["method"] != "POST":
        return answer(200, page_html.confirm_question(settings, words, claims.channel))
    try:
        held = confirm(world, recorder, claims, world.clock())
    except Exception as error:  # noqa: BLE001 - whatever failed, a yes can be said again
        _log.warning("A confirmation could not be written: %s", type(error).__name__)
        return answer(503, page_html.try_again(settings, words))
    return answer(200 if held else 410, page_html.confirmed(settings, words, claims.channel, held=held))


def _unsubscription(world: World, recorder: Recorder, claims: Claims, event: Event) -> Answer:
    settings, words = _speaking(world, event)
    if event["requestContext"]["http"]["method"] != "POST":
        return answer(200, page_html.question(settings, words, claims.channel))
    is_done = _unsubscribe(world, recorder, claims, world.clock())
    page = page_html.done(settings, words, claims.channel, at_once=is_done)
    return answer(200 if is_done else 202, page)


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


def _token(event: Event) -> str:
    parameters = event.get("pathParameters") or {}
    return str(parameters.get("token") or event.get("rawPath", "").rpartition("/")[2])


def _speaking(world: World, event: Event) -> tuple[Settings | None, Words]:
    """The shop, and the browser's language: these pages need not know who it is."""
    shop = shop_of(world)
    settings = shop.settings if shop else None
    return settings, words_of(event, settings)


handler = LambdaHandler(build)
