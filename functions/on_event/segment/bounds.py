"""How large one call may be: bounded before anything in it costs more than reading it did."""

from __future__ import annotations

from typing import Any

from on_event.segment.calls import Fault

LARGEST_CALL = 32 * 1024  # bytes
LARGEST_VALUE = 8 * 1024  # bytes of one text
MOST_KEYS = 255  # of one object

_TOO_LARGE = Fault("too_large", f"A call has at most {LARGEST_CALL} bytes.")
_TOO_LONG = Fault("too_long", f"A text in a call has at most {LARGEST_VALUE} bytes.")
_TOO_MANY_KEYS = Fault("too_many_keys", f"An object in a call has at most {MOST_KEYS} keys.")


def fault(call: Any, raw: bytes) -> Fault | None:
    """What is too large about a call, or None. raw: the call as compact JSON."""
    if len(raw) > LARGEST_CALL:
        return _TOO_LARGE
    if len(raw) > LARGEST_VALUE or raw.count(b":") > MOST_KEYS:  # smaller ones need no second look
        return _inside(call)
    return None


def _inside(value: Any) -> Fault | None:
    if isinstance(value, str):
        return _TOO_LONG if len(value.encode("utf-8", "replace")) > LARGEST_VALUE else None
    if not isinstance(value, dict | list):
        return None
    if isinstance(value, dict) and len(value) > MOST_KEYS:
        return _TOO_MANY_KEYS
    inner = value.values() if isinstance(value, dict) else value
    return next((found for each in inner if (found := _inside(each))), None)
