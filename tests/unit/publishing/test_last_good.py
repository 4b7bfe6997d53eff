"""Last good versions: a campaign whose files are not right stays as it was, beside the new versions of the others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from perennial.customer import new
from perennial.errors import ContentError
from perennial.events import Product
from perennial.publishing import roll_back
from perennial.rendering.renderer import Links, Message, Renderer
from tests.emails.samples import entry_of
from tests.unit.publishing.conftest import BROWSE
from tests.unit.publishing.test_publish import FIRST, Room

UNSUBSCRIBE = "https://www.fern.example/u"
WINBACK = BROWSE.replace("Browse reminder", "Winback").replace(
    "{kind: browse, after: 4 hours}", "{kind: winback}"
)
WINBACK = WINBACK.replace("browse/reminder", "winback/hello")
HTML = """\
---
subject: Hello
preheader: From us
---
{% extends "partials/layout.html" %}
{% block body %}<p>Winback</p>{% endblock %}
"""
TEXT = "Come back to us: {{ unsubscribe_url }}"


@pytest.fixture
def room(tmp_path: Path, files: dict[str, bytes]) -> Room:
    """Two campaigns, with one layout between them."""
    files["campaigns/winback.yaml"] = WINBACK.encode()
    files["templates/winback/hello.html"] = HTML.encode()
    files["templates/winback/hello.txt"] = TEXT.encode()
    made = Room(tmp_path, files)
    made.publish()
    made.now += timedelta(hours=1)
    return made


def mail(room: Room, campaign: str) -> Message:
    """The next mail of a campaign, as it is live."""
    shop = room.live()
    entry = entry_of(campaign, "reminder", "email", {"products": ["tea"]})
    products: dict[str, Product] = {"tea": {"id": "tea", "title": "Oolong", "at": "", "rank": 2}}
    return Renderer(shop).render(
        new("c1"), shop.campaigns[campaign], entry, products, room.now, Links(UNSUBSCRIBE)
    )


@pytest.mark.parametrize(
    ("path", "old", "new_text"),
    [
        ("templates/browse/reminder.html", "{% endblock %}", ""),
        ("templates/browse/reminder.txt", "{{ unsubscribe_url }}", "x"),
        ("campaigns/browse.yaml", "4 hours", "4 hourz"),
        ("campaigns/browse.yaml", "name: Browse reminder", "name: [a"),
        ("templates/browse/reminder.html", "items[0].title }}</p>", "items[0].titel }}</p>"),
    ],
)
def test_a_bad_campaign_stays_as_it_was(room: Room, path: str, old: str, new_text: str) -> None:
    """Whatever is wrong with it, and although the layout that both use is a new one by now."""
    before = mail(room, "browse").html
    room.change(path, old, new_text)
    room.change("templates/partials/layout.html", "<body>", "<body>NEW")
    report = room.publish()
    assert {each.id: each.is_kept for each in report.campaigns} == {"browse": True, "winback": False}
    assert {each.file for each in report.errors} == {path}
    assert mail(room, "browse").html == before
    assert "NEW" in mail(room, "winback").html
    assert room.live().campaigns["browse"].live_since == FIRST


def test_it_stays_so_for_as_long_as_it_is_bad(room: Room) -> None:
    """Two saves later it is still the same version, and once it is right it is the new one."""
    room.change("templates/browse/reminder.html", "{% endblock %}", "")
    room.publish()
    before = mail(room, "browse").html
    for word in ("one", "two"):
        room.change("templates/partials/layout.html", "<body>", f"<body>{word}")
        room.publish()
    assert mail(room, "browse").html == before
    names = [each for each in room.live().templates if "@" in each]
    assert {each.partition("@")[0] for each in names} == {"browse/reminder", "partials/layout"}
    room.change("templates/browse/reminder.html", "</p>", "</p>{% endblock %}")
    report = room.publish()
    assert not any(each.is_kept for each in report.campaigns)
    assert "twoone" in mail(room, "browse").html
    assert not [each for each in room.live().templates if "@" in each]


def test_a_bad_partial_holds_back_all_that_use_it(room: Room) -> None:
    """And what is right about them waits for it."""
    room.change("templates/partials/layout.html", "{% block body %}", "{% blok body %}")
    room.change("templates/winback/hello.html", "Winback", "Changed")
    report = room.publish()
    assert all(each.is_kept for each in report.campaigns)
    assert "Changed" not in mail(room, "winback").html


def test_translations_are_kept_with_their_template(room: Room) -> None:
    """The customer's language does not change because a file is bad."""
    german = HTML.replace("Hello", "Hallo").replace("Winback", "Zurück")
    room.write("templates/winback/hello.de.html", german.encode())
    room.write("templates/winback/hello.de.txt", TEXT.encode())
    room.publish()
    room.change("templates/winback/hello.html", "{% endblock %}", "")
    room.publish()
    shop = room.live()
    customer = new("c1")
    customer["traits"]["locale"] = "de-DE"
    message = Renderer(shop).render(
        customer,
        shop.campaigns["winback"],
        entry_of("winback", "reminder", "email", {}),
        {},
        room.now,
        Links(UNSUBSCRIBE),
    )
    assert message.subject == "Hallo"


def test_a_new_campaign_that_is_bad_is_left_out(room: Room) -> None:
    """There is no last good version of it; the others go live."""
    room.write("campaigns/birth.yaml", BROWSE.replace("4 hours", "x").encode())
    report = room.publish()
    assert report.left_out == ("birth",)
    assert {each.id for each in report.campaigns} == {"browse", "winback"}


def test_a_deleted_campaign_is_gone(room: Room) -> None:
    """Also when it was bad before."""
    room.change("campaigns/browse.yaml", "4 hours", "x")
    room.publish()
    (room.folder / "campaigns/browse.yaml").unlink()
    room.publish()
    assert set(room.live().campaigns) == {"winback"}
    assert not [each for each in room.live().templates if "@" in each]


def test_a_bad_template_that_nobody_uses_holds_back_nothing(room: Room) -> None:
    """It is told and left out."""
    room.write("templates/later.html", b"{{ nothing")
    report = room.publish()
    assert [each.file for each in report.errors] == ["templates/later.html"]
    assert not any(each.is_kept for each in report.campaigns)


def test_rollback_returns_to_what_was_live(room: Room) -> None:
    """To the release before, from there to the one before it; the next save goes on from the content."""
    live = room.world.pointer.read()
    assert live is not None
    releases = [live.release]
    for word in ("one", "two"):
        room.change("templates/partials/layout.html", "<body>", f"<body>{word}")
        releases.append(room.publish().release)
    assert roll_back(room.world.pointer, room.world.blobs) == (releases[2], releases[1])
    assert "one" in mail(room, "winback").html and "two" not in mail(room, "winback").html
    assert roll_back(room.world.pointer, room.world.blobs) == (releases[1], releases[0])
    with pytest.raises(ContentError, match="no earlier release"):
        roll_back(room.world.pointer, room.world.blobs)
    room.change("templates/partials/layout.html", "<body>", "<body>three")
    room.publish()
    assert "threetwoone" in mail(room, "winback").html


def test_rollback_to_a_named_release(room: Room) -> None:
    """One that was live, and is stored."""
    live = room.world.pointer.read()
    assert live is not None
    for word in ("one", "two"):
        room.change("templates/partials/layout.html", "<body>", f"<body>{word}")
        room.publish()
    with pytest.raises(ContentError, match="Known are"):
        roll_back(room.world.pointer, room.world.blobs, "nosuch")
    assert roll_back(room.world.pointer, room.world.blobs, live.release)[1] == live.release
