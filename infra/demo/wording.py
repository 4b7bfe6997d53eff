"""Verdicts and their facts as sentences for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from infra.demo.reasons import day, reasons
from infra.demo.telling import Telling
from infra.demo.watch import Case, Letter
from perennial.gates.quiet_hours import next_opening
from perennial.times import zone_of

CHANNELS = {"email": "e-mail", "sms": "text message"}
_SOURCES = {
    "orders_file": "as the imported file says",
    "shopify": "as the shop's webhook says",
    "segment": "by a form in the shop",
    "unsubscribe_link": "by the link in a mail",
}
_PROMPT = timedelta(minutes=2)  # messages leave within these


class Words(Telling):
    """Why somebody got a message, or none."""

    def why(self, letter: Letter) -> list[str]:
        """Why this customer got this message, and why then."""
        return [*reasons(self, letter), self._when(letter), _allowed(letter)]

    def _when(self, letter: Letter) -> str:
        zone = self.zone(letter)
        due, sent = self.clock(letter.due_at, zone), self.clock(letter.sent_at, zone)
        if self.is_later(letter):
            return f"The next step of the campaign; sent {sent} on their clock ({zone})."
        if letter.due_at == self.campaign(letter).live_since:
            due = f"when the campaign went live, {due}"
        if letter.sent_at - letter.due_at < _PROMPT:
            return f"Due {due} on their clock ({zone}), and sent at once."
        opens = next_opening(letter.due_at, self._shop.settings.send_between, zone_of(zone))
        waited = "quiet hours" if opens > letter.due_at else "the frequency cap"
        if letter.sent_at - opens >= _PROMPT and opens > letter.due_at:
            waited = "quiet hours and the frequency cap"
        return f"Due {due} on their clock ({zone}); held back by {waited}, and sent {sent}."

    def verdict(self, case: Case) -> str:
        """What the verdict says, with its facts."""
        tell = _VERDICTS.get(case.verdict)
        return tell(self, case) if tell else case.verdict.replace("_", " ").capitalize() + "."

    def local(self, case: Case, stamp: str) -> str:
        """A stamp on the clock of the case's customer."""
        return self.clock(stamp, case.person.timezone)


def _allowed(letter: Letter) -> str:
    channel = letter.mail["channel"]
    consent = letter.customer["consent"][channel]
    source = _SOURCES.get(consent["source"], consent["source"])
    return f"Agreed to get {CHANNELS[channel]}s on {day(consent['at'])}, {source}."


def _no_consent(_: Words, case: Case) -> str:
    facts = case.facts
    said = facts["state"].replace("_", " ")
    source = _SOURCES.get(facts.get("source", ""), "")
    since = f" since {day(facts['at'])}{', ' + source if source else ''}" if "at" in facts else ""
    return f"No consent to {CHANNELS[facts['channel']]}s: {said}{since}."


def _exited(words: Words, case: Case) -> str:
    facts = case.facts
    what = f"order {facts['order']}, placed" if "order" in facts else f"{facts['event']},"
    return f"Ended by {what} {words.local(case, facts['at'])}."


def _waiting(words: Words, case: Case) -> str:
    facts = case.facts
    text = f"Waiting until {words.local(case, facts['until'])}."
    if "usual_days" in facts:
        text += f" Last bought on {day(facts['last_bought'])}; usually every {facts['usual_days']} days."
    return text


def _capped(words: Words, case: Case) -> str:
    facts = case.facts
    mails = f"{facts['messages']} mail" + ("s" if facts["messages"] > 1 else "")
    return f"At most {mails} in {facts['hours']} hours: not before {words.local(case, facts['until'])}."


def _skipped(_: Words, case: Case) -> str:
    return f"Planned, and not sent: {case.facts['reason'].replace('_', ' ').replace(':', ' ')}."


_VERDICTS: dict[str, Callable[[Words, Case], str]] = {
    "no_consent": _no_consent,
    "exited_by": _exited,
    "waiting_until": _waiting,
    "capped_until": _capped,
    "skipped_because": _skipped,
    "quiet_hours_until": lambda words, case: (
        f"Quiet hours in {case.facts['zone']}: not before {words.local(case, case.facts['until'])}."
    ),
    "suppressed": lambda words, case: (
        f"The address is closed for ever since {words.local(case, case.facts['at'])}: {case.facts['reason']}."
    ),
    "too_soon": lambda words, case: (
        f"The last one was sent {words.local(case, case.facts['last_sent_at'])}; "
        f"the next may go from {words.local(case, case.facts['free_from'])}."
    ),
    "not_triggered": lambda _, case: f"Not triggered: {case.facts['why']}.",
}
