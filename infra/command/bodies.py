"""What a queue's text says, for eyes: the envelope `receive` made, with its body unpacked, or another service's JSON."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from typing import Any


def shown(text: str) -> Any:
    """As JSON as far as it is any, else the text itself."""
    message = _json(text)
    if isinstance(message, dict) and isinstance(message.get("body"), str):
        return {**message, "body": _unpacked(message["body"])}
    return message


def is_trusted(text: str) -> bool:
    """Whether it belongs on the queue of signed events; what another AWS service put there does."""
    message = _json(text)
    return not isinstance(message, dict) or message.get("trusted", True) is True


def _unpacked(body: str) -> Any:
    try:
        return _json(gzip.decompress(base64.b64decode(body, validate=True)).decode("utf-8", "replace"))
    except (ValueError, OSError, EOFError, zlib.error):
        return body


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
