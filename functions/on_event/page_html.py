"""What the pages say that unsubscribe, confirm and sign up, and those that cannot do what a link promised."""

from __future__ import annotations

from html import escape

from on_event.page_frame import filled, page
from on_event.words import Words
from perennial.shop import Settings


def question(settings: Settings | None, words: Words, channel: str) -> str:
    """Asks, with one button; the form posts to the address it stands at."""
    kind = messages(words, channel)
    return page(
        settings,
        words,
        title=filled(words.stop_question, settings, messages=kind),
        body=f"""<p>{filled(words.stop_explained, settings, messages=kind)}</p>
<form method="post">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<button type="submit">{escape(words.stop_button)}</button>
</form>""",
    )


def done(settings: Settings | None, words: Words, channel: str, *, at_once: bool) -> str:
    """Confirms. at_once False: the wish is kept and will be carried out."""
    stopped = filled(words.stopped, settings, messages=messages(words, channel))
    held = escape(words.at_once if at_once else words.soon)
    return page(
        settings,
        words,
        title=escape(words.stopped_title if at_once else words.kept_title),
        body=f"<p>{stopped} {held}</p><p>{filled(words.mistake, settings)}</p>",
    )


def confirm_question(settings: Settings | None, words: Words, channel: str) -> str:
    """Asks, with one button; the form posts to the address it stands at."""
    kind = messages(words, channel)
    return page(
        settings,
        words,
        title=filled(words.confirm_question, settings, messages=kind),
        body=f"""<p>{filled(words.confirm_explained, settings, messages=kind)}</p>
<form method="post">
<button type="submit">{filled(words.confirm_button, settings, messages=kind)}</button>
</form>""",
    )


def confirmed(settings: Settings | None, words: Words, channel: str, *, held: bool) -> str:
    """Confirms. held False: that sign-up is over, because of what the customer did since."""
    if held:
        body = filled(words.confirmed, settings, messages=messages(words, channel))
        return page(settings, words, title=escape(words.confirmed_title), body=f"<p>{body}</p>")
    return _plain(settings, words, words.confirmed_before_title, words.confirmed_before)


def try_again(settings: Settings | None, words: Words) -> str:
    """It could not be written down."""
    return _plain(settings, words, words.try_again_title, words.try_again)


def signed_up(settings: Settings | None, words: Words) -> str:
    """The same for every address, so that it tells nobody who is a customer."""
    return _plain(settings, words, words.sign_up_title, words.sign_up)


def not_signed_up(settings: Settings | None, words: Words, why: str) -> str:
    """A form that cannot be taken. why: as text."""
    return page(settings, words, title=escape(words.failed_title), body=f"<p>{escape(why)}</p>")


def unknown_link(settings: Settings | None, words: Words) -> str:
    """For a link that is not ours or lost a part on its way."""
    return _plain(settings, words, words.unknown_title, words.unknown)


def gone(settings: Settings | None, words: Words) -> str:
    """For a message that cannot be shown any more."""
    return _plain(settings, words, words.gone_title, words.gone)


def messages(words: Words, channel: str) -> str:
    """What the messages of a channel are called."""
    kinds = {"email": words.emails, "sms": words.texts, "push": words.notifications}
    return kinds.get(channel, words.any_messages)


def _plain(settings: Settings | None, words: Words, title: str, text: str) -> str:
    return page(settings, words, title=escape(title), body=f"<p>{filled(text, settings)}</p>")
