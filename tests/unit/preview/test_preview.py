"""The page of `perennial preview`: what it shows, and that it follows every save."""

from __future__ import annotations

import os
from html import unescape
from pathlib import Path

from infra.preview.server import Preview
from perennial.errors import PerennialError


def _page(preview: Preview, target: str) -> str:
    answer = preview.answer(target)
    assert answer.status == 200
    return unescape(answer.body.decode())


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    later = file.stat().st_mtime_ns + 1_000_000_000
    os.utime(file, ns=(later, later))


def test_all_samples_stand_side_by_side_with_the_line_of_the_inbox(folder: Path) -> None:
    """Subject and preheader as an inbox shows them, the mail, its text and its data, for each of the three samples."""
    page = _page(Preview(folder), "/browse/reminder")
    for words in (
        "<h2>full</h2>",
        "<h2>minimal</h2>",
        "<h2>hostile</h2>",
        "Plain text",
        "Nothing to find fault",
    ):
        assert words in page
    assert page.count("<iframe") == 3
    assert "<strong>Still thinking about Stoneware teapot, two cups?</strong>" in page
    assert "Here they are again, so you do not have to search." in page


def test_mails_run_no_scripts_and_fetch_nothing(folder: Path) -> None:
    """Frames are closed to scripts, and pictures come from the preview itself."""
    preview = Preview(folder)
    body = preview.answer("/browse/reminder").body.decode()
    assert body.count('<iframe sandbox="allow-same-origin"') == body.count("<iframe")
    assert 'src="https://' not in unescape(body)
    picture = preview.answer("/pictures/pictures/stoneware-teapot.jpg")
    assert (picture.status, picture.type) == (200, "image/svg+xml")


def test_a_mail_is_shown_light_or_dark_whatever_the_reader_prefers(folder: Path) -> None:
    """The mail's own dark colours apply in the dark view and in no other."""
    preview = Preview(folder)
    assert "@media all {" in _page(preview, "/browse/reminder?as=dark")
    assert "@media not all {" in _page(preview, "/browse/reminder?as=phone")


def test_text_messages_and_notifications_are_shown_with_what_they_cost(folder: Path) -> None:
    """SMS are counted, and the letter that makes one dearer is named."""
    (folder / "templates/browse/reminder.sms").write_text(
        "Köstlich: {{ (items|first).title }} ✓ {{ shop.url }}"
    )
    (folder / "templates/browse/reminder.push").write_text("A title\nAnd a text.")
    page = _page(Preview(folder), "/browse/reminder?as=text")
    assert "UCS-2, because of “✓”" in page
    assert "<strong>A title</strong><p>And a text.</p>" in page


def test_a_save_is_noticed_and_shown(folder: Path) -> None:
    """Another version, and the next page is read anew."""
    preview = Preview(folder)
    before = preview.answer("/version").body
    assert preview.answer("/version").body == before
    _edit(folder / "templates/browse/reminder.mjml", "Take another look", "Look once more")
    assert preview.answer("/version").body != before
    assert "Look once more" in _page(preview, "/browse/reminder")


def test_what_is_wrong_stands_beside_it(folder: Path) -> None:
    """File, line and remedy, as `perennial validate` would say them; the page is there all the same."""
    _edit(folder / "templates/browse/reminder.mjml", "{% endif %}\n{% call", "{% call")
    page = _page(Preview(folder), "/browse/reminder")
    assert "templates/browse/reminder.mjml:" in page
    assert "Nothing to find fault" not in page


def test_a_partial_is_part_of_it(folder: Path) -> None:
    """A fault in a partial is a fault of every template that uses it."""
    _edit(folder / "templates/partials/footer.mjml", "{{ shop.postal_address }}", "{{ shop.postal_adress }}")
    page = _page(Preview(folder), "/browse/reminder")
    assert "partials/footer.mjml" in page
    assert "postal_address" in page


def test_a_message_that_would_be_skipped_says_why(folder: Path) -> None:
    """In place of the mail stands the reason that the verdict would have."""
    _edit(
        folder / "templates/browse/reminder.mjml", '{{ hero("Take', '{{ skip("not today") }}\n{{ hero("Take'
    )
    assert "No mail: <code>skip:not today</code>" in _page(Preview(folder), "/browse/reminder")


def test_the_gallery_leads_to_every_template(folder: Path) -> None:
    """Each with its subject and its channels."""
    page = _page(Preview(folder), "/")
    assert '<a href="browse/reminder">' in page
    assert "Still thinking about Stoneware teapot" in page


def test_an_unknown_template_is_a_message(folder: Path) -> None:
    """With the folder in which it was looked for."""
    answer = Preview(folder).answer("/browse/remainder")
    assert answer.status == 422
    assert "There is no template browse/remainder" in answer.body.decode()


def test_a_customer_is_shown_before_the_samples(folder: Path) -> None:
    """What stands in their document replaces what the sample says; nobody is a message."""

    def people(customer: str, template: str) -> dict[str, object]:
        assert template == "browse/reminder"
        if customer != "ida@example.com":
            raise PerennialError("Nobody is known by that.")
        return {"customer": {"first_name": "Ida", "email": customer}}

    preview = Preview(folder, people)
    page = _page(preview, "/browse/reminder?customer=ida%40example.com")
    assert page.index("ida@example.com</h2>") < page.index("<h2>full</h2>")
    assert "Hi Ida," in page
    assert preview.answer("/browse/reminder?customer=eve").status == 422
    assert b"perennial dev" in Preview(folder).answer("/browse/reminder?customer=ida").body
