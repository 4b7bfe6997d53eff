"""The preference page: channels, topics, a pause, or nothing at all. Forms without script; only a POST changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from html import escape
from typing import Any

from on_event import page_html, web
from on_event.caller import Caller, caller_of, fields_of
from on_event.keeping import keep
from on_event.page_frame import answer, filled, page
from on_event.preferences import Choice, event_of, everything_off, is_on, shown
from on_event.web import BadRequest
from on_event.words import Words
from perennial.apply import apply
from perennial.customer import Customer
from perennial.deciding.look import zone_for
from perennial.folding.preferences import paused_until, wants
from perennial.messaging.tokens import Claims
from perennial.ports.world import World
from perennial.recording import Recorder
from perennial.rendering.formats import date_text
from perennial.shop import Settings, Topic
from perennial.times import moment, stamp

PAUSE = timedelta(days=30)
Fields = Mapping[str, list[str]]


def respond(event: Mapping[str, Any], claims: Claims, world: World, recorder: Recorder) -> web.Answer:
    """The page, or what a form of it asked for and the page after it."""
    caller = caller_of(event, claims, world)
    if caller.request.method != "POST":
        return _looked_at(caller, world)
    try:
        choice, note = _chosen(caller, world.clock())
    except BadRequest as error:
        return answer(error.status, _page(caller, world, caller.words.not_read))
    if caller.is_read and not caller.is_known:
        return answer(404, page_html.unknown_link(caller.settings, caller.words))
    said = event_of(claims, choice, caller.customer, world.clock())
    if keep(world, recorder, said):
        return answer(200, _page(caller_of(event, claims, world), world, note))
    if caller.customer is None:
        return answer(202, _kept(caller))
    after = Caller(caller.request, claims, caller.shop, apply(caller.customer, said), is_read=True)
    return answer(202, _page(after, world, f"{caller.words.kept_title}. {caller.words.soon}"))


def _looked_at(caller: Caller, world: World) -> web.Answer:
    if not caller.is_read:
        return answer(503, page_html.try_again(caller.settings, caller.words))
    if not caller.is_known:
        return answer(404, page_html.unknown_link(caller.settings, caller.words))
    return answer(200, _page(caller, world))


def _kept(caller: Caller) -> str:
    words = caller.words
    title, body = escape(words.kept_title), escape(words.soon)
    return page(caller.settings, words, title, f"<p>{body}</p>")


# What a form says.


def _chosen(caller: Caller, now: datetime) -> tuple[Choice, str]:
    """The choice, and the words that confirm it; BadRequest for a form that is none of ours."""
    fields = fields_of(caller.request)
    action = _ACTIONS.get((fields.get("action") or [""])[0])
    if action is None:
        raise BadRequest(400, "no_action", "The form does not say what it wants.")
    return action(caller, fields, now)


def _save(caller: Caller, fields: Fields, now: datetime) -> tuple[Choice, str]:
    """Ticked is wanted; what was on the page and is not ticked is not. What was not on it stays as it is."""
    ticked = set(fields.get("on", ()))
    wished = {each: each in ticked for each in fields.get("shown", ())}
    topics = caller.settings.topics if caller.settings else ()
    choice = Choice(
        channels=_changed(caller, wished),
        topics={each.id: wished[f"t.{each.id}"] for each in topics if f"t.{each.id}" in wished},
    )
    return choice, caller.words.saved


def _changed(caller: Caller, wished: Mapping[str, bool]) -> dict[str, bool]:
    """Of the channels that the page shows what changes: who saves it as it was grants nothing anew."""
    customer, claims = caller.customer, caller.claims
    channels = shown(customer, claims) if customer else [claims.channel]
    chosen = {each: wished[f"c.{each}"] for each in channels if f"c.{each}" in wished}
    return {each: on for each, on in chosen.items() if customer is None or on != is_on(customer, each)}


def _pause(caller: Caller, fields: Fields, now: datetime) -> tuple[Choice, str]:
    return Choice(pause_until=stamp(now + PAUSE)), caller.words.saved


def _resume(caller: Caller, fields: Fields, now: datetime) -> tuple[Choice, str]:
    return Choice(pause_until=""), caller.words.saved


def _stop(caller: Caller, fields: Fields, now: datetime) -> tuple[Choice, str]:
    return everything_off(caller.customer), f"{caller.words.all_off} {caller.words.at_once}"


_ACTIONS: Mapping[str, Callable[[Caller, Fields, datetime], tuple[Choice, str]]] = {
    "save": _save,
    "pause": _pause,
    "resume": _resume,
    "stop": _stop,
}


# What the page shows.


def _page(caller: Caller, world: World, note: str = "") -> str:
    words, settings = caller.words, caller.settings
    customer = caller.customer
    parts = [f'<p class="lead">{escape(words.preferences_lead)}</p>']
    if note:
        parts.insert(0, f'<p class="note" role="status">{filled(note, settings)}</p>')
    if customer is not None:
        parts += [_choices(caller, customer), _break(caller, customer, world.clock())]
    parts += [
        _section(words.all_off_title, words.all_off_lead, "stop", words.all_off_button),
        f'<p class="hint">{escape(words.orders_anyway)}</p>',
    ]
    return page(settings, words, filled(words.preferences_title, settings), "\n".join(parts), is_wide=True)


def _choices(caller: Caller, customer: Customer) -> str:
    words, settings = caller.words, caller.settings
    names = {"email": words.by_email, "sms": words.by_text, "push": words.by_notification}
    channels = [
        _row(f"c.{channel}", names[channel], ticked=is_on(customer, channel))
        for channel in shown(customer, caller.claims)
    ]
    topics = [
        _row(f"t.{topic.id}", _topic_name(topic, words, settings), ticked=wants(customer, topic.id))
        for topic in (settings.topics if settings else ())
    ]
    groups = _group(words.channels, channels) + _group(words.topics, topics)
    if not groups:
        return ""
    return f"""<form method="post" autocomplete="off">
<input type="hidden" name="action" value="save">
{groups}<button type="submit">{escape(words.save)}</button>
</form>"""


def _group(legend: str, rows: list[str]) -> str:
    if not rows:
        return ""
    return f"<fieldset>\n<legend>{escape(legend)}</legend>\n" + "".join(rows) + "</fieldset>\n"


def _row(value: str, name: str, *, ticked: bool) -> str:
    checked = " checked" if ticked else ""
    return (
        f'<input type="hidden" name="shown" value="{value}">'
        f'<label class="row"><input type="checkbox" name="on" value="{value}"{checked}>'
        f"<span>{escape(name)}</span></label>\n"
    )


def _topic_name(topic: Topic, words: Words, settings: Settings | None) -> str:
    """In the page's language, else in the shop's, else in any."""
    own = settings.locale.partition("-")[0] if settings else ""
    return topic.names.get(words.language) or topic.names.get(own) or next(iter(topic.names.values()))


def _break(caller: Caller, customer: Customer, now: datetime) -> str:
    words, until = caller.words, paused_until(customer, now)
    if until is None:
        return _section(words.pause_title, words.pause_lead, "pause", words.pause_button)
    at = moment(until)
    day = at.astimezone(zone_for(customer, caller.shop)) if caller.shop else at
    paused = words.paused.format(date=date_text(day.date(), words.language, "long"))
    return _section(words.pause_title, paused, "resume", words.resume_button)


def _section(title: str, lead: str, action: str, button: str) -> str:
    return f"""<section>
<h2>{escape(title)}</h2>
<p>{escape(lead)}</p>
<form method="post">
<input type="hidden" name="action" value="{action}">
<button type="submit" class="quiet">{escape(button)}</button>
</form>
</section>"""
