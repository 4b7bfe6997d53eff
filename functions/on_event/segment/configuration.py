"""What browser clients read before they send anything: without it they send nothing.

Neither answer holds more than the asker knows: its own key, and the address it asked.
"""

from __future__ import annotations

from typing import Any


def settings(write_key: str, host: str) -> dict[str, Any]:
    """For analytics.js: one destination, this API. host: with a port, if any."""
    destination = {
        "apiKey": write_key,
        "apiHost": f"{host}/v1",
        "protocol": _scheme(host),
        "addBundledMetadata": True,
        "unbundledIntegrations": [],
        "bundlingStatus": "bundled",
        "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
        "maybeBundledConfigIds": {},
    }
    return {
        "integrations": {"Segment.io": destination},
        "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "remotePlugins": [],
    }


def source_config(write_key: str) -> dict[str, Any]:
    """For RudderStack's browser client: an enabled source without destinations, which reports nothing on itself."""
    return {
        "source": {
            "id": "perennial",
            "name": "Perennial",
            "workspaceId": "perennial",
            "writeKey": write_key,
            "enabled": True,
            "config": {
                "statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}},
            },
            "destinations": [],
            "connections": [],
            "dataplanes": {},
        },
        "updatedAt": "2026-01-01T00:00:00.000Z",
    }


def _scheme(host: str) -> str:
    """The cloud is never without TLS, a desk always."""
    return "http" if host.partition(":")[0] in ("127.0.0.1", "localhost") else "https"
