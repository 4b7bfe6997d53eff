"""`index.html`: every message beside its explanation. One page, no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path

from infra.demo.live import Played
from infra.demo.outcomes import SENT, Outcome
from infra.demo.pictures import inlined
from infra.demo.watch import Case, Letter
from infra.demo.wording import CHANNELS, Words

STYLE = Path(__file__).with_name("page.css")
SHOWN_OPEN = 2  # messages of each campaign that stand open, of those who appear above if there are any


def write(folder: Path, played: Played, rows: list[Outcome]) -> Path:
    """Writes the page, and each mail as a page of its own; returns where the page is."""
    mails = folder / "mails"
    mails.mkdir(parents=True, exist_ok=True)
    for old in mails.glob("*.html"):
        old.unlink()
    names = {
        letter.mail["id"]: f"{place:03}-{letter.mail['campaign']}.html"
        for place, letter in enumerate(played.letters, 1)
    }
    for letter in played.letters:
        if letter.mail["html"]:
            (mails / names[letter.mail["id"]]).write_text(inlined(letter.mail["html"]), encoding="utf-8")
    page = folder / "index.html"
    page.write_text(_Page(played, rows, names).html(), encoding="utf-8")
    return page


class _Page:
    def __init__(self, played: Played, rows: list[Outcome], names: dict[str, str]) -> None:
        self._played, self._rows, self._names = played, rows, names
        self._words = Words(played.shop, played.products)
        self._campaigns = played.shop.campaigns
        self._sent = Counter(letter.mail["campaign"] for letter in played.letters)

    def html(self) -> str:
        """The whole page."""
        title = f"{escape(self._played.shop.settings.name)}: three weeks, message by message"
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
            f"{self._head(title)}<main>\n{self._table()}{self._cases()}{self._messages()}</main>\n"
            "<footer>Shop, customers and addresses are invented. Links in the mails lead nowhere. "
            "<code>make demo</code> plays it all again, with the same result.</footer>\n</body>\n</html>\n"
        )

    def _head(self, title: str) -> str:
        played, imported = self._played, self._played.imported
        sent = {
            channel: sum(each.mail["channel"] == channel for each in played.letters) for channel in CHANNELS
        }
        numbers = (
            (imported.orders, "orders imported, of a year"),
            (len(played.customers), "customers"),
            (played.requests, "webhooks, calls and clicks in three weeks"),
            (sent["email"], "e-mails"),
            (sent["sms"], "text messages"),
        )
        figures = "".join(f"<div><dt>{text}</dt><dd>{number:,}</dd></div>" for number, text in numbers)
        return (
            f"<header>\n<h1>{title}</h1>\n<p>A year of orders was imported from a CSV file; then three weeks were lived "
            "through by the real functions, on a clock that can be moved. Below is every message that left, as the "
            "customer sees it, beside the reason. First, what is as important: those that did not leave.</p>\n"
            f'<dl class="figures">{figures}</dl>\n<nav><a href="#why-not">No message, and why</a>{self._links()}</nav>\n</header>\n'
        )

    def _links(self) -> str:
        return "".join(
            f'<a href="#{escape(each.id)}">{escape(each.name)} <small>{self._sent[each.id]}</small></a>'
            for each in self._campaigns.values()
            if self._sent[each.id]
        )

    def _table(self) -> str:
        heads = "".join(f'<th scope="col">{escape(each.name)}</th>' for each in self._campaigns.values())
        groups = groupby(self._rows, key=lambda row: row.group)
        bodies = "".join(
            f"<tbody>{self._group(group)}{self._lines(rows)}</tbody>\n" for group, rows in groups
        )
        return (
            '<section id="numbers">\n<h2>What was sent, and what was not</h2>\n<div class="wide"><table>\n'
            f"<thead><tr><td></td>{heads}</tr></thead>\n{bodies}</table></div>\n</section>\n"
        )

    def _group(self, group: str) -> str:
        return (
            f'<tr class="group"><th scope="rowgroup" colspan="{len(self._campaigns) + 1}">{group}</th></tr>'
        )

    def _lines(self, rows: Iterable[Outcome]) -> str:
        return "".join(
            f'<tr{" class=sent" if row.group == SENT else ""}><th scope="row">{escape(row.what)}</th>'
            + "".join(f"<td>{row.by_campaign.get(each) or '·'}</td>" for each in self._campaigns)
            + "</tr>"
            for row in rows
        )

    def _cases(self) -> str:
        cases = "".join(map(self._case, self._played.cases))
        return (
            '<section id="why-not">\n<h2>No message, and why</h2>\n<p class="lead">What the shop would be told, had it '
            f'asked at that moment: <code>perennial explain</code> gives the same.</p>\n<div class="cases">\n{cases}</div>\n</section>\n'
        )

    def _case(self, case: Case) -> str:
        campaign = escape(self._campaigns[case.campaign].name)
        asked = self._words.clock(case.at, case.person.timezone)
        return (
            f'<article class="case"><h3>{escape(case.title)}</h3>\n'
            f"<p>{escape(case.story)}</p>\n"
            f'<p class="verdict"><code>{escape(case.verdict)}</code> {escape(self._words.verdict(case))}</p>\n'
            f'<p class="small">{escape(case.person.name)}, {campaign}<br>asked {asked}, {_place(case.person.timezone)}</p>'
            "</article>\n"
        )

    def _messages(self) -> str:
        return "".join(
            f'<section id="{escape(each.id)}">\n<h2>{escape(each.name)}</h2>\n<p class="lead">{escape(each.description)}</p>\n'
            f"{''.join(self._of(each.id))}</section>\n"
            for each in self._campaigns.values()
            if self._sent[each.id]
        )

    def _of(self, campaign: str) -> Iterator[str]:
        letters = [letter for letter in self._played.letters if letter.mail["campaign"] == campaign]
        known = {case.person.email for case in self._played.cases}
        first = [letter for letter in letters if letter.customer["traits"]["email"] in known]
        texts = [letter for letter in letters if letter.mail["channel"] == "sms"]
        opened = {each.mail["id"] for each in (*(first or letters)[:SHOWN_OPEN], *texts[:1])}
        for letter in letters:
            yield self._message(letter, is_open=letter.mail["id"] in opened)

    def _message(self, letter: Letter, *, is_open: bool) -> str:
        mail, traits = letter.mail, letter.customer["traits"]
        who = f"{traits.get('first_name', '')} {traits.get('last_name', '')}".strip() or mail["to"]
        sent = self._words.clock(letter.sent_at, self._words.zone(letter))
        first, *others = (escape(each) for each in self._words.why(letter))
        reasons = "".join(f"<p>{each}</p>" for each in others)
        return (
            f"<details{' open' if is_open else ''}><summary><time>{sent}</time> <b dir=auto>{escape(who)}</b> "
            f'<span dir="auto">{escape(mail["subject"] or "Text message")}</span></summary>\n<div class="pair">\n'
            f'<div class="seen">{self._seen(letter)}</div>\n<div class="why"><h3>Why {escape(who)}, why now</h3>'
            f"<p>{first}</p>{reasons}"
            f'<p class="small">To {escape(mail["to"])}<br>Message {escape(mail["id"])}, step {escape(mail["step"])}</p></div>\n'
            "</div></details>\n"
        )

    def _seen(self, letter: Letter) -> str:
        mail = letter.mail
        if not mail["html"]:
            return f'<p class="sms">{escape(mail["text"])}</p>'
        name = self._names[mail["id"]]
        subject = escape(mail["subject"])
        # An empty sandbox: what a mail contains runs no script and opens no page.
        return (
            f'<p class="subject" dir="auto">{subject}</p><iframe sandbox="" loading="lazy" src="mails/{name}" title="{subject}">'
            f'</iframe><p class="small"><a href="mails/{name}">The mail alone</a></p>'
        )


def _place(zone: str) -> str:
    """`Los Angeles` of `America/Los_Angeles`."""
    return escape(zone.rpartition("/")[2].replace("_", " "))
