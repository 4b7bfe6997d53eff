"""What templates compute with: fields, their absence, what may be printed, and the bound on one rendering's work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateRuntimeError
from jinja2.runtime import Undefined

from perennial.errors import PerennialError

WORK = 20_000  # loop turns, calls, includes and values printed in one rendering
LARGEST_PART = 102_400  # characters: Gmail hides what follows 102 KB, and the unsubscribe link with it


class SkipMessage(PerennialError):
    """This message is not to be sent, and `reason` says why: a value for `send`, never a failure of its queue.

    Reasons: skip:WORDS, product_unavailable, missing_field:NAME, unknown_template:NAME, unknown_step:ID,
    template_error:TEXT, template_too_large, template_works_too_long, no_unsubscribe_link, link_not_allowed:HOST,
    malformed_address, sms_too_long.

    where: the template's part, as Jinja calls it, and its line, where that is known.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.where: tuple[str, int] | None = None


@dataclass(slots=True)
class Work:
    """What one rendering may still do, and for whom it writes."""

    locale: str = "en"
    zone: str = "UTC"
    product: Callable[[str], Any] | None = None
    turns: int = WORK
    size: int = 4 * LARGEST_PART

    def spend(self, size: int = 0) -> None:
        """Counts one turn and `size` characters; SkipMessage past either bound."""
        self.turns -= 1
        self.size -= size
        if self.turns < 0 or self.size < 0:
            self.end()

    def end(self) -> NoReturn:
        """SkipMessage with the bound that was passed."""
        raise SkipMessage("template_works_too_long" if self.turns < 0 else "template_too_large")


work: ContextVar[Work] = ContextVar("work")


@contextmanager
def rendering_for(locale: str, zone: str, product: Callable[[str], Any] | None = None) -> Iterator[None]:
    """Everything rendered inside shares one bound on work and is written for this locale and time zone.

    product: the item of a product's id, None where it cannot be bought; for `product("id")`.
    """
    token = work.set(Work(locale, zone, product))
    try:
        yield
    finally:
        work.reset(token)


class Fields(dict[str, Any]):
    """Named values of a template; `path` is what a marketer writes to reach them ("customer").

    is_there: False for an object that this message does not have; it counts as false, and all its names are empty.
    """

    def __init__(self, path: str, values: Mapping[str, Any], *, is_there: bool = True) -> None:
        super().__init__(values)
        self.path = path
        self._is_there = is_there

    def __bool__(self) -> bool:
        return self._is_there


class Items(list[Fields]):
    """Products of the message. Reaching into an empty list means the product is gone: the message is skipped."""


class Missing(StrictUndefined):
    """A name nobody knows: any use of it skips the message."""

    __slots__ = ()

    def __init__(self, hint: str | None = None, obj: Any = None, name: Any = None, exc: Any = None) -> None:
        reason = f"template_error:{hint}" if hint else f"missing_field:{name}"
        super().__init__(reason, obj, name, SkipMessage)  # type: ignore[arg-type]  # raised as exc(reason)


class Empty(Undefined):
    """A name that is known and holds nothing: false, without elements and equal to none, but an error in print."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        super().__init__(f"missing_field:{name}", None, name, SkipMessage)  # type: ignore[arg-type]

    def __str__(self) -> str:
        return self._fail_with_undefined_error()

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, Empty)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]


class Gone(Missing):
    """The first of no products: any use of it skips the message."""

    __slots__ = ()

    def __init__(self) -> None:
        super(Missing, self).__init__("product_unavailable", None, "items", SkipMessage)  # type: ignore[arg-type]


def skip(reason: str) -> NoReturn:
    """Decides inside a template that this message is not sent."""
    raise SkipMessage(f"skip:{reason[:80]}")


def product(product_id: str) -> Any:
    """A product that the template names itself; the message is skipped when it cannot be bought."""
    find = work.get().product
    return (find(product_id) if find else None) or Gone()


def printed(value: Any) -> Any:
    """What `{{ value }}` prints: text and numbers; anything else is a slip that no customer should read."""
    if type(value) is str and (current := work.get(None)):  # by far the most, so without a further call
        current.turns -= 1
        current.size -= len(value)
        if current.turns < 0 or current.size < 0:
            current.end()
        return value
    if isinstance(value, Undefined):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TemplateRuntimeError(f"a {_kind(value)} cannot be printed{_remedy(value)}")
    if current := work.get(None):
        current.spend(len(value) if isinstance(value, str) else 0)
    return value


def _kind(value: Any) -> str:
    names = {
        "NoneType": "none",
        "dict": "record",
        "Fields": "record",
        "bool": "true/false value",
        "datetime": "date",
    }
    return names.get(type(value).__name__, type(value).__name__.lower())


def _remedy(value: Any) -> str:
    if isinstance(value, Mapping) and "amount" in value:
        return "; for a price write `|money`"
    return "; write `|date('long')`" if isinstance(value, date) else ""
