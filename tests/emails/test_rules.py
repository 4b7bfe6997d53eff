"""What every mail must keep, whoever reads it and with which program."""

from __future__ import annotations

import re

import pytest

from perennial.rendering.links import host_of
from perennial.rendering.renderer import Message
from perennial.rendering.sampling import sample_links
from perennial.rendering.texting import build_text, segments
from tests.emails.reading import Page, contrast
from tests.emails.samples import CONFIRM, ENEMY, SAMPLES, UNSUBSCRIBE, rendered, shop
from tests.emails.shipped import QUIET, TRANSACTIONAL, cases, mail, page, shipped, tried

SMALLEST = 14
MAILS = [case for case in cases("email") if case not in QUIET]
each_mail = pytest.mark.parametrize(("template", "kind"), MAILS)
each_marketing_mail = pytest.mark.parametrize(
    ("template", "kind"), [case for case in MAILS if case[0] not in TRANSACTIONAL]
)


@each_mail
def test_the_language_is_told_twice(template: str, kind: str) -> None:
    """Mail programs strip the html element, so its first child inside body says lang and dir again."""
    read = page(template, kind)
    first = read.elements[read.elements.index(read.of("body")[0]) + 1]
    expected = "de" if template.endswith(".de") else "en"
    for element in (read.of("html")[0], first):
        assert (element.attributes["lang"], element.attributes["dir"]) == (expected, "ltr")


@each_mail
def test_screen_readers_are_served(template: str, kind: str) -> None:
    """Layout tables say so, pictures have words, the document has its title and one headline."""
    read = page(template, kind)
    assert all(table.attributes.get("role") == "presentation" for table in read.of("table"))
    assert all(picture.attributes.get("alt") for picture in read.of("img"))
    assert re.search(r"<title>[^<]+</title>", mail(template, kind).html)
    assert len(read.of("h1")) == 1


@each_mail
def test_every_text_can_be_read(template: str, kind: str) -> None:
    """No visible text is smaller than 14 pixels or closer to its background than 4.5 to 1, in light and in dark."""
    for dark in (False, True):
        read = page(template, kind, dark=dark)
        texts = [text for text in read.texts if text.style.get("display") != "none"]
        assert len(texts) > 5
        for text in texts:
            assert int(text.style["font-size"].removesuffix("px")) >= SMALLEST, text.words
            assert contrast(text.style["color"], text.style["background"]) >= 4.5, text.words
        for picture in read.of("img"):  # whose words are seen wherever it is not loaded
            style = picture.style
            assert contrast(style["color"], style["background"]) >= 4.5, picture.attributes["alt"]


@each_mail
def test_there_is_one_thing_to_do_at_most(template: str, kind: str) -> None:
    """One button or one question, and before it no more words than are read on the way to it."""
    html = mail(template, kind).html
    things = re.findall(r'class="(?:button|score)"', html)
    assert things in ([], ['class="button"'], ['class="score"'] * 5)
    if things:
        before = Page(html.split(things[0])[0])
        words = " ".join(text.words for text in before.texts if text.style.get("display") != "none")
        assert len(words) < 1500


@each_mail
def test_the_preheader_is_first_and_its_own(template: str, kind: str) -> None:
    """The inbox shows the preheader beside the subject: it stands first, hidden, and does not repeat it."""
    found = mail(template, kind)
    first = page(template, kind).texts[0]
    assert first.style["display"] == "none"
    assert first.words.startswith(found.preheader[:20])
    assert found.preheader
    assert found.preheader != found.subject


@each_mail
def test_links_are_complete_and_the_shops_own(template: str, kind: str) -> None:
    """Every link is absolute, https and on a host of shop.yaml, or a mail to the shop."""
    settings = shipped().shop.settings
    found = mail(template, kind)
    links = [link.attributes["href"] for link in page(template, kind).of("a")]
    links += re.findall(r"https?://\S+", found.text)
    mails = [link for link in links if link.startswith("mailto:")]
    assert all(link == f"mailto:{settings.support_email}" for link in mails)
    assert {host_of(link) for link in links if link not in mails} <= set(settings.hosts)


@each_mail
def test_nothing_is_fetched_but_the_pictures_of_products(template: str, kind: str) -> None:
    """No fonts, styles or counting pictures from elsewhere: opening a mail tells nobody but the shop."""
    found = mail(template, kind)
    assert not re.search(r"<link|<script|@import|url\(", found.html)
    sources = [picture.attributes["src"] for picture in page(template, kind).of("img")]
    assert {host_of(source) for source in sources} <= {*shipped().shop.settings.hosts, None}


@each_marketing_mail
def test_the_law_is_kept(template: str, kind: str) -> None:
    """Both parts show the postal address and the way out; the link is not rewritten for tracking."""
    found, settings = mail(template, kind), shipped().shop.settings
    unsubscribe = sample_links(settings).unsubscribe
    read = page(template, kind)
    ways_out = [link for link in read.of("a") if link.attributes["href"] == unsubscribe]
    assert len(ways_out) == 1
    assert "ses:no-track" in ways_out[0].attributes
    assert settings.postal_address in found.text
    assert any(settings.postal_address in text.words for text in read.texts)
    assert unsubscribe in found.text


@each_mail
def test_a_mail_is_light_and_complete(template: str, kind: str) -> None:
    """Far below the 102 KB at which mail programs cut, adapted to small and dark screens, nothing left unrendered."""
    found = mail(template, kind)
    assert len(found.html.encode()) < 25_000
    assert "max-width: 479px" in found.html
    assert '<meta name="color-scheme" content="light dark" />' in found.html
    assert not re.search(r"\{%(?! raw)|None|Undefined|\{\{(?! 7\*7)", found.html + found.text + found.subject)
    assert "\n\n\n" not in found.text


@each_mail
def test_both_parts_say_the_same(template: str, kind: str) -> None:
    """A mail's plain text names the first product that its html names."""
    found = mail(template, kind)
    titles = [item["title"] for item in shipped().samples(template)[kind].get("items", [])]
    words = " ".join(text.words for text in page(template, kind).texts)
    for title in titles[:1]:
        start = title[:20]
        assert (start in words) == (start in found.text)


@pytest.mark.parametrize(("template", "kind"), cases("sms"))
def test_a_text_message_fits_and_says_who_and_how_to_stop(template: str, kind: str) -> None:
    """The shop's name, the way to stop, and no more than three SMS in plain letters where nothing is hostile."""
    found = tried(template, "sms", kind)
    settings = shipped().shop.settings
    assert isinstance(found, Message)
    text = build_text(found.text, settings, sample_links(settings).unsubscribe)
    assert settings.name in text
    assert "Sto" in text
    if kind != "hostile":
        assert segments(text).billed <= 3
        assert segments(text).alphabet == "GSM-7"


@pytest.mark.parametrize(("template", "kind"), cases("push"))
def test_a_notification_fits_the_screen(template: str, kind: str) -> None:
    """A title of at most 40 characters, a text of at most 140, where nothing is hostile; no line breaks anywhere."""
    found = tried(template, "push", kind)
    assert isinstance(found, Message)
    assert found.subject
    assert "\n" not in found.subject + found.text
    if kind != "hostile":
        assert len(found.subject) <= 40
        assert len(found.text) <= 140


def test_a_template_with_nothing_to_say_says_why() -> None:
    """Those that are made of suggestions are skipped without any, with a reason that a marketer understands."""
    assert all(str(tried(template, "email", kind)).startswith("skip:nothing") for template, kind in QUIET)


def test_every_template_has_a_sample_of_its_own() -> None:
    """What a template is tried with lies beside it, so that whoever edits it sees a real case."""
    folder = shipped().folder / "templates"
    stems = {template.partition(".")[0] for template, _ in MAILS}
    assert {stem for stem in stems if not (folder / f"{stem}.sample.json").is_file()} == set()


def test_the_shipped_content_has_no_problem() -> None:
    """Nothing is refused, and nothing is warned of but that a link to stop makes two SMS of one.

    Where customers can answer, "Reply STOP to end" is shorter; where they cannot, the link is the only way out.
    """
    assert [problem for problem in shipped().problems if problem.rule != "sms-segments"] == []
    assert all(problem.warning for problem in shipped().problems)


def test_no_offer_is_printed_where_there_is_none() -> None:
    """A code, a gift or a limit stands in a mail only when the campaign gave it."""
    for template, _ in MAILS:
        full = shipped().samples(template)["full"]
        found = shipped().message(template, "email", {**full, "offer": None})
        if isinstance(found, Message):
            assert not re.search(
                r"Your code|Enter it at the checkout|It is yours until", found.html + found.text
            )
        else:
            assert found == "skip:there is no offer"


def test_the_mails_name_the_product_or_the_reason() -> None:
    """Nobody has to guess why a mail came."""
    full = SAMPLES["full"]
    assert "Evening Tea" in rendered("browse", "reminder", "email", full).subject
    assert "Evening Tea" in rendered("replenishment", "reminder", "email", full).subject
    assert "July 3, 2026" in rendered("winback", "hello", "email", full).text


def test_the_confirmation_says_nothing_that_was_typed_into_a_form() -> None:
    """Whoever asked, and whatever they called themselves: the same words, so nobody can have their own sent to others."""
    (confirmation,) = {rendered("confirmation", "ask", "email", sample) for sample in SAMPLES.values()}
    said = confirmation.html + confirmation.text + confirmation.subject
    assert not any(value in said for value in ENEMY.traits.values())


def test_the_confirmation_is_one_link_and_no_marketing() -> None:
    """The link stands in both parts and is not rewritten for tracking; nobody has to unsubscribe from what they have not."""
    found = rendered("confirmation", "ask", "email", SAMPLES["full"])
    (link,) = [link for link in Page(found.html).of("a") if link.attributes["href"] == CONFIRM]
    assert "ses:no-track" in link.attributes
    assert CONFIRM in found.text
    assert UNSUBSCRIBE not in found.html + found.text
    assert shop().settings.postal_address in found.text
