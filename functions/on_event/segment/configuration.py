"""What browser clients read before they send anything: without it they send nothing.

Neither answer holds more than the asker knows already: its key, and the address it asked.
"""

from __future__ import annotations

from typing import Any


def settings(write_key: str, host: str) -> dict[str, Any]:
    """For analytics.js: one destination, this API, and no reports on itself. host: with a port, if any."""
    destination = {"apiKey": write_key, "apiHost": f"{host}/v1", "protocol": _scheme(host)}
    return {
        "integrations": {"Segment.io": destination},
        "metrics": {"sampleRate": 0},
        "plan": {},
        "remotePlugins": [],
    }


def source_config(write_key: str) -> dict[str, Any]:
    """For RudderStack's browser client: an enabled source without destinations, and no reports on itself."""
    never = {"enabled": False}
    source = {
        "id": "perennial",
        "name": "Perennial",
        "workspaceId": "perennial",
        "writeKey": write_key,
        "enabled": True,
        "config": {"statsCollection": {"errors": never, "metrics": never}},
        "destinations": [],
    }
    return {"source": source}


def _scheme(host: str) -> str:
    """The cloud is never without TLS, a desk always."""
    return "http" if host.partition(":")[0] in ("127.0.0.1", "localhost") else "https"
