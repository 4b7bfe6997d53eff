"""Samples: the three cases of a template, filled as the renderer fills real ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perennial.rendering import schema
from perennial.rendering.renderer import Message, Renderer, SkipMessage
from perennial.rendering.sampling import KINDS, sample_links, sample_names, three
from tests.emails.samples import NOW, entry_of, shop

SETTINGS = shop().settings
EVERYTHING = (
    "{{ customer.first_name|default('there') }} {{ (items|first).title }} {{ event.words|default('') }}"
    "{% for item in cart.items %} {{ item.title }} {{ item.url }}{% endfor %} {{ unsubscribe_url }}"
)
ALL = {"subject": EVERYTHING, "preheader": EVERYTHING, "html": f"<p>{EVERYTHING}</p>", "text": EVERYTHING}
ALL |= {"sms": EVERYTHING, "push": f"{EVERYTHING}\n{EVERYTHING}"}


def tried(kind: str, channel: str = "email", own: dict[str, Any] | None = None) -> Message:
    renderer = Renderer(replace(shop(), templates={"a/b": ALL}))
    return renderer.try_out("a/b", channel, three(own, SETTINGS)[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_samples_have_the_names_of_real_messages(kind: str) -> None:
    """What renders with a sample renders with a document."""
    names = sample_names(three({"event": {"x": "y"}}, SETTINGS)[kind], SETTINGS, sample_links(SETTINGS))
    assert set(names) == {*schema.OBJECTS, *schema.LISTS, "now", *schema.LINKS}
    for name, fields in schema.OBJECTS.items():
        assert fields is None or tuple(names[name]) == fields
    for item in (*names["items"], *names["recommendations"]):
        assert tuple(item) == schema.ITEM
    for item in (*names["cart"]["items"], *names["order"]["items"]):
        assert tuple(item) == schema.LINE


def test_the_minimal_sample_knows_next_to_nothing() -> None:
    """So a name without a default is found."""
    assert tried("minimal").subject.startswith("there Evening Tea")
    with pytest.raises(SkipMessage, match=r"missing_field:customer\.last_name"):
        Renderer(replace(shop(), templates={"a": {"sms": "{{ customer.last_name }}"}})).try_out(
            "a", "sms", three(None, SETTINGS)["minimal"]
        )


@pytest.mark.parametrize("channel", ["email", "sms", "push"])
def test_the_hostile_sample_is_inert_in_every_channel(channel: str) -> None:
    """Nothing of it is a tag, a line of a header, a link off the shop, or turns the text around."""
    message = tried(
        "hostile", channel, {"event": {"words": "two words", "link": "https://x.example", "n": 1}}
    )
    assert "<script" not in message.html
    for line in (message.subject, message.preheader):
        assert "\n" not in line and "\r" not in line
    for part in (message.subject, message.preheader, message.html, message.text):
        assert "\u202e" not in part and "evil.example/" not in part
        assert "49" not in part
    assert "Zoë" in message.text


def test_a_file_may_say_what_is_hostile() -> None:
    """Its own keys win over the derived ones."""
    own = {"event": {"a": 1}, "hostile": {"event": {"a": 2}}, "minimal": {"items": []}}
    cases = three(own, SETTINGS)
    assert [cases[kind]["event"] for kind in KINDS] == [{"a": 1}, {"a": 1}, {"a": 2}]
    assert cases["minimal"]["items"] == [] and "hostile" not in cases["full"]


def test_real_documents_are_inert_too() -> None:
    """Marks that turn a text around are taken out of names, titles and facts."""
    from perennial.rendering.names import names_of
    from tests.emails.samples import FULL, TEA, customer_of

    customer = customer_of(FULL)
    customer["traits"]["first_name"] = "Eve\u202e"
    entry = entry_of("browse", "reminder", "email", {"products": ["tea"], "words": ["a\u2066b"]})
    products: Any = {"tea": {**TEA, "title": "Pot\u202d"}}
    names = names_of(customer, shop().campaigns["browse"], entry, products, NOW, shop())
    assert names["customer"]["first_name"] == "Eve"
    assert names["event"]["words"] == ["ab"]
    assert names["items"][0]["title"] == "Pot"
