"""The addresses of Segment's and RudderStack's clients, and what their browsers are let through with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from on_event.segment import calls
from on_event.web import BadRequest, Request

BATCH, METRICS, SETTINGS, SOURCE_CONFIG = "batch", "metrics", "settings", "source config"
PERMISSION = "permission"
READ = (SETTINGS, SOURCE_CONFIG)

# Each long path has its short one: analytics.js uses only those. `/beacon` is where RudderStack's browser client sends
# what is left when a page is closed.
CALLS: Mapping[str, str] = {
    **{f"/v1/{each}": each for each in (BATCH, *calls.TYPES)},
    **{f"/v1/{each[0]}": each for each in (BATCH, *calls.TYPES)},
    "/v1/import": BATCH,
    "/beacon/v1/batch": BATCH,
    "/v1/m": METRICS,
    "/v1/metrics": METRICS,
}
_PROJECT_SETTINGS = re.compile(r"/v1/projects/([^/]+)/settings")
_OURS = ("/v1/", "/beacon/", "/sourceConfig")

CORS: Mapping[str, str] = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, OPTIONS",
    # RudderStack's browser client sends the `Rsa-` ones with what it sends again: one that is not allowed stops the
    # call for good.
    "access-control-allow-headers": (
        "Authorization, Content-Type, Content-Encoding, AnonymousId, SentAt, X-Retry-Count, Rsa-Recovered, "
        "Rsa-Retry-Attempt, Rsa-Since-Last-Attempt, Rsa-Since-First-Attempt, Rsa-Retry-Reason"
    ),
    "access-control-expose-headers": "Retry-After",
    "access-control-max-age": "86400",
}


def is_a_clients(path: str) -> bool:
    """Whether it belongs to these clients, known or not: then a browser may read the answer."""
    return path.startswith(_OURS)


def kind_for(request: Request) -> str:
    """What a request wants: a type of call, BATCH, METRICS, SETTINGS, SOURCE_CONFIG, or PERMISSION to ask for these.

    BadRequest 404 for an unknown address, 405 for a method that it does not answer.
    """
    kind = _kind_of(request.path)
    if kind is None:
        raise BadRequest(404, "not_found", "There is nothing here.")
    if request.method in ("OPTIONS", "HEAD"):  # RudderStack's asks with HEAD whether something blocks it
        return PERMISSION
    method = "GET" if kind in READ else "POST"
    if request.method != method:
        raise BadRequest(405, "method_not_allowed", f"Only {method} is answered here.")
    return kind


def project_of(path: str) -> str:
    """The write key in the address of a project's settings; empty in any other."""
    found = _PROJECT_SETTINGS.fullmatch(path)
    return found[1] if found else ""


def _kind_of(path: str) -> str | None:
    if path == "/sourceConfig":
        return SOURCE_CONFIG
    return SETTINGS if project_of(path) else CALLS.get(path)
