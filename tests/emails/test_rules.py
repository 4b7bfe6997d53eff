"""What every mail must keep, whoever reads it and with which program."""

from __future__ import annotations

import re
from typing import Any

import pytest

from perennial.rendering.links import host_of
from perennial.rendering.renderer import Message
from tests.emails.reading import Page, contrast
from tests.emails.samples import CONFIRM, ENEMY, SAMPLES, STEPS, UNSUBSCRIBE, rendered, shop


def _mails(*, marketing: bool) -> list[Any]:
    return [
        pytest.param(rendered(campaign, step, channel, SAMPLES[sample]), id=f"{campaign}.{step}.{sample}")
        for campaign, step, channel in STEPS
        if channel == "email" and shop().campaigns[campaign].transactional != marketing
        for sample in SAMPLES
    ]


each_mail = pytest.mark.parametrize("mail", _mails(marketing=True) + _mails(marketing=False))
each_marketing_mail = pytest.mark.parametrize("mail", _mails(marketing=True))
SMALLEST = 14


@each_mail
def test_the_language_is_told_twice(mail: Message) -> None:
    """Mail programs strip the html element, so its first child inside body says lang and dir again."""
    page = Page(mail.html)
    first = page.elements[page.elements.index(page.of("body")[0]) + 1]
    for element in (page.of("html")[0], first):
        assert (element.attributes["lang"], element.attributes["dir"]) == ("en", "ltr")


@each_mail
def test_screen_readers_are_served(mail: Message) -> None:
    """Layout tables say so, pictures have words, the document has its title."""
    page = Page(mail.html)
    assert all(table.attributes.get("role") == "presentation" for table in page.of("table"))
    assert all(picture.attributes.get("alt") for picture in page.of("img"))
    assert re.search(r"<title>[^<]+</title>", mail.html)
    assert len(page.of("h1")) == 1


@each_mail
@pytest.mark.parametrize("dark", [False, True])
def test_every_text_can_be_read(mail: Message, dark: bool) -> None:
    """No visible text is smaller than 14 pixels or closer to its background than 4.5 to 1, in light and in dark."""
    texts = [text for text in Page(mail.html, dark=dark).texts if text.style.get("display") != "none"]
    assert len(texts) > 5
    for text in texts:
        assert int(text.style["font-size"].removesuffix("px")) >= SMALLEST, text.words
        assert contrast(text.style["color"], text.style["background"]) >= 4.5, text.words


@each_mail
def test_there_is_one_button_and_it_comes_early(mail: Message) -> None:
    """One thing to do, and before it no more than what fits the first screen of a telephone."""
    assert mail.html.count('class="button"') == 1
    before = mail.html.split('class="button"')[0]
    words = " ".join(text.words for text in Page(before).texts if text.style.get("display") != "none")
    assert len(words) < 600


@each_mail
def test_the_preheader_is_first_and_its_own(mail: Message) -> None:
    """The inbox shows the preheader beside the subject: it stands first, hidden, and does not repeat it."""
    first = Page(mail.html).texts[0]
    assert first.style["display"] == "none"
    assert first.words.startswith(mail.preheader[:20])
    assert mail.preheader
    assert mail.preheader != mail.subject


@each_mail
def test_links_are_complete_and_the_shops_own(mail: Message) -> None:
    """Every link is absolute, https and on a host of shop.yaml, or the unsubscribe link, or a mail to the shop."""
    allowed = {*shop().settings.hosts, host_of(UNSUBSCRIBE)}
    links = [link.attributes["href"] for link in Page(mail.html).of("a")]
    links += re.findall(r"https?://\S+", mail.text)
    mails = [link for link in links if link.startswith("mailto:")]
    assert all(link == f"mailto:{shop().settings.support_email}" for link in mails)
    assert {host_of(link) for link in links if link not in mails} <= allowed


@each_marketing_mail
def test_the_law_is_kept(mail: Message) -> None:
    """Both parts show the postal address and the way out; the link is not rewritten for tracking."""
    ways_out = [link for link in Page(mail.html).of("a") if link.attributes["href"] == UNSUBSCRIBE]
    assert len(ways_out) == 1
    assert "ses:no-track" in ways_out[0].attributes
    assert shop().settings.postal_address in mail.text
    assert any(shop().settings.postal_address in text.words for text in Page(mail.html).texts)
    assert UNSUBSCRIBE in mail.text


@each_mail
def test_a_mail_is_light_and_complete(mail: Message) -> None:
    """Far below the 102 KB at which mail programs cut, adapted to small and dark screens, nothing left unrendered."""
    assert len(mail.html.encode()) < 20_000
    assert "max-width: 479px" in mail.html
    assert '<meta name="color-scheme" content="light dark" />' in mail.html
    assert not re.search(r"\{%|None|Undefined|\{\{(?! 7 \* 7)", mail.html + mail.text + mail.subject)


@each_mail
def test_both_parts_say_the_same(mail: Message) -> None:
    """Every product named in the text stands in the html, and the other way round."""
    html = " ".join(text.words for text in Page(mail.html).texts)
    for title in ("Evening Tea", "Calendula Hand Balm", "<script>"):
        assert (title in html) == (title in mail.text)


def test_the_mails_name_the_product_or_the_reason() -> None:
    """Nobody has to guess why a mail came."""
    full = SAMPLES["full"]
    assert "Evening Tea" in rendered("browse", "reminder", "email", full).subject
    assert "Evening Tea" in rendered("replenishment", "reminder", "email", full).subject
    assert "July 3, 2026" in rendered("winback", "hello", "email", full).text


def test_the_confirmation_says_nothing_that_was_typed_into_a_form() -> None:
    """Whoever asked, and whatever they called themselves: the same words, so nobody can have their own sent to others."""
    (mail,) = {rendered("confirmation", "ask", "email", sample) for sample in SAMPLES.values()}
    assert not any(value in mail.html + mail.text + mail.subject for value in ENEMY.traits.values())


def test_the_confirmation_is_one_link_and_no_marketing() -> None:
    """The link stands in both parts and is not rewritten for tracking; nobody has to unsubscribe from what they have not."""
    mail = rendered("confirmation", "ask", "email", SAMPLES["full"])
    (link,) = [link for link in Page(mail.html).of("a") if link.attributes["href"] == CONFIRM]
    assert "ses:no-track" in link.attributes
    assert CONFIRM in mail.text
    assert UNSUBSCRIBE not in mail.html + mail.text
    assert shop().settings.postal_address in mail.text
