"""The addresses of Segment's and RudderStack's clients, and what their browsers are let through with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from on_event.segment import calls

BATCH, METRICS, SETTINGS, SOURCE_CONFIG = "batch", "metrics", "settings", "source config"

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


def kind_of(path: str) -> str | None:
    """A type of call, BATCH, METRICS, SETTINGS or SOURCE_CONFIG; None for an unknown address."""
    if path == "/sourceConfig":
        return SOURCE_CONFIG
    return SETTINGS if _PROJECT_SETTINGS.fullmatch(path) else CALLS.get(path)


def project_of(path: str) -> str:
    """The write key in the address of a project's settings; empty in any other."""
    found = _PROJECT_SETTINGS.fullmatch(path)
    return found[1] if found else ""
