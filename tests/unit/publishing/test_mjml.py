"""MJML templates: partials, what Jinja survives, and what is refused with its line."""

from __future__ import annotations

from typing import Any

import pytest

from perennial.publishing.problems import Problem
from perennial.publishing.template_building import read_templates
from perennial.rendering.templates import Templates
from perennial.rendering.values import Fields, Items, rendering_for

LAYOUT = """\
<mjml lang="th" dir="ltr">
<mj-head><mj-attributes><mj-all font-family="Arial" /></mj-attributes></mj-head>
<mj-body>
{% block content %}{% endblock %}
{% include "partials/footer.mjml" %}
</mj-body>
</mjml>
"""
FOOTER = """\
<mj-section><mj-column>
<mj-text><a ses:no-track href="{{ unsubscribe_url }}">{{ shop.name }}</a></mj-text>
</mj-column></mj-section>
"""
PARTS = """\
{% macro button(label, url, tracked=true) %}
<mj-button href="{{ url }}">{{ label }}{% if not tracked %}!{% endif %}</mj-button>
{% endmacro %}
{% macro card(title) %}
<mj-section><mj-column>
<mj-text>{{ title }}</mj-text>
{{ caller() }}
{{ button("more", shop.url, tracked=false) }}
</mj-column></mj-section>
{% endmacro %}
"""
HEAD = """\
---
subject: Hello
preheader: News
---
{% extends "partials/layout.mjml" %}
{% from "partials/parts.mjml" import button, card %}
{% from "partials/words.html" import strong %}
{% set greeting = "Hi" %}
{% block content %}
"""
FIRST = HEAD.count("\n") + 1  # the line on which the body begins
PARTIALS = {
    "templates/partials/layout.mjml": LAYOUT,
    "templates/partials/footer.mjml": FOOTER,
    "templates/partials/parts.mjml": PARTS,
    "templates/partials/words.html": "{% macro strong(words) %}<b>{{ words }}</b>{% endmacro %}",
}
NAMES: dict[str, Any] = {
    "shop": Fields("shop", {"name": "Fern", "url": "https://fern.example"}),
    "items": Items([Fields("item", {"title": "<Pot>", "url": "https://fern.example/pot?a=1&b=2"})]),
    "subject": "Hel<lo",
    "preheader": "News",
    "unsubscribe_url": "https://fern.example/u",
}


def rendered(body: str) -> str:
    """The mail with this content, and no problem on the way."""
    files = {**PARTIALS, "templates/hello.mjml": HEAD + body + "{% endblock %}\n"}
    sources = read_templates({path: text.encode() for path, text in files.items()})
    assert sources.problems == []
    with rendering_for("en", "UTC"):
        return Templates(sources.parts).render("hello", "html", NAMES)


def problem(body: str, **partials: str) -> Problem:
    """The one problem of a mail with this content."""
    own = {f"templates/partials/{name}.mjml": text for name, text in partials.items()}
    files = {**PARTIALS, **own, "templates/hello.mjml": HEAD + body + "\n{% endblock %}\n"}
    (only,) = read_templates({path: text.encode() for path, text in files.items()}).problems
    return only


def test_partials_are_compiled_where_they_are_used() -> None:
    """Layout, block, include, macros with defaults, call blocks, html macros and set work together."""
    html = rendered(
        '{% call card(greeting ~ " you") %}<mj-text>{{ strong("in") }}</mj-text>{% endcall %}'
        "{% for item in items %}"
        "<mj-section><mj-column>{{ button(item.title, item.url) }}</mj-column></mj-section>"
        "{% endfor %}"
    )
    assert ">Hi you</div>" in html
    assert "<b>in</b>" in html
    assert ">more!</a>" in html
    assert '<a href="https://fern.example/pot?a=1&amp;b=2" target="_blank"' in html
    assert "&lt;Pot&gt;</a>" in html
    assert '<a ses:no-track href="https://fern.example/u">Fern</a>' in html


def test_subject_and_preheader_stand_where_mail_programs_look() -> None:
    """The title is the subject, the first words are the preheader, and both say their language."""
    html = rendered("")
    assert "<title>Hel&lt;lo</title>" in html
    assert '<html lang="th" dir="ltr"' in html
    assert '<body style="word-spacing:normal;"><div lang="th" dir="ltr" style="display:none' in html
    assert ">News</div>" in html


def test_values_with_tags_stay_whole() -> None:
    """Quotes, conditions and several tags within one value, and tags among the attributes of HTML."""
    html = rendered(
        "<mj-section><mj-column><mj-text>"
        """<a {% if items %}ses:no-track {% endif %}href='{{ shop.url }}/{{ "a" if items else "b" }}' title='"x"'>x</a>"""
        """</mj-text></mj-column></mj-section>"""
    )
    assert '<a ses:no-track  href="https://fern.example/a"' in html or (
        '<a ses:no-track href="https://fern.example/a"' in html
    )


IN_COLUMN = "<mj-section><mj-column>{}</mj-column></mj-section>"


@pytest.mark.parametrize(
    ("body", "line", "told"),
    [
        ("<mj-section><mj-column><mj-txt>x</mj-txt></mj-column></mj-section>", 0, "Did you mean 'mj-text'?"),
        ("<mj-section>\n<mj-column>\n</mj-section>", 1, "<mj-column> is not closed"),
        ("<mj-text>x</mj-text>", 0, "cannot stand inside <mj-body>"),
        ("<mj-section>\nhello</mj-section>", 1, "text cannot stand right inside <mj-section>"),
        ("<p>hello</p>", 0, "Put it into <mj-text> or <mj-raw>"),
        (IN_COLUMN.format("<mj-text><p>x</mj-text>"), 0, "<p> is not closed"),
        ("{% for item in items %}", 0, "not closed"),
        ("{{ button('a') }}", 0, "the value for 'url' is missing"),
        ("{{ button('a', link='b') }}", 0, "one value too many"),
        (
            IN_COLUMN.format("<mj-button {% if items %}href='x'{% endif %}>x</mj-button>"),
            0,
            "among the attributes",
        ),
        (IN_COLUMN.format('<mj-image src="a" alt="b" width="{{ shop.name }}" />'), 0, "was dropped"),
        (
            IN_COLUMN.format(
                '<mj-social>{% for item in items %}<mj-social-element name="x" href="y">x</mj-social-element>{% endfor %}'
                "</mj-social>"
            ),
            0,
            "was torn apart",
        ),
        ("{{ 'unclosed }}", 0, "not closed"),
        ('{% include "partials/foter.mjml" %}', 0, "there is no 'partials/foter.mjml'"),
    ],
)
def test_what_cannot_be_compiled_is_told_with_its_line(body: str, line: int, told: str) -> None:
    """The line is that of the marketer's file, whatever partials and compiler have made of it."""
    found = problem(body)
    assert (found.file, found.line) == ("templates/hello.mjml", FIRST + line)
    assert told in found.text


def test_problems_of_partials_are_told_in_the_partial() -> None:
    """Not in the template that uses it."""
    found = problem("", footer="<mj-section>\n<mj-column>\n<mj-txt />\n</mj-column></mj-section>")
    assert (found.file, found.line) == ("templates/partials/footer.mjml", 3)


def test_circles_end() -> None:
    """A partial that includes itself is told, not followed."""
    assert "Break the circle" in problem("", footer='{% include "partials/footer.mjml" %}').text


def test_a_tag_in_the_head_is_refused() -> None:
    """The compiler drops it without a word."""
    layout = LAYOUT.replace("</mj-head>", "\n{% if shop.name %}\n{% endif %}</mj-head>")
    found = problem("", layout=layout)
    assert (found.file, found.line, found.rule) == ("templates/partials/layout.mjml", 3, "tag-sequence")
