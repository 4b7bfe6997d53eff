"""`index.html`: every message beside its explanation. One page, no script, nothing loaded from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from infra.demo.live import Played
from infra.demo.outcomes import GROUPS, Outcome, at_work, of_campaign
from infra.demo.pictures import inlined
from infra.demo.watch import Case, Letter
from infra.demo.wording import CHANNELS, Words
from perennial.campaigns import Campaign

HERE = Path(__file__).parent
SHOWN_OPEN = 2  # messages of each campaign that stand open, of those who appear above if there are any


def write(folder: Path, played: Played, rows: list[Outcome]) -> Path:
    """Writes the page, and each mail as a page of its own; returns where the page is."""
    _write_mails(folder / "mails", played)
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = environment.from_string((HERE / "page.html").read_text(encoding="utf-8"))
    style = Markup((HERE / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own
    where = folder / "index.html"
    where.write_text(template.render(_Page(played).values(rows), style=style), encoding="utf-8")
    return where


def _write_mails(folder: Path, played: Played) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.html"):
        old.unlink()
    for letter in played.letters:
        if letter.mail["html"]:
            (folder / _file(letter)).write_text(inlined(letter.mail["html"]), encoding="utf-8")


def _file(letter: Letter) -> str:
    return f"{letter.sent_at:%m%d-%H%M}-{letter.mail['campaign']}-{letter.mail['id']}.html"


class _Page:
    def __init__(self, played: Played) -> None:
        self._played = played
        self._words = Words(played.shop, played.products)
        self._told_of = {case.person.email for case in played.cases}

    def values(self, rows: list[Outcome]) -> dict[str, Any]:
        """What `page.html` shows."""
        return {
            "shop": self._played.shop.settings.name,
            "figures": self._figures(),
            "groups": GROUPS,
            "outcomes": [
                (self._played.shop.campaigns[each].name, of_campaign(rows, each))
                for each in at_work(self._played)
            ],
            "campaigns": [
                self._campaign(self._played.shop.campaigns[each]) for each in at_work(self._played)
            ],
            "cases": [self._case(each) for each in self._played.cases],
        }

    def _figures(self) -> list[tuple[int, str]]:
        played = self._played
        sent = {
            channel: sum(each.mail["channel"] == channel for each in played.letters) for channel in CHANNELS
        }
        return [
            (played.imported.orders, "orders imported, of a year"),
            (len(played.customers), "customers"),
            (played.requests, "webhooks, calls and clicks in three weeks"),
            (sent["email"], "e-mails"),
            (sent["sms"], "text messages"),
        ]

    def _campaign(self, campaign: Campaign) -> dict[str, Any]:
        letters = [each for each in self._played.letters if each.mail["campaign"] == campaign.id]
        known = [each for each in letters if each.customer["traits"].get("email") in self._told_of]
        texts = [each for each in letters if each.mail["channel"] == "sms"]
        opened = {each.mail["id"] for each in (*(known or letters)[:SHOWN_OPEN], *texts[:1])}
        return {
            "id": campaign.id,
            "name": campaign.name,
            "description": campaign.description,
            "messages": [self._message(each) | {"open": each.mail["id"] in opened} for each in letters],
        }

    def _message(self, letter: Letter) -> dict[str, Any]:
        mail, traits = letter.mail, letter.customer["traits"]
        name = f"{traits.get('first_name', '')} {traits.get('last_name', '')}".strip()
        return {
            **{key: mail[key] for key in ("id", "step", "to", "subject", "text")},
            "name": name or mail["to"],
            "sent": self._words.clock(letter.sent_at, self._words.zone(letter)),
            "page": f"mails/{_file(letter)}" if mail["html"] else None,
            "why": self._words.why(letter),
        }

    def _case(self, case: Case) -> dict[str, str]:
        return {
            "title": case.title,
            "story": case.story,
            "verdict": case.verdict,
            "words": self._words.verdict(case),
            "name": case.person.name,
            "campaign": self._played.shop.campaigns[case.campaign].name,
            "asked": self._words.clock(case.at, case.person.timezone),
            "place": case.person.timezone.rpartition("/")[2].replace("_", " "),
        }
