"""What the pages behind our links look like: one small document, without script, without anything loaded from elsewhere."""

from __future__ import annotations

import base64
from hashlib import sha256
from html import escape

from perennial.shop import Settings

_STYLE = """
:root{color-scheme:light dark;--page:#f4f1ea;--card:#fffdf9;--ink:#24312b;--soft:#57635c;--button:#2f5d4a;--label:#fff}
@media (prefers-color-scheme:dark){
:root{--page:#161c19;--card:#202824;--ink:#f1efe9;--soft:#b4beb8;--button:#8fc4a9;--label:#10211a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;padding:24px;
background:var(--page);color:var(--ink);font:17px/1.55 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{width:100%;max-width:30rem;background:var(--card);border-radius:14px;padding:40px 32px;text-align:center}
h1{margin:0 0 12px;font-size:26px;line-height:1.25;font-weight:600}
p{margin:0 0 24px}main p:last-child{margin-bottom:0}
button{font:inherit;font-weight:600;color:var(--label);background:var(--button);border:0;border-radius:999px;
padding:14px 30px;cursor:pointer}
button:focus-visible,a:focus-visible{outline:3px solid var(--ink);outline-offset:3px}
a{color:inherit}
footer{max-width:30rem;padding:24px 16px 0;color:var(--soft);font-size:14px;text-align:center}
"""
_STYLE_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_MESSAGES = {"email": "emails", "sms": "text messages"}


def question(settings: Settings | None, channel: str) -> str:
    """Asks, with one button; the form posts to the address it stands at."""
    kind = _MESSAGES.get(channel, "messages")
    return _page(
        settings,
        title=f"Stop {kind} from {_name(settings)}?",
        body=f"""<p>One click, and we will send you no more marketing {kind}. No account, no password.</p>
<form method="post">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<button type="submit">Unsubscribe</button>
</form>""",
    )


def done(settings: Settings | None, channel: str, *, at_once: bool) -> str:
    """Confirms. at_once False: the wish is kept and will be carried out."""
    kind = _MESSAGES.get(channel, "messages")
    held = (
        "This holds from now on."
        if at_once
        else "It will hold within a few minutes; you need not do anything more."
    )
    contact = _link(settings.support_email) if settings else "us"
    return _page(
        settings,
        title="You are unsubscribed" if at_once else "We have your wish",
        body=f"<p>{_name(settings)} will send you no more marketing {kind}. {held}</p>"
        f"<p>Was this a mistake? Write to {contact} and we will put it right.</p>",
    )


def confirm_question(settings: Settings | None, channel: str) -> str:
    """Asks, with one button; the form posts to the address it stands at."""
    kind = _MESSAGES.get(channel, "messages")
    return _page(
        settings,
        title=f"Shall {_name(settings)} send you {kind}?",
        body=f"""<p>Please confirm that you asked for marketing {kind}. You can stop them at any time with one click.</p>
<form method="post">
<button type="submit">Yes, send me {kind}</button>
</form>""",
    )


def confirmed(settings: Settings | None, channel: str, *, held: bool) -> str:
    """Confirms. held False: that sign-up is over, because of what the customer did since."""
    kind = _MESSAGES.get(channel, "messages")
    if held:
        body = f"<p>{_name(settings)} will send you marketing {kind} from now on. Each one says how to stop them.</p>"
        return _page(settings, title="You are subscribed", body=body)
    body = "<p>Nothing waits for this confirmation any more. If you would like to hear from us, please sign up again.</p>"
    return _page(settings, title="This link has done its work", body=body)


def confirm_later(settings: Settings | None) -> str:
    """It could not be written down."""
    body = "<p>We could not write it down just now. Please open the link in our mail once more in a few minutes.</p>"
    return _page(settings, title="Please try again", body=body)


def signed_up(settings: Settings | None) -> str:
    """The same for every address, so that it tells nobody who is a customer."""
    body = "<p>If that address is yours, please open the mail that we send there and confirm it with one click.</p>"
    return _page(settings, title="Please look into your inbox", body=body)


def not_signed_up(settings: Settings | None, words: str) -> str:
    """A form that cannot be taken. words: why, as text."""
    return _page(settings, title="That did not work", body=f"<p>{escape(words)}</p>")


def unknown_link(settings: Settings | None) -> str:
    """For a link that is not ours or lost a part on its way."""
    contact = _link(settings.support_email) if settings else "us"
    return _page(
        settings,
        title="This link is not complete",
        body=f"<p>Please copy the whole link from our message, or write to {contact} and we will unsubscribe you.</p>",
    )


def _page(settings: Settings | None, title: str, body: str) -> str:
    """`title` and `body` are HTML already."""
    return f"""<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
<footer>{_imprint(settings)}</footer>
</body>
</html>
"""


def _imprint(settings: Settings | None) -> str:
    if settings is None:
        return ""
    has_name = settings.name in settings.postal_address
    return escape(settings.postal_address if has_name else f"{settings.name}, {settings.postal_address}")


def _name(settings: Settings | None) -> str:
    return escape(settings.name) if settings else "this shop"


def _link(address: str) -> str:
    return f'<a href="mailto:{escape(address)}">{escape(address)}</a>'
