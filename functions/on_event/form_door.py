"""Sign-up forms on the shop's own pages: anybody can post anything here, so all it does is have us ask at the address.

The answer is the same for every address: it tells nobody who is a customer. Programs that fill in every field they find
give themselves away by the one that people do not see.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from on_event import page_html, reading, strict_json, web
from on_event.caller import words_of
from on_event.envelope import seal
from on_event.form import envelope_of
from on_event.page_frame import answer as page_answer
from on_event.web import Answer, BadRequest, Request
from on_event.words import Words
from perennial.errors import NotPublished, Unintelligible
from perennial.ports.world import World
from perennial.shop import Form, Settings

TRAP = "website"  # a field that people do not see, and must leave empty
LARGEST = 4096  # bytes of a body
_MOST_FIELDS = 20
_CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST, OPTIONS",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "86400",
}

_log = logging.getLogger(__name__)


def answer(event: Mapping[str, Any], world: World) -> Answer:
    """Of `POST` and `OPTIONS /forms/{name}`: a page or the form's redirect; JSON for a script that posts JSON."""
    settings, is_script = None, False
    try:
        request = web.request_of(event)
        if request.method == "OPTIONS":
            return web.answer(204, None, _CORS)
        is_script = _is_json(request)
        settings = world.shop().settings
        form = _take(request, settings, world)
    except NotPublished:
        error = BadRequest(404, "not_found", "There is no such form.")
        return _refused(error, None, words_of(event, None), is_script=is_script)
    except BadRequest as error:
        _log.info("form refused", extra={"status": error.status, "code": error.code})
        return _refused(error, settings, words_of(event, settings), is_script=is_script)
    return _thanks(form, settings, words_of(event, settings), is_script=is_script)


def _take(request: Request, settings: Settings, world: World) -> Form:
    name = request.path.rpartition("/")[2]
    form = settings.forms.get(name)
    if form is None:
        raise BadRequest(404, "not_found", "There is no such form.")
    fields = _fields(request)
    address = reading.email(fields.get("email"))
    if address is None:
        raise BadRequest(422, "no_address", "Please go back and write your e-mail address in full.")
    if fields.get(TRAP):
        _log.info("form filled in by a program")
        return form
    envelope = envelope_of(name, form.channels, address.address, world.clock())
    try:
        world.browser_queue.put([seal(envelope, world)])
    except Exception as error:
        _log.error("form not kept", extra={"error": type(error).__name__})
        raise BadRequest(
            503, "not_kept", "We could not keep it just now. Please try again in a minute."
        ) from error
    return form


def _fields(request: Request) -> Mapping[str, Any]:
    if len(request.body) > LARGEST:
        raise BadRequest(413, "too_large", "That is more than a sign-up form holds.")
    try:
        if _is_json(request):
            return reading.mapping(strict_json.parse(request.body))
        told = parse_qs(request.body.decode(), max_num_fields=_MOST_FIELDS)
        return {key: values[0] for key, values in told.items()}
    except (ValueError, Unintelligible) as error:
        raise BadRequest(400, "unreadable", "The form could not be read.") from error


def _is_json(request: Request) -> bool:
    return request.body.lstrip()[:1] == b"{"


def _thanks(form: Form, settings: Settings, words: Words, *, is_script: bool) -> Answer:
    if is_script:
        return web.answer(200, {"success": True}, _CORS)
    if form.redirect:
        return {
            "statusCode": 303,
            "headers": {"location": form.redirect, "cache-control": "no-store"},
            "body": "",
        }
    return page_answer(200, page_html.signed_up(settings, words))


def _refused(error: BadRequest, settings: Settings | None, words: Words, *, is_script: bool) -> Answer:
    if is_script:
        return web.refusal(error, _CORS)
    return page_answer(error.status, page_html.not_signed_up(settings, words, str(error)))
