"""From an outbox entry to a message: which template, which names, which products, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Product
from perennial.rendering.renderer import Links, Message, Renderer, Renderers, SkipMessage
from perennial.shop import Shop
from tests.emails.samples import BARE, FULL, NOW, TEA, UNSUBSCRIBE, Sample, customer_of, entry_of, shop

OUT = "{{ unsubscribe_url }}"
GOOD = {"subject": "Hello", "preheader": "There", "html": f"<p>{OUT}</p>", "text": OUT, "sms": "Hi"}


def shop_with(parts: Mapping[str, str], **changes: Any) -> Shop:
    """The shipped shop, with one template in the place of the browse reminder."""
    whole = shop()
    settings = replace(whole.settings, **changes)
    return replace(whole, settings=settings, templates={"browse/reminder": {**GOOD, **parts}})


def render(
    parts: Mapping[str, str],
    *,
    customer: Customer | None = None,
    products: tuple[Product, ...] = (TEA,),
    channel: str = "email",
    campaign: Campaign | None = None,
    step: str = "reminder",
    **changes: Any,
) -> Message:
    entry = entry_of(
        "browse",
        step,
        channel,
        {"products": ["tea", "balm", "unknown"], "last_view": "2026-11-22T11:30:00.000Z"},
    )
    return Renderer(shop_with(parts, **changes)).render(
        customer or customer_of(FULL),
        campaign or shop().campaigns["browse"],
        entry,
        {product["id"]: product for product in products},
        NOW,
        Links(UNSUBSCRIBE),
    )


def reason(parts: Mapping[str, str], **arguments: Any) -> str:
    with pytest.raises(SkipMessage) as raised:
        render(parts, **arguments)
    return raised.value.reason


def text_of(source: str, **arguments: Any) -> str:
    return render({"text": f"{source}\n{OUT}"}, **arguments).text.split("\n")[0]


def test_all_names_are_there() -> None:
    """Every documented name has its value."""
    source = (
        "{{ customer.first_name }}|{{ customer.orders_count }}|{{ customer.total_spent|money }}|{{ shop.name }}"
        "|{{ shop.currency }}|{{ campaign.id }}|{{ campaign.name }}|{{ event.last_view|date('short') }}"
        "|{{ now|date }}|{{ (items|first).id }}"
    )
    expected = "Mara|4|$100.00|Alder & Thyme|USD|browse|Browse follow-up|11/22/2026|November 22, 2026|tea"
    assert text_of(source) == expected


def test_items_are_what_can_be_bought_in_the_order_wanted() -> None:
    """Unknown and unavailable products are left out; the order is that of the facts, not of the catalogue."""
    listed = "{% for item in items %}{{ item.id }} {% endfor %}"
    balm: Product = {**TEA, "id": "balm"}
    sold_out: Product = {**TEA, "available": False}
    assert text_of(listed, products=(balm, TEA)) == "tea balm "
    assert text_of(listed, products=(sold_out, balm)) == "balm "
    assert reason({"subject": "{{ (items|first).title }}"}, products=(sold_out,)) == "product_unavailable"


def test_what_a_product_lacks_is_simply_missing() -> None:
    """Without url the shop's own stands in; price and picture are absent, not wrong."""
    source = "{{ (items|first).url }} {% if (items|first).price or (items|first).image %}x{% endif %}"
    assert text_of(source, products=(BARE,)) == "https://www.alder-and-thyme.example "


@pytest.mark.parametrize(
    "url", ["https://evil.example/p", "http://www.alder-and-thyme.example/p", "javascript:x"]
)
def test_a_product_never_leads_off_the_shop(url: str) -> None:
    """A catalogue entry with a foreign address gets the shop's."""
    assert (
        text_of("{{ (items|first).url }}", products=({**TEA, "url": url},))
        == "https://www.alder-and-thyme.example"
    )


@pytest.mark.parametrize(
    "link", ["https://evil.example", "http://www.alder-and-thyme.example", "javascript:alert(1)"]
)
def test_a_link_off_the_shop_stops_the_mail(link: str) -> None:
    """Whatever a template prints as a link, it leads to the hosts of shop.yaml or the mail is not sent."""
    assert reason({"html": f'<a href="{link}">x</a>{OUT}'}).startswith("link_not_allowed:")
    if link.startswith("http"):
        assert reason({"text": f"{link} {OUT}"}).startswith("link_not_allowed:")
        assert reason({"sms": link}, channel="sms").startswith("link_not_allowed:")


def test_marketing_needs_its_way_out_in_both_parts() -> None:
    """Without the unsubscribe link in html or text a marketing mail is not sent; a transactional one may go."""
    assert reason({"html": "<p>Buy</p>"}) == "no_unsubscribe_link"
    assert reason({"text": "Buy"}) == "no_unsubscribe_link"
    receipt = replace(shop().campaigns["browse"], transactional=True)
    assert render({"html": "<p>Paid</p>", "text": "Paid"}, campaign=receipt).text == "Paid\n"


def test_subject_and_preheader_are_one_plain_line() -> None:
    """No escaping, no line breaks, no control characters, no endless line."""
    message = render(
        {"subject": "A & B {{ (items|first).title }}", "preheader": "x " * 400},
        products=({**TEA, "title": "Tea\r\nBcc: all@evil.example\x00\u2028<b>"},),
    )
    assert message.subject == "A & B Tea Bcc: all@evil.example <b>"
    assert len(message.preheader) <= 250
    assert message.preheader.endswith("…")
    assert reason({"subject": "{% if not items %}x{% endif %}"}).startswith(
        "template_error:browse/reminder.subject"
    )


def test_html_sees_subject_and_preheader() -> None:
    """The layout prints both, escaped."""
    parts = {
        "subject": "A & B",
        "preheader": "<C>",
        "html": "<title>{{ subject }}</title>{{ preheader }}" + OUT,
    }
    assert render(parts).html.startswith("<title>A &amp; B</title>&lt;C&gt;")


@pytest.mark.parametrize(
    "name",
    [
        "Win at www.evil.example",
        "https://evil.example",
        "evil.example",
        "<b>Mara</b>",
        "M" * 41,
        "a@b",
        "Mara\nBcc: x",
    ],
)
def test_a_name_that_is_an_advertisement_is_no_name(name: str) -> None:
    """What a mail program would make a link of, or no person is called, does not stand in for a name."""
    customer = customer_of(Sample({"first_name": name}, [], {}, 0))
    assert text_of("{{ customer.first_name|default('there') }}", customer=customer) == "there"


@pytest.mark.parametrize("name", ["Mara", "Jean-Luc", "O'Neil", "J.R.", "Zoë", "李明", "Dr. Who"])
def test_people_are_called_by_their_names(name: str) -> None:
    """Names of all sorts stay as they are."""
    customer = customer_of(Sample({"first_name": name}, [], {}, 0))
    assert text_of("{{ customer.first_name }}", customer=customer) == name


@pytest.mark.parametrize(
    ("locale", "text"), [("en-GB", "01/11/2026"), ("de-DE", "11/1/2026"), ("", "11/1/2026")]
)
def test_dates_follow_the_customer_where_the_language_is_the_shops(locale: str, text: str) -> None:
    """A British customer of an American shop reads British dates; a German one gets no German words in an English mail."""
    customer = customer_of(Sample({"locale": locale} if locale else {}, [], {}, 0))
    assert text_of("{{ '2026-11-01'|date('short') }}", customer=customer) == text


@pytest.mark.parametrize("zone", ["Not/AZone", "../../etc/passwd", "", "Europe"])
def test_a_zone_that_is_none_is_the_shops(zone: str) -> None:
    """Days are counted in the customer's zone, or in the shop's."""
    customer = customer_of(Sample({"timezone": zone}, [], {}, 0))
    assert text_of("{{ '2026-11-22T02:00:00.000Z'|date }}", customer=customer) == "November 21, 2026"


def test_halves_of_characters_do_not_stop_a_mail() -> None:
    """A broken character from a store becomes a question mark, so that the message can be encoded."""
    message = render({"text": "{{ (items|first).title }} " + OUT}, products=({**TEA, "title": "Tea \ud83c"},))
    assert message.text.encode().startswith(b"Tea ?")


def test_an_sms_has_its_own_part() -> None:
    """The channel of the entry decides; no subject, no html."""
    assert render({"sms": "  Hi {{ customer.first_name }}\n"}, channel="sms") == Message(
        "sms", text="Hi Mara"
    )


def test_a_step_or_part_that_is_gone_has_its_reason() -> None:
    """An edit may remove what is still queued."""
    assert reason({}, step="gone") == "unknown_step:gone"
    empty = Renderer(replace(shop(), templates={}))
    entry = entry_of("browse", "reminder", "email", {})
    with pytest.raises(SkipMessage, match=r"^unknown_template:browse/reminder$"):
        empty.render(customer_of(FULL), shop().campaigns["browse"], entry, {}, NOW, Links(UNSUBSCRIBE))


def test_an_undefined_name_skips_with_its_name() -> None:
    """The reason is what the marketer wrote."""
    assert reason({"text": "{{ customer.nickname }}"}) == "missing_field:customer.nickname"


def test_a_mail_that_would_be_cut_is_not_sent() -> None:
    """Past 102 KB mail programs hide the end, and the unsubscribe link with it."""
    assert reason({"html": "x" * 102_401}) == "template_too_large"


def test_one_renderer_per_release() -> None:
    """The same release keeps its compiled templates, also when the kill switch changes; another release gets its own."""
    renderers = Renderers()
    first = renderers(shop())
    assert renderers(replace(shop(), paused=frozenset({"browse"}))) is first
    assert renderers(replace(shop(), release="other")) is not first


def test_facts_of_any_campaign_without_products_are_fine() -> None:
    """`products` may be absent from the facts."""
    renderer = Renderer(shop_with({"text": f"{{{{ items|length }}}}\n{OUT}"}))
    entry = entry_of("browse", "reminder", "email", {})
    message = renderer.render(
        customer_of(FULL), shop().campaigns["browse"], entry, {}, NOW, Links(UNSUBSCRIBE)
    )
    assert message.text.startswith("0\n")
