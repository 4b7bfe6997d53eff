"""segment-analytics-python: `segment_python.py HOST WRITE_KEY USER_ID < story.json`; fails when one was not delivered."""

from __future__ import annotations

import json
import sys

from segment.analytics.client import Client  # type: ignore[import-untyped]


def main() -> None:
    """Tell the story and wait until it is delivered."""
    host, key, user = sys.argv[1:]
    errors: list[str] = []
    client = Client(key, host=host, on_error=lambda error, _: errors.append(repr(error)), max_retries=5)
    for kind, *told in json.load(sys.stdin):
        if kind == "identify":
            client.identify(user, *told)
        else:
            client.track(user, *told)
    client.flush()
    client.join()
    sys.exit("\n".join(errors) or None)


main()
