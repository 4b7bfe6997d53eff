"""What somebody read and looked for beside products: pages, categories and searches, the newest of them.

Browsers tell these words, and a browser may be anybody's. So only plain words are kept, without anything that could be a
link, an address or a number to call: what ends up in a mail says little and leads nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict

from perennial.events import Event
from perennial.times import stamp

KEPT = 20
PAGE, CATEGORY, SEARCH = "page", "category", "search"
_WORDS = re.compile(r"[\w '\u2019&+,!?()|\u2013\u2014-]{1,80}")
_NUMBER = re.compile(r"[\d_]{5,}")
_PATH = re.compile(r"(/[\w~%-]{1,80}){1,6}/?")
# Of a shop, not of its content: what is bought and paid there is told by other events.
_NO_CONTENT = re.compile(
    r"/(\w\w(-\w\w)?/)?(products?|collections?|categor(y|ies)|product-category|shop|cart|basket|checkouts?|account|my-account|login|"
    r"register|search|orders?|wishlist)(/|$)",
    re.IGNORECASE,
)


class Reading(TypedDict):
    """kind: page, category or search. value: the page's path, the category's name, the words searched for."""

    kind: str
    value: str
    at: str
    id: str
    title: NotRequired[str]


def reading_of(event: Event) -> Reading | None:
    """What the event tells, if it tells anything that may be repeated."""
    read = _READERS.get(event.name)
    told = read(event.properties) if read else None
    if told is None:
        return None
    reading = Reading(kind=told["kind"], value=told["value"], at=stamp(event.occurred_at), id=event.id)
    return Reading(**reading, title=told["title"]) if "title" in told else reading


def joined(*parts: Iterable[Reading]) -> list[Reading]:
    """All of them once, within the bound, oldest first."""
    every = {reading["id"]: reading for part in parts for reading in part}
    return sorted(every.values(), key=lambda reading: (reading["at"], reading["id"]))[-KEPT:]


def plain_words(value: Any) -> str | None:
    """The words, if they are harmless whoever wrote them."""
    words = " ".join(value.split()) if isinstance(value, str) else ""
    return words if _WORDS.fullmatch(words) and not _NUMBER.search(words) else None


def _page(properties: Mapping[str, Any]) -> dict[str, str] | None:
    path, title = properties.get("path"), plain_words(properties.get("title") or properties.get("name"))
    is_content = isinstance(path, str) and _PATH.fullmatch(path) and not _NO_CONTENT.match(path)
    return {"kind": PAGE, "value": str(path), "title": title} if is_content and title else None


def _category(properties: Mapping[str, Any]) -> dict[str, str] | None:
    name = plain_words(properties.get("category"))
    return {"kind": CATEGORY, "value": name} if name else None


def _search(properties: Mapping[str, Any]) -> dict[str, str] | None:
    words = plain_words(properties.get("query"))
    return {"kind": SEARCH, "value": words} if words else None


_READERS = {"page_viewed": _page, "product_list_viewed": _category, "products_searched": _search}
