"""JSON as senders may write it: bounded and unambiguous, or refused with a reason they may be shown."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from perennial.errors import Unintelligible

DEEPEST = 32  # levels of objects and lists

_TOO_DEEP = f"The body is nested deeper than {DEEPEST} levels."


def parse(body: bytes) -> Any:
    """The value of a UTF-8 JSON text; of repeated keys the last one counts.

    Unintelligible for other encodings, NaN and infinities (1e999 too), endless digits, deep nesting.
    """
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise Unintelligible("The body is not UTF-8 text.") from error
    except RecursionError as error:
        raise Unintelligible(_TOO_DEEP) from error
    except ValueError as error:
        raise Unintelligible("The body is not valid JSON.") from error
    if body.count(b"{") + body.count(b"[") > DEEPEST and _depth_exceeds(value, DEEPEST):
        raise Unintelligible(_TOO_DEEP)
    return value


def dump(value: Any) -> bytes:
    """Compact UTF-8; a lone surrogate becomes the replacement character, for no store takes it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number too large")
    return number


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit + 1):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return True


def _children(item: Any) -> list[Any]:
    """Only containers: leaves cannot nest, and are most of any body."""
    values = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return [value for value in values if isinstance(value, dict | list)]
