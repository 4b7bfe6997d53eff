"""The language of templates: what it can say, what it refuses, and that no template can do harm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from perennial.rendering.templates import Templates
from perennial.rendering.values import Fields, Items, SkipMessage, rendering_for

NAMES: dict[str, Any] = {
    "customer": Fields(
        "customer",
        {
            "first_name": None,
            "last_name": "<b>",
            "city": "",
            "total_spent": {"amount": 123450, "currency": "USD"},
            "address": {"street": "Mill Street", "floor": None},
        },
    ),
    "items": Items(),
    "numbers": [1, 2, 3],
    "now": datetime(2026, 11, 22, 2, tzinfo=UTC),
}


def render(source: str, part: str = "html", others: Mapping[str, Mapping[str, str]] | None = None) -> str:
    templates = Templates({"a": {part: source}, **(others or {})})
    with rendering_for("en-US", "America/New_York"):
        return templates.render("a", part, NAMES)


def reason(source: str, part: str = "html", others: Mapping[str, Mapping[str, str]] | None = None) -> str:
    with pytest.raises(SkipMessage) as raised:
        render(source, part, others)
    return raised.value.reason


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Hi {{ customer.first_name|default('there') }}", "Hi there"),
        ("{{ customer.city|default('your town') }}", "your town"),
        ("{{ customer.nickname|default('friend') }}", "friend"),
        ("{% if customer.first_name %}yes{% else %}no{% endif %}", "no"),
        ("{% if customer.first_name == 'Mara' %}yes{% else %}no{% endif %}", "no"),
        ("{% if customer.first_name is none %}none{% endif %}", "none"),
        ("{{ customer['last_name'] }}", "&lt;b&gt;"),
        ("{{ customer.address.street }}", "Mill Street"),
        ("{{ customer.total_spent|money }}", "$1,234.50"),
        ("{{ now|date }}, {{ now|date('short') }}", "November 21, 2026, 11/21/2026"),
        (
            "{{ '2026-11-22'|date }}, {{ '2026-11-22T02:00:00.000Z'|date }}",
            "November 22, 2026, November 21, 2026",
        ),
        ("{{ numbers|length }} {{ numbers|length|plural('item', 'items') }}", "3 items"),
        ("{{ 'one two three'|truncate_words(2) }}", "one two…"),
        ("{{ numbers|first }}{{ numbers|last }}{{ numbers[1] }}", "132"),
        ("{% for n in numbers %}{{ n }}{% if not loop.last %},{% endif %}{% endfor %}", "1,2,3"),
        ("{% for i in items %}x{% else %}nothing{% endfor %}", "nothing"),
        ("{{ 2 * 3 + 1 }}{{ 'a' ~ 1 }}", "7a1"),
        ("{{ 'a b&c'|urlencode }}", "a%20b%26c"),
        ("{% macro m(context) %}<i>{{ context }}</i>{% endmacro %}{{ m(context='<') }}", "<i>&lt;</i>"),
    ],
)
def test_what_a_template_can_say(source: str, text: str) -> None:
    """Names, filters, conditions and loops do what a marketer expects of them."""
    assert render(source) == text


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{{ customer.first_name }}", "missing_field:customer.first_name"),
        ("{{ customer.address.floor }}", "missing_field:customer.address.floor"),
        ("{{ customer.nickname }}", "missing_field:customer.nickname"),
        ("{% if customer.nickname %}{% endif %}", "missing_field:customer.nickname"),
        ("{{ customer.nickname|upper }}", "missing_field:customer.nickname"),
        ("{{ customer.first_name ~ '!' }}", "missing_field:customer.first_name"),
        ("{% for x in cart.lines %}{% endfor %}", "missing_field:cart"),
        ("{{ (items|first).title }}", "product_unavailable"),
        ("{{ items[0].title }}", "product_unavailable"),
        ("{{ skip('no products') }}", "skip:no products"),
    ],
)
def test_what_is_not_known_skips_the_message_by_name(source: str, why: str) -> None:
    """Nothing is ever printed as blank or None; the reason names the field as the marketer wrote it."""
    assert reason(source) == why


@pytest.mark.parametrize(
    "source",
    [
        "{{ customer.total_spent }}",
        "{{ now }}",
        "{{ numbers }}",
        "{{ numbers|length == 3 }}",
        "{{ customer.last_name is defined }}",
    ],
)
def test_what_no_customer_should_read_is_not_printed(source: str) -> None:
    """Records, lists, raw times and true/false are slips of the template."""
    assert reason(source).startswith("template_error:a.html: a ")


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ customer.__class__.__mro__ }}",
        "{{ customer.keys() }}",
        "{{ customer['__class__'] }}",
        "{{ self.__init__.__globals__ }}",
        "{{ skip.__globals__ }}",
        "{{ now.strftime('%s') }}",
        "{{ 'x'.format(customer) }}",
        "{{ '%s'|format(customer) }}",
        "{{ customer|attr('path') }}",
        "{{ customer.path }}",
        "{{ numbers.append(4) }}",
        "{{ range(3) }}",
        "{{ lipsum() }}",
        "{{ cycler('a') }}",
        "{{ namespace(a=1) }}",
        "{{ dict(a=1) }}",
        "{{ customer.last_name|safe }}",
        "{% autoescape false %}{{ customer.last_name }}{% endautoescape %}",
        "{{ customer.last_name|map('upper') }}",
        "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
        "{% for x in numbers %}{{ loop.__init__ }}{% endfor %}",
        "{{ [1, 2] + [3] }}",
    ],
)
def test_there_is_no_way_out_of_the_sandbox(source: str) -> None:
    """No attribute, method, global or filter beyond the list is reachable, and escaping cannot be switched off."""
    assert reason(source).split(":")[0] in {"template_error", "missing_field"}


@pytest.mark.parametrize(
    "source",
    [
        "{% set a = 'xxxxxxxxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 50 + "{{ a }}",
        "{% set a = 'xxxxxxxxxxxxxxxx' %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 50 + "{{ a }}",
        "{% for a in numbers %}" * 14 + "{% endfor %}" * 14,
        "{% macro m() %}{% for a in numbers %}"
        + "x" * 60_000
        + "{% endfor %}{% endmacro %}{% set a = m() %}{% set b = m() %}{% set c = m() %}",
        "{% for a in numbers %}" + "x" * 40_000 + "{% endfor %}",
        "{% for n in 'nnnnnnnnnnnnnnnnnnnnnnnn' %}{% for m in '"
        + "m" * 1000
        + "' %}{% endfor %}{% endfor %}",
        "".join(
            f"{{% macro m{n + 1}() %}}{{{{ m{n}() }}}}{{{{ m{n}() }}}}{{% endmacro %}}" for n in range(30)
        )
        + "{% macro m0() %}{% endmacro %}{{ m30() }}",
    ],
)
def test_work_and_size_are_bounded(source: str) -> None:
    """Doubling, nesting and endless loops end early, with a reason, however they are written."""
    assert reason(source) in {"template_too_large", "template_works_too_long"}


@pytest.mark.parametrize(
    "source", ["{{ 'a' * 1000000000 }}", "{{ 9 ** 9999999 }}", "{{ 10000000 * 10000000 * 10000000 }}"]
)
def test_arithmetic_stays_small(source: str) -> None:
    """No text is multiplied, no power taken, no number grows without end."""
    assert "works on ordinary numbers only" in reason(source)


def test_partials_that_include_each_other_end() -> None:
    """An endless circle and an exponential tree of includes are errors of the template, not of the process."""
    assert reason("{% include 'a.html' %}").startswith("template_error:a.html")
    tree = {f"p{n}": {"html": f"{{% include 'p{n + 1}.html' %}}" * 2} for n in range(30)}
    assert reason("{% include 'p0.html' %}", others=tree | {"p30": {"html": ""}}) == "template_works_too_long"


def test_mistakes_are_told_with_their_line() -> None:
    """A syntax error, an unknown filter and a missing partial say where and what."""
    assert reason("{% if 1 %}\n{% endif %}\n{{ x | default: 'y' }}").startswith(
        "template_error:a.html: line 3: "
    )
    assert "No filter named 'dafault'" in reason("{{ x|dafault('y') }}")
    assert (
        reason("{% include 'nope.html' %}")
        == "template_error:a.html: it includes nope.html, which does not exist"
    )
    assert reason("{{ 1 / 0 }}") == "template_error:a.html: ZeroDivisionError"
    assert reason("{{ 'tomorrow'|date }}").endswith("this text is neither")


def test_html_is_escaped_and_nothing_else() -> None:
    """Only html parts are escaped, also through `~`, macros, includes and captured text."""
    source = "{{ customer.last_name }}{{ '<' ~ customer.last_name }}{% set a %}{{ customer.last_name }}{% endset %}{{ a }}"
    assert render(source) == "&lt;b&gt;&lt;&lt;b&gt;&lt;b&gt;"
    assert render(source, part="text") == "<b><<b><b>"
    assert render("{% include 'p.html' %}", others={"p": {"html": "{{ customer.last_name }}"}}) == "&lt;b&gt;"


def test_lines_of_nothing_but_tags_vanish_and_words_never_stick_together() -> None:
    """A tag on its own line leaves no blank line; a tag at the end of a line of words keeps the line's end."""
    source = "Hi\n  {% if numbers %}  {# why #}\nfirst{% if numbers %} second{% endif %}\nthird\n{% endif %}\nend\n"
    assert render(source, part="text") == "Hi\nfirst second\nthird\nend"
    assert render("{% raw %}\n{% if %}\n{% endraw %}", part="text") == "\n{% if %}\n"
    assert render("{% if numbers -%}\n   a\n{%- endif %}", part="text") == "a"


def test_a_part_is_compiled_once() -> None:
    """The second rendering finds the compiled template of the first."""
    templates = Templates({"a": {"html": "x"}})
    assert templates.compile("a", "html") is templates.compile("a", "html")


def test_unknown_templates_and_parts_have_their_reason() -> None:
    """A step may name what was deleted since."""
    with rendering_for("en", "UTC"), pytest.raises(SkipMessage, match=r"^unknown_template:b$"):
        Templates({}).render("b", "html", {})
    with rendering_for("en", "UTC"), pytest.raises(SkipMessage, match=r"^unknown_template:b\.sms$"):
        Templates({"b": {"html": ""}}).render("b", "sms", {})
