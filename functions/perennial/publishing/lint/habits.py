"""What people bring along from Klaviyo, Liquid, Django, Handlebars and Mailchimp, and how it is written here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from perennial.publishing.mjml.pieces import Kind, Piece
from perennial.publishing.problems import Problem

RULE = "foreign-syntax"
Say = Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class Habit:
    """found: in the inside of a tag. says: what to write instead."""

    found: re.Pattern[str]
    says: Say


def _habit(pattern: str, says: str | Say, flags: int = 0) -> Habit:
    if isinstance(says, str):
        words = says
        return Habit(re.compile(pattern, flags), lambda match: match.expand(words))
    return Habit(re.compile(pattern, flags), says)


_FILTERS = {
    "upcase": "upper",
    "downcase": "lower",
    "strip": "trim",
    "size": "length",
    "truncatewords": "truncate_words",
}
_LINKS = {
    "unsubscribe": "unsubscribe_url",
    "unsubscribe_link": "unsubscribe_url",
    "unsubscribe_url": "unsubscribe_url",
    "manage_preferences": "preferences_url",
    "manage_preferences_link": "preferences_url",
    "web_view": "view_in_browser_url",
    "web_view_link": "view_in_browser_url",
    "view_in_browser_url": "view_in_browser_url",
}
_PEOPLE = {"firstname": "first_name", "lastname": "last_name", "fname": "first_name", "lname": "last_name"}


def _person(match: re.Match[str]) -> str:
    name = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", match[1]).lower().strip("$ ")
    name = _PEOPLE.get(name.replace("_", ""), name)
    return f'write {{{{ customer.{name}|default("there") }}}}.'


def _link(match: re.Match[str]) -> str:
    return f"write {{{{ {_LINKS.get(match[1], 'unsubscribe_url')} }}}}, as the address of a link."


def _counter(match: re.Match[str]) -> str:
    name = {"counter": "index", "counter0": "index0"}.get(match[1], match[1])
    return f"this is Liquid or Django. Write loop.{name}."


def _size(match: re.Match[str]) -> str:
    return "" if match[1].startswith("event") else f"this is Liquid. Write {match[1]}|length."


def _filter_value(match: re.Match[str]) -> str:
    name, value = _FILTERS.get(match[1], match[1]), match[2].strip()
    if name == "date":
        return 'this is Liquid or Django. Write |date("long") or |date("short").'
    if name in {"money", "currency"}:
        return "this is Liquid. Write |money."
    if name == "format_date_string":
        return 'this is Klaviyo. Write |date("long").'
    quoted = value if value[:1] in "\"'" or value[:1].isdigit() else f'"{value}"'
    return f"this is Liquid or Django. Values of filters stand in brackets here: |{name}({quoted})."


_BLOCKS = (
    _habit(r"^(unsubscribe\w*|manage_preferences\w*|web_view\w*|view_in_browser_url)\b", _link),
    _habit(r"^(?:assign|let)\s+(\w+)\s*=\s*(.+)", r"this is Liquid. Write {% set \1 = \2 %}."),
    _habit(r"^capture\s+(\w+)", r"this is Liquid. Write {% set \1 %}...{% endset %}."),
    _habit(r"^endcapture", "this is Liquid. Write {% endset %}."),
    _habit(r"^elsif\b(.*)", r"write {% elif\1 %}."),
    _habit(r"^else\s*if\b(.*)", r"write {% elif\1 %}."),
    _habit(r"^unless\s+(.+)", r"this is Liquid. Write {% if not (\1) %}."),
    _habit(r"^endunless", "this is Liquid. Write {% endif %}."),
    _habit(
        r"^(case|when|endcase)\b", "this is Liquid. Write {% if x == ... %}, {% elif ... %} and {% endif %}."
    ),
    _habit(r"^abort_message\b\s*\(?(.*?)\)?$", r"this is Braze. Write {{ skip(\1) }}."),
    _habit(r"^(comment|endcomment)\b", "write comments as {# ... #}."),
    _habit(
        r"^(?:render|section)\s+['\"]([^'\"]+)['\"]",
        r'this is Liquid. Write {% include "partials/\1.mjml" %}.',
    ),
    _habit(
        r"^connected_content\b",
        "this is Braze. Nothing is fetched while a message is written. Let the shop send it with the event.",
    ),
    _habit(
        r"^(catalog|endcatalog)\b",
        'this is Klaviyo. Write {% set p = product("ID") %} and p.title, p.url, p.price.',
    ),
    _habit(
        r"^(coupon_code|coupon)\b",
        "this is Klaviyo. Give the campaign's step an offer, and write {{ offer.code }}.",
    ),
    _habit(r"^(currency_format|currency)\b", "this is Klaviyo. Write {{ item.price|money }}."),
    _habit(r"^empty$", "this is Django. Write {% else %}."),
    _habit(r"^(ifequal|ifnotequal|endifequal|ifchanged)\b", "this is Django. Write {% if a == b %}."),
    _habit(
        r"^(load|url|csrf_token|trans|blocktrans|endblocktrans|cycle|now|regroup|spaceless)\b",
        r"there is no {% \1 %} here; that is Django's. Delete it.",
    ),
    _habit(r"^with\s+(\S+)\s+as\s+(\w+)$", r"this is Django. Write {% with \2 = \1 %}."),
    _habit(
        r"^for\s+(\w+)\s+in\s+(\S+)\s+(?:limit|offset)\s*:\s*(\d+)",
        r"this is Liquid. Write {% for \1 in \2 %}{% if loop.index <= \3 %}...{% endif %}{% endfor %}.",
    ),
    _habit(r"^(?:if|elif)\b.*\bcontains\b", 'this is Liquid. Write {% if "x" in y %}.'),
    _habit(r"^(?:if|elif)\b[^'\"=!<>(]*[^=!<>(]=[^=]", "compare with ==, not =."),
    _habit(
        r"^(break|continue)\b", "a loop cannot be left here. Write {% if loop.index <= 3 %} inside of it."
    ),
    _habit(
        r"^(?:#|/)\s*(if|each|unless|with)\b",
        "this is Handlebars. Write {% if ... %} and {% for item in items %}.",
    ),
)
_SHOWN = (
    _habit(r"^\{?\s*\$\{\s*(\w+)\s*\}", _person),
    _habit(r"^\{", "this is Handlebars. Write {{ ... }} with two braces; html is escaped by itself."),
    _habit(
        r"^[#/^>]\s*(\w*)",
        "this is Handlebars or Mustache. Write {% if ... %}, {% for item in items %} or {% include %}.",
    ),
    _habit(r"^\.(?:Subscriber\.|Customer\.)?(\w+)", _person),
    _habit(
        r"^(?:person|contact|subscriber|user|recipient|profile|lead)\s*\|\s*lookup\s*:\s*['\"]([^'\"]+)['\"]",
        _person,
    ),
    _habit(r"^(?:person|contact|subscriber|user|recipient|profile|lead)\.(\w+)", _person),
    _habit(r"^(unsubscribeUrl|unsubscribe_link|unsubscribe)\b", "write {{ unsubscribe_url }}."),
    _habit(r"^(manageUrl|manage_preferences\w*)\b", "write {{ preferences_url }}."),
    _habit(r"^event\s*\|\s*lookup\s*:\s*['\"]([^'\"]+)['\"]", r"this is Klaviyo. Write {{ event.\1 }}."),
    _habit(r"^coupon\(", "give the campaign's step an offer, and write {{ offer.code }}."),
)
_EVERYWHERE = (
    _habit(r"\|\s*(\w+)\s*:\s*([^|]+)", _filter_value),
    _habit(
        r"\|\s*(upcase|downcase|strip|size|truncatewords)\b",
        lambda match: f"this is Liquid. Write |{_FILTERS[match[1]]}.",
    ),
    _habit(r"&&", "write 'and' instead of '&&'."),
    _habit(r"\|\|", "write 'or' instead of '||'."),
    _habit(r"!(?!=)", "write 'not' instead of '!'."),
    _habit(r"===|!==", "compare with == or !=."),
    _habit(r"\b(?:nil|null|blank)\b(?!\s*\()", "write 'is none', or {% if not x %} for empty."),
    _habit(r"\bforloop\.(\w+)", _counter),
    _habit(r"\b([a-z_]\w*)\.(\d+)\b", r"write \1[\2], or (\1|first)."),
    _habit(r"\b((?:\w+\.)*\w+)\.size\b", _size),
)
_TEXT = (
    _habit(r"\*\|\s*(\w+)\s*\|\*", _person),
    _habit(r"%%\s*(\w+)\s*%%", _person),
    _habit(r"\{contactfield=(\w+)[^}]*\}", _person),
    _habit(r"%recipient\.(\w+)%", _person),
    _habit(r"\[\[\s*(\w+)\s*\]\]", _person),
    _habit(r"(?<![\w$])\$\{\s*(\w+)\s*\}", _person),
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def foreign(pieces: Iterable[Piece]) -> Iterator[Problem]:
    """The first foreign habit of each tag, and those in the text between."""
    for piece in pieces:
        if piece.kind == Kind.TEXT:
            yield from _in_text(piece)
        elif text := _in_tag(piece):
            yield Problem(piece.file, piece.line, "", text, RULE)


def _in_tag(piece: Piece) -> str | None:
    habits = _BLOCKS if piece.kind == Kind.BLOCK else _SHOWN
    for habit in habits:
        if found := habit.found.search(piece.inside):
            return habit.says(found)
    bare = _QUOTED.sub(lambda quoted: quoted[0][0] + "x" * (len(quoted[0]) - 2) + quoted[0][0], piece.inside)
    for habit in _EVERYWHERE:
        if found := habit.found.search(bare):
            original = habit.found.match(piece.inside, found.start())
            return habit.says(original or found) or None
    return None


def _in_text(piece: Piece) -> Iterator[Problem]:
    for habit in _TEXT:
        for found in habit.found.finditer(piece.source):
            line = piece.line + piece.source.count("\n", 0, found.start())
            yield Problem(piece.file, line, "", habit.says(found), RULE)
