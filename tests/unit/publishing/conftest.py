"""A small content folder that is right, for tests to spoil."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from perennial.publishing import Content, read_content

Files = dict[str, bytes]

SHOP = """\
name: Fern & Field
url: https://www.fern.example
postal_address: 1 Garden Street, Springfield
support_email: help@fern.example
timezone: Europe/Berlin
currency: EUR
"""
BROWSE = """\
name: Browse reminder
mode: live
trigger: {kind: browse, after: 4 hours}
audience: customer.orders_count >= 1
steps:
  - {send: email, id: reminder, template: browse/reminder}
"""
HTML = """\
---
subject: "Still thinking about {{ items[0].title }}?"
preheader: It is in stock.
---
{% extends "partials/layout.html" %}
{% block body %}<p>{{ items[0].title }}</p>{% endblock %}
"""
LAYOUT = """\
<!doctype html>
<html lang="en" dir="ltr">
<head><title>{{ subject }}</title><meta name="color-scheme" content="light dark"></head>
<body><div lang="en" dir="ltr">{{ preheader }}
{% block body %}{% endblock %}
<a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ shop.postal_address }}</div></body>
</html>
"""
TEXT = "Still thinking about {{ items[0].title }}?\n\nUnsubscribe: {{ unsubscribe_url }}\n"


@pytest.fixture
def files() -> Files:
    """One browse campaign by mail, with its template and layout."""
    return {
        "shop.yaml": SHOP.encode(),
        "campaigns/browse.yaml": BROWSE.encode(),
        "templates/browse/reminder.html": HTML.encode(),
        "templates/browse/reminder.txt": TEXT.encode(),
        "templates/partials/layout.html": LAYOUT.encode(),
    }


@pytest.fixture
def with_campaign(files: Files) -> Callable[[str], Content]:
    """The content with another text for the campaign."""

    def read(text: str) -> Content:
        return read_content({**files, "campaigns/browse.yaml": text.encode()})

    return read
