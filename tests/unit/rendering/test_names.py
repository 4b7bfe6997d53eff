"""The names of a message: carts, orders, offers, recommendations, translations, and which products are loaded for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perennial.campaigns import Campaign
from perennial.customer import Customer, View
from perennial.events import Cart, Line, Product
from perennial.insight.tables import Tables
from perennial.rendering import schema
from perennial.rendering.names import Needs, names_of, wanted
from perennial.rendering.renderer import Links, Message, Renderer, SkipMessage
from perennial.shop import Shop
from tests.emails.samples import BALM, FULL, NOW, TEA, UNSUBSCRIBE, customer_of, entry_of, shop

OUT = "{{ unsubscribe_url }}"
GOOD = {"subject": "Hello", "html": f"<p>{OUT}</p>", "text": OUT}
AT = "2026-11-20T10:00:00.000Z"
CATALOGUE: dict[str, Product] = {each["id"]: each for each in (TEA, BALM)}


def lines(*products: str) -> list[Line]:
    return [Line(product_id=product, quantity=2, price=1000) for product in products]


def full() -> Customer:
    """Mara with a cart of tea and a view of balm."""
    customer = customer_of(FULL)
    customer["cart"] = Cart(
        token="t", at=AT, currency="USD", lines=lines("tea", "gone"), url="https://evil.example"
    )
    customer["views"] = [View(product_id="balm", at=AT, id="1")]
    return customer


def shop_with(templates: dict[str, dict[str, str]], **changes: Any) -> Shop:
    return replace(shop(), templates=templates, **changes)


def render(text: str, customer: Customer | None = None, **facts: Any) -> Message:
    entry = entry_of("browse", "reminder", "email", {"products": ["tea"], **facts})
    if offer := facts.pop("offer", None):
        entry["offer"] = offer
    renderer = Renderer(shop_with({"browse/reminder": {**GOOD, "text": f"{text}\n{OUT}"}}))
    return renderer.render(
        customer or full(), shop().campaigns["browse"], entry, CATALOGUE, NOW, Links(UNSUBSCRIBE)
    )


def text_of(source: str, **arguments: Any) -> str:
    return render(source, **arguments).text.split("\n")[0]


def test_the_schema_lists_what_is_filled() -> None:
    """Publishing checks templates by the schema, so it must be what the renderer knows, no more and no less."""
    entry = entry_of("browse", "reminder", "email", {"products": ["tea"]})
    campaign: Campaign = shop().campaigns["browse"]
    for customer in (full(), customer_of(FULL)):
        names = names_of(customer, campaign, entry, CATALOGUE, NOW, shop())
        assert set(names) == {*schema.OBJECTS, *schema.LISTS, "now"}
        for name, fields in schema.OBJECTS.items():
            if fields is not None:
                assert tuple(names[name]) == fields
        assert all(tuple(item) == schema.ITEM for item in names["items"])
        assert all(tuple(item) == schema.LINE for item in names["cart"]["items"])


def test_a_cart_is_what_the_catalogue_knows_of_it() -> None:
    """Its prices are the cart's own; a line whose product nobody knows is left out; a foreign address is none."""
    source = (
        "{% for item in cart.items %}{{ item.quantity }} {{ item.id }} {{ item.price|money }} {% endfor %}"
        "{{ cart.total|money }} {{ cart.url|default('none') }}"
    )
    assert text_of(source) == "2 tea $10.00 $40.00 none"


def test_the_cart_of_a_checkout_campaign_is_the_checkout() -> None:
    """Whoever left a checkout is led back to it, whatever lies in a cart by now."""
    customer = full()
    url = "https://www.alder-and-thyme.example/checkouts/1"
    customer["checkout"] = Cart(token="c", at=AT, currency="USD", lines=lines("balm"), url=url)
    entry = entry_of("checkout", "reminder", "email", {"products": []})
    campaign = shop().campaigns["checkout"]
    names = names_of(customer, campaign, entry, CATALOGUE, NOW, shop())
    assert (names["cart"]["url"], [item["id"] for item in names["cart"]["items"]]) == (url, ["balm"])
    assert "balm" in wanted(customer, entry, shop(), Needs(frozenset({"cart"})))
    assert "tea" not in wanted(customer, entry, shop(), Needs(frozenset({"cart"})))


def test_what_a_message_does_not_have_is_false_and_empty() -> None:
    """A mail with a cart, an order or an offer can also be written for somebody without."""
    source = (
        "{% if cart or order or offer or referral %}x{% endif %}{{ cart.items|length }}{{ offer.code|default('-') }}"
        "{% for item in order.items %}x{% endfor %}"
    )
    assert text_of(source, customer=customer_of(FULL)) == "0-"


def test_an_order_is_the_one_the_message_is_about() -> None:
    """Found by the id among the facts."""
    customer = full()
    customer["orders"][1]["lines"] = lines("balm")
    assert text_of("{{ order.id }} {{ (order.items|first).title }}", customer=customer, order="2") == (
        "2 Calendula Hand Balm"
    )


def test_an_offer_stands_in_the_entry() -> None:
    """Money and dates go through the usual filters."""
    offer = {
        "coupon": "x",
        "code": "TEA15",
        "expires_at": "2026-11-30T04:00:00.000Z",
        "minimum_spend": {"amount": 2000, "currency": "USD"},
        "gift": "",
        "text": "15 % off",
    }
    source = (
        "{{ offer.code }} {{ offer.expires_at|date('short') }} {{ offer.minimum_spend|money }}"
        "{% if offer.gift %}x{% endif %}"
    )
    assert text_of(source, offer=offer) == "TEA15 11/29/2026 $20.00"


def test_recommendations_fall_back() -> None:
    """What was looked at, what is bought together with what they have, what sells best; never what is shown already."""
    customer = customer_of(FULL)
    tables = Tables(bestsellers=("best", "balm"), related={"tea": ("filter", "cup"), "pot": ("lid",)})
    the_shop = replace(shop(), tables=tables)
    entry = entry_of("browse", "reminder", "email", {"products": ["tea"]})
    needs = Needs(frozenset({"recommendations"}), ("named",))
    assert wanted(customer, entry, the_shop, needs) == ["tea", "named", "filter", "cup", "best", "balm"]
    customer["views"] = [View(product_id=each, at=AT, id=each) for each in ("tea", "pot")]
    assert wanted(customer, entry, the_shop, needs)[2:] == ["pot", "lid", "filter", "cup", "best", "balm"]


def test_only_what_a_template_asks_for_is_loaded() -> None:
    """The cart's products only where the cart is shown."""
    entry = entry_of("browse", "reminder", "email", {"products": ["balm"]})
    assert wanted(full(), entry, shop(), Needs(frozenset(), ())) == ["balm"]
    assert wanted(full(), entry, shop(), Needs(frozenset({"cart"}), ())) == ["balm", "tea", "gone"]


def test_a_product_can_be_named() -> None:
    """`product` finds what is sold, and skips the message for what is not."""
    assert text_of("{{ product('balm').title }}") == "Calendula Hand Balm"
    with pytest.raises(SkipMessage, match="product_unavailable"):
        text_of("{{ product('gone').title }}")


TRANSLATED = {
    "browse/reminder": {**GOOD, "subject": "Hello {{ now|date('short') }}", "sms": "Hi"},
    "browse/reminder.de": {**GOOD, "subject": "Hallo {{ now|date('short') }} {{ language }} {{ direction }}"},
    "browse/reminder.pt-br": {**GOOD, "subject": "Olá"},
}


@pytest.mark.parametrize(
    ("locale", "subject"),
    [
        ("de-AT", "Hallo 22.11.2026 de ltr"),
        ("de", "Hallo 22.11.2026 de ltr"),
        ("pt_BR", "Olá"),
        ("pt-PT", "Hello 11/22/2026"),
        ("en-GB", "Hello 22/11/2026"),
        ("", "Hello 11/22/2026"),
        ("<script>", "Hello 11/22/2026"),
    ],
)
def test_the_language_is_the_customers(locale: str, subject: str) -> None:
    """Locale, language, the shop's own: in this order; dates never in another language than the text."""
    customer = customer_of(FULL)
    customer["traits"]["locale"] = locale
    entry = entry_of("browse", "reminder", "email", {"products": ["tea"]})
    message = Renderer(shop_with(TRANSLATED)).render(
        customer, shop().campaigns["browse"], entry, CATALOGUE, NOW, Links(UNSUBSCRIBE)
    )
    assert message.subject == subject


def test_each_channel_has_its_own_translations() -> None:
    """A text message without a German part is written in the shop's language."""
    customer = customer_of(FULL)
    customer["traits"]["locale"] = "de-DE"
    entry = entry_of("browse", "reminder", "sms", {"products": ["tea"]})
    message = Renderer(shop_with(TRANSLATED)).render(
        customer, shop().campaigns["browse"], entry, CATALOGUE, NOW, Links(UNSUBSCRIBE)
    )
    assert message.text == "Hi"


def test_a_translation_builds_on_partials_of_its_language() -> None:
    """And on the plain ones where there is no translation of them."""
    templates = {
        "browse/reminder": {**GOOD, "text": f'{{% include "partials/end.txt" %}} {OUT}'},
        "browse/reminder.de": {
            **GOOD,
            "text": f'{{% include "partials/end.txt" %}}{{% include "partials/x.txt" %}} {OUT}',
        },
        "partials/end": {"text": "Bye"},
        "partials/end.de": {"text": "Tschüss"},
        "partials/x": {"text": "x"},
    }
    customer = customer_of(FULL)
    entry = entry_of("browse", "reminder", "email", {"products": ["tea"]})
    renderer = Renderer(shop_with(templates))
    texts = []
    for locale in ("en", "de"):
        customer["traits"]["locale"] = locale
        message = renderer.render(
            customer, shop().campaigns["browse"], entry, CATALOGUE, NOW, Links(UNSUBSCRIBE)
        )
        texts.append(message.text.split()[0])
    assert texts == ["Bye", "Tschüssx"]


def test_a_push_message_has_a_title_and_a_text() -> None:
    """The first line, and the rest on one line."""
    entry = entry_of("browse", "reminder", "push", {"products": ["tea"]})
    templates = {"browse/reminder": {"push": "{{ shop.name }}\nStill\nthere"}}
    message = Renderer(shop_with(templates)).render(
        full(), shop().campaigns["browse"], entry, CATALOGUE, NOW, Links(UNSUBSCRIBE)
    )
    assert (message.subject, message.text) == ("Alder & Thyme", "Still there")


def test_a_mail_without_a_text_part_gets_one() -> None:
    """Derived from the HTML as it was written for this customer."""
    html = (
        "<head><title>x</title><style>p{}</style></head><body><div style='display:none'>pre</div>"
        f"<h1>Hello</h1><p>One &amp;\n two</p><ul><li>a</li><li>b</li></ul><a href='{OUT}'>Stop</a>"
        "<img src='x' alt='Pot'></body>"
    )
    templates = {"browse/reminder": {"subject": "x", "html": html}}
    message = Renderer(shop_with(templates)).render(
        full(),
        shop().campaigns["browse"],
        entry_of("browse", "reminder", "email", {}),
        CATALOGUE,
        NOW,
        Links(UNSUBSCRIBE),
    )
    assert message.text == f"Hello\n\nOne & two\n\n- a\n\n- b\n\nStop: {UNSUBSCRIBE} Pot\n"
