"""Broken templates: each is refused with file, line and remedy, and the next mail still uses the last good version."""

from __future__ import annotations

from pathlib import Path

import pytest

from perennial.customer import new
from perennial.events import Product
from perennial.publishing.problems import Problem
from perennial.rendering.renderer import Links, Renderer
from tests.emails.samples import entry_of
from tests.unit.publishing.conftest import BROWSE, SHOP
from tests.unit.publishing.test_publish import Room

MJML = "templates/browse/reminder.mjml"
TEXT = "templates/browse/reminder.txt"
SMS = "templates/browse/reminder.sms"
PUSH = "templates/browse/reminder.push"
LAYOUT = "templates/partials/layout.mjml"
SAMPLE = "templates/browse/reminder.sample.json"
FILES = {
    "shop.yaml": SHOP,
    "campaigns/browse.yaml": BROWSE,
    MJML: """\
---
subject: Still thinking about {{ (items|first).title }}?
preheader: It is in stock.
---
{% extends "partials/layout.mjml" %}
{% from "partials/button.mjml" import button %}
{% block content %}
<mj-text>Hi {{ customer.first_name|default("there") }}</mj-text>
{% for item in items %}
<mj-text>{{ item.title }}</mj-text>
{% endfor %}
<mj-image src="https://www.fern.example/a.png" alt="A fern" />
{{ button("Look again", shop.url) }}
{% endblock %}
""",
    TEXT: "Hi {{ customer.first_name|default('there') }}, still thinking?\n{{ unsubscribe_url }}\n",
    SMS: "Still thinking? Reply STOP to end\n",
    PUSH: "Still there\nYour ferns wait for you\n",
    LAYOUT: """\
<mjml lang="en" dir="ltr">
<mj-head><mj-raw><meta name="color-scheme" content="light dark" /></mj-raw></mj-head>
<mj-body>
<mj-section><mj-column>
{% block content %}{% endblock %}
</mj-column></mj-section>
<mj-section><mj-column>
<mj-text><a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ shop.postal_address }}</mj-text>
</mj-column></mj-section>
</mj-body>
</mjml>
""",
    "templates/partials/button.mjml": (
        '{% macro button(label, url) %}<mj-button href="{{ url }}">{{ label }}</mj-button>{% endmacro %}\n'
    ),
    SAMPLE: '{"event": {"visit": "2026-11-01", "last_view": "2026-11-01", "categories": [], "searches": [], "pages": []}}',
}
TITLE = "<mj-text>{{ item.title }}</mj-text>"
PICTURE = '<mj-image src="https://www.fern.example/a.png" alt="A fern" />'
LONG = "<mj-text>" + "x" * 125_000 + "</mj-text>"

# What is spoilt, what stands there then, in which line, the rule, and a part of the remedy.
BROKEN = [
    (MJML, "{% endfor %}", "", 9, "jinja-syntax", "Add {% endfor %}"),
    (MJML, "customer.first_name", "customer.firstname", 8, "unknown-name", "Did you mean customer.first_name?"),
    (MJML, "{{ item.title }}", "{{ item.titel }}", 10, "unknown-name", "Did you mean item.title?"),
    (MJML, "{{ item.title }}", "{{ event.laast_view }}", 10, "unknown-name", "Did you mean event.last_view?"),
    (MJML, "{{ item.title }}", "{{ event.total|money }}", 10, "unknown-name", "The trigger (browse) knows"),
    (MJML, "{{ item.title }}", "{{ first_name }}", 10, "unknown-name", "Did you mean customer.first_name?"),
    (MJML, "{{ item.title }}", "{{ items.title }}", 10, "unknown-name", "Write (items|first).title"),
    (MJML, "{{ item.title }}", "{{ item.title.upper() }}", 10, "unknown-name", "Write |upper"),
    (MJML, "{{ item.title }}", "{{ confirm_url }}", 10, "unknown-name", "opt_in only"),
    (MJML, "{{ item.title }}", "{{ customer.total_spent }}", 10, "not-printable", "{{ customer.total_spent|money }}"),
    (MJML, "{{ item.title }}", "{{ items }}", 10, "not-printable", "cannot be printed"),
    (MJML, "{{ item.title }}", "{{ product(item.id).title }}", 10, "product-id", 'product("4711")'),
    (MJML, "{{ item.title }}", "{{ item.title|shout }}", 10, "jinja-syntax", "there is no filter 'shout'"),
    (MJML, "{{ item.title }}", "{{ first name }}", 10, "jinja-syntax", "Names have no spaces"),
    (MJML, "{{ item.title }}", "{{ item.title }", 10, "jinja-syntax", "Close it with }}"),
    (MJML, "{{ (items|first).title }}", "{{ customer.first_name }}", 2, "empty-name", 'default("there")'),
    # Other tools' languages.
    (MJML, '|default("there")', "|default:'there'", 8, "foreign-syntax", "|default('there')"),
    (MJML, '|default("there")', " | upcase", 8, "foreign-syntax", "|upper"),
    (MJML, TITLE, "<mj-text>{% unsubscribe %}</mj-text>", 10, "foreign-syntax", "{{ unsubscribe_url }}"),
    (MJML, TITLE, "<mj-text>{% assign x = 1 %}</mj-text>", 10, "foreign-syntax", "{% set x = 1 %}"),
    (MJML, TITLE, "<mj-text>{% if a && b %}{% endif %}</mj-text>", 10, "foreign-syntax", "'and'"),
    (MJML, TITLE, "<mj-text>*|FNAME|*</mj-text>", 10, "foreign-syntax", "{{ customer.first_name|default"),
    (MJML, TITLE, "<mj-text>{{ person.first_name }}</mj-text>", 10, "foreign-syntax", "customer.first_name"),
    # MJML.
    (MJML, "<mj-text>Hi", "<mj-txt>Hi", 8, "mjml", "Did you mean 'mj-text'?"),
    (MJML, TITLE, "<mj-text>{{ item.title }}", 10, "mjml", ""),
    (MJML, PICTURE, PICTURE.replace(" />", ' width="{{ shop.name }}" />'), 12, "tag-sequence", "was dropped"),
    (
        MJML,
        PICTURE,
        '<mj-social>{% for item in items %}<mj-social-element name="x" href="#" />{% endfor %}</mj-social>',
        12,
        "tag-sequence",
        "was torn apart",
    ),
    (LAYOUT, "<mj-body>", "{% if shop.name %}<mj-body>{% endif %}", 3, "tag-sequence", ""),
    (MJML, "partials/button.mjml", "partials/buton.mjml", 6, "unknown-partial", "there is no"),
    (MJML, "import button", "import knob", 6, "unknown-partial", "there is no macro 'knob'"),
    # The lint.
    (LAYOUT, ' dir="ltr"', "", 1, "html-lang", 'dir="ltr"'),
    (LAYOUT, '<meta name="color-scheme" content="light dark" />', "", 2, "colour-scheme", "color-scheme"),
    (LAYOUT, "{{ shop.postal_address }}", "", 1, "postal-address", "{{ shop.postal_address }}"),
    (LAYOUT, '<a href="{{ unsubscribe_url }}">Unsubscribe</a>', "", 0, "", "unsubscribe link"),
    (MJML, ' alt="A fern"', "", 12, "img-alt", 'alt="'),
    (MJML, PICTURE, "<mj-raw><tr><td><table></table></td></tr></mj-raw>", 12, "table-role", "presentation"),
    (MJML, PICTURE, '<mj-text><a href="">x</a></mj-text>', 12, "empty-link", "leads nowhere"),
    (MJML, PICTURE, '<mj-text><a href="http://www.fern.example/">x</a></mj-text>', 12, "https-links", "https://"),
    (MJML, PICTURE, '<mj-text><a href="https://localhost/x">x</a></mj-text>', 12, "localhost", "a computer of yours"),
    (MJML, PICTURE, '<mj-text><a href="https://evil.example/x">x</a></mj-text>', 12, "link-host", "hosts of shop.yaml"),
    (MJML, PICTURE, "<mj-text><svg></svg></mj-text>", 12, "client-support", "Save it as a PNG"),
    (MJML, PICTURE, LONG, 0, "does-not-render", "100 KB"),
    (MJML, "preheader: It is in stock.\n", "", 1, "preheader", "preheader"),
    (MJML, "It is in stock.", "Still thinking about {{ (items|first).title }}?", 3, "preheader-repeats", "more"),
    (TEXT, "Hi {{ customer.first_name|default('there') }}, still thinking?", "", 1, "text-part", "says nothing"),
    (SMS, "Still thinking?", "Still thinking? " * 50, 1, "sms-segments", "four are the most"),
    (PUSH, "Your ferns wait for you", "x" * 300, 1, "push-length", "phones show"),
    (SAMPLE, '{"event"', '{"events"', 1, "sample", "there is no 'events' in a sample"),
    (SAMPLE, "[]}}", "[]}", 1, "sample", "this is not JSON"),
]  # fmt: skip


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = Room(tmp_path, {name: text.encode() for name, text in FILES.items()})
    report = made.publish()
    assert [str(each) for each in report.problems] == []
    return made


def subject(room: Room) -> str:
    """Of the next mail."""
    shop = room.live()
    tea: Product = {"id": "tea", "title": "Oolong", "at": "", "rank": 2}
    entry = entry_of("browse", "reminder", "email", {"products": ["tea"]})
    links = Links("https://www.fern.example/u")
    message = Renderer(shop).render(new("c1"), shop.campaigns["browse"], entry, {"tea": tea}, room.now, links)
    return message.subject


@pytest.mark.parametrize(("path", "old", "spoilt", "line", "rule", "remedy"), BROKEN)
def test_each_is_refused_with_line_and_remedy(
    room: Room, path: str, old: str, spoilt: str, line: int, rule: str, remedy: str
) -> None:
    """And whoever is due by then gets the mail as it last was right."""
    room.change(path, old, spoilt)
    report = room.publish()
    found = [each for each in report.errors if each.rule == rule and remedy in each.text]
    assert found, "\n".join(map(str, report.problems))
    assert {each.file for each in found} <= {path, MJML}
    assert line in {0, *(each.line for each in found)}
    assert all(len(each.text) < 320 and "\n" not in each.text for each in found)
    assert [each.is_kept for each in report.campaigns] == [True]
    assert subject(room) == "Still thinking about Oolong?"


def test_warnings_go_live_all_the_same(room: Room) -> None:
    """A name that may be empty in a body is told, and so is a character that makes an SMS dear."""
    room.change(MJML, '|default("there")', "")
    room.change(SMS, "Still thinking?", "Still thinking 🍵?")
    report = room.publish()
    assert report.errors == ()
    assert [(each.file, each.line, each.rule) for each in report.problems] == [
        (MJML, 8, "empty-name"),
        (SMS, 1, "sms-unicode"),
    ]
    assert isinstance(report.problems[0], Problem)
