"""shop.yaml: the settings of the release, and how mistakes in it are told."""

from __future__ import annotations

import pytest
import yaml

from perennial.publishing import read_content
from perennial.publishing.shop_file import ShopFile
from perennial.shop import Cap, pack, unpack
from tests.unit.publishing.conftest import SHOP

Files = dict[str, bytes]


def _settings(text: str) -> dict[str, object]:
    return ShopFile.model_validate(yaml.safe_load(text)).settings()


def test_the_least_shop_is_complete() -> None:
    """What is left out has a default, and the release can be read with it."""
    content = {"settings": _settings(SHOP), "campaigns": [], "templates": {}}
    tables = {"orders": [0, 0, 0], "repurchases": [0, 0, 0], "products": {}, "buyers": {}, "repeaters": {}}
    settings = unpack(*pack({**content, "intervals": tables})).settings
    assert (settings.sender_name, settings.locale, settings.logo_url) == ("Fern & Field", "en", "")
    assert settings.hosts == ("www.fern.example",)
    assert settings.send_between == ("09:00", "20:00")
    assert settings.caps == {
        "email": Cap(1, 16),
        "sms": Cap(1, 168),
        "push": Cap(1, 16),
        "bus": Cap(1, 16),
    }


def test_links_may_lead_to_the_hosts_that_are_named() -> None:
    """The shop's own host is always among them."""
    hosts = _settings(SHOP + "hosts: [shop.fern.example]\n")["hosts"]
    assert hosts == ["shop.fern.example", "www.fern.example"]


def test_caps_as_people_say_them() -> None:
    """N per duration, by channel; the other channels keep their defaults."""
    caps = _settings(SHOP + "caps: {email: 3 per 7 days}\n")["caps"]
    week, short = {"messages": 1, "hours": 168}, {"messages": 1, "hours": 16}
    assert caps == {"email": {"messages": 3, "hours": 168}, "sms": week, "push": short, "bus": short}


def test_without_the_file_nothing_goes_live(files: Files) -> None:
    """Templates and campaigns alone are not a shop."""
    del files["shop.yaml"]
    (problem,) = read_content(files).problems
    assert str(problem) == "shop.yaml: this file is missing. It says who the shop is."


@pytest.mark.parametrize(
    ("right", "wrong", "key", "remedy"),
    [
        ("https://www.fern.example", "www.fern.example", "url", "https://www.example.com"),
        ("https://www.fern.example", "https://fern", "url", "https://www.example.com"),
        ("postal_address: 1 Garden Street, Springfield\n", "", "postal_address", "Write for example"),
        ("1 Garden Street, Springfield", "here", "postal_address", "no fewer than 10"),
        ("help@fern.example", "help at fern", "support_email", "help@example.com"),
        ("Europe/Berlin", "Berlin", "timezone", "Europe/Berlin"),
        ("currency: EUR", "currency: euro", "currency", "'EUR'"),
        ("currency: EUR", "currency: EUR\ncurency: EUR", "curency", "Did you mean 'currency'?"),
        ("currency: EUR", "currency: EUR\nlocale: english", "locale", "en-GB"),
        ("currency: EUR", "currency: EUR\nhosts: [https://a.example/x]", "hosts[0]", "without https://"),
        ("currency: EUR", "currency: EUR\ncaps: {email: one a day}", "caps.email", "1 per 16 hours"),
        (
            "currency: EUR",
            "currency: EUR\ncaps: {email: 1 per 90 minutes}",
            "caps.email",
            "hours, days or weeks",
        ),
        ("currency: EUR", "currency: EUR\ncaps: {mail: 1 per 1 day}", "caps.mail", "Did you mean 'email'?"),
        ("currency: EUR", "currency: EUR\nlogo_url: http://www.fern.example/a.png", "logo_url", "https"),
    ],
)
def test_mistakes_in_the_shop_are_told(files: Files, right: str, wrong: str, key: str, remedy: str) -> None:
    """The same form as for campaigns: file, line, key, remedy."""
    assert right in SHOP
    (problem,) = read_content({**files, "shop.yaml": SHOP.replace(right, wrong).encode()}).problems
    assert (problem.file, problem.key) == ("shop.yaml", key)
    assert problem.line > 0
    assert remedy in problem.text


def test_topics_keep_their_order_and_their_languages(files: Files) -> None:
    """In the order of the file, a plain name being in the shop's own language."""
    text = SHOP + "locale: de-AT\ntopics:\n  news: Neues\n  care: {en: Care tips, de: Pflege}\n"
    assert _settings(text)["topics"] == [
        {"id": "news", "names": {"de": "Neues"}},
        {"id": "care", "names": {"en": "Care tips", "de": "Pflege"}},
    ]


@pytest.mark.parametrize(
    ("topics", "remedy"),
    [
        ("{news: }", "an empty value is not the name of a topic"),
        ("{news: [a]}", "is not the name of a topic"),
        ("{news: {english: News}}", "'english' is not a language"),
        ("{News: News}", "'News' is not an id"),
        ("{news: {}}", "is not the name of a topic"),
    ],
)
def test_topics_are_checked(files: Files, topics: str, remedy: str) -> None:
    """File, key and remedy, as everywhere."""
    (problem,) = read_content({**files, "shop.yaml": f"{SHOP}topics: {topics}\n".encode()}).problems
    assert remedy in str(problem) and str(problem).startswith("shop.yaml:7: topics")


def test_a_campaign_needs_a_topic_that_can_be_left(files: Files) -> None:
    """Where the shop has topics; else the default does."""
    shop = f"{SHOP}topics: {{reminders: Reminders}}\n".encode()
    (problem,) = read_content({**files, "shop.yaml": shop}).problems
    assert "there is no topic 'news' in shop.yaml, so nobody could leave it. Known are reminders." in str(
        problem
    )
    campaign = files["campaigns/browse.yaml"] + b"topic: reminder\n"
    (problem,) = read_content({**files, "shop.yaml": shop, "campaigns/browse.yaml": campaign}).problems
    assert str(problem).endswith("Did you mean 'reminders'?")
