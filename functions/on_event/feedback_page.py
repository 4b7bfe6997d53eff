"""The page on which a customer answers how content they are: a number, and a few words if they like.

A link in the mail may name the number; the page then shows it chosen, and it counts once it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from on_event import page_html, web
from on_event.caller import Caller, caller_of, fields_of
from on_event.feedback import LONGEST, SCORES, Answer, event_of, score_of, tidied
from on_event.keeping import keep
from on_event.page_frame import answer, filled, page
from on_event.web import BadRequest
from perennial.messaging.tokens import Claims
from perennial.ports.world import World
from perennial.recording import Recorder


def respond(event: Mapping[str, Any], claims: Claims, world: World, recorder: Recorder) -> web.Answer:
    """The question, or thanks for its answer."""
    caller = caller_of(event, claims, world)
    if not caller.is_read or caller.customer is None:
        return _absent(caller)
    if not caller.is_known:
        return answer(404, page_html.unknown_link(caller.settings, caller.words))
    if caller.request.method != "POST":
        return answer(200, _page(caller, score_of(caller.request.query.get("score", ""))))
    try:
        fields = fields_of(caller.request)
    except BadRequest as error:
        return answer(error.status, _page(caller, None, note=caller.words.not_read))
    score, text = score_of(_field(fields, "score")), tidied(_field(fields, "text"))
    if score is None:
        return answer(400, _page(caller, None, text, note=caller.words.feedback_choose))
    said = event_of(claims, Answer(score, text), caller.customer, caller.shop, world.clock())
    is_done = keep(world, recorder, said)
    return answer(200 if is_done else 202, _thanks(caller))


def _absent(caller: Caller) -> web.Answer:
    if caller.is_read:
        return answer(404, page_html.unknown_link(caller.settings, caller.words))
    return answer(503, page_html.try_again(caller.settings, caller.words))


def _field(fields: Mapping[str, list[str]], name: str) -> str:
    return (fields.get(name) or [""])[0]


def _page(caller: Caller, chosen: int | None, text: str = "", note: str = "") -> str:
    words = caller.words
    told = f'<p class="note" role="alert">{escape(note)}</p>' if note else ""
    scale = "".join(
        f'<label><input type="radio" name="score" value="{score}" required{" checked" if score == chosen else ""}>'
        f"{score}</label>"
        for score in SCORES
    )
    body = f"""{told}
<form method="post" action="?" autocomplete="off">
<fieldset>
<legend class="lead">{escape(words.feedback_lead)}</legend>
<div class="scale">{scale}</div>
<div class="ends" aria-hidden="true"><span>{escape(words.worst)}</span><span>{escape(words.best)}</span></div>
</fieldset>
<p><label>{escape(words.feedback_text)}
<textarea name="text" maxlength="{LONGEST}" rows="4">{escape(text)}</textarea></label></p>
<button type="submit">{escape(words.feedback_button)}</button>
</form>"""
    return page(caller.settings, words, escape(words.feedback_title), body, is_wide=True)


def _thanks(caller: Caller) -> str:
    body = f"<p>{filled(caller.words.thanks, caller.settings)}</p>"
    return page(caller.settings, caller.words, escape(caller.words.thanks_title), body)
