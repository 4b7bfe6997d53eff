"""The frame of the pages behind our links: one small document, without script, without anything loaded from elsewhere."""

from __future__ import annotations

import base64
from hashlib import sha256
from html import escape
from typing import Any

from on_event.words import Words
from perennial.shop import Settings

_STYLE = """
:root{color-scheme:light dark;--page:#f4f1ea;--card:#fffdf9;--ink:#24312b;--soft:#57635c;--line:#ddd8cb;
--button:#2f5d4a;--label:#fff;--note:#e5eee8}
@media (prefers-color-scheme:dark){
:root{--page:#161c19;--card:#202824;--ink:#f1efe9;--soft:#b4beb8;--line:#3a453f;--button:#8fc4a9;--label:#10211a;--note:#2b3b33}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;padding:24px 16px;display:flex;flex-direction:column;align-items:center;
justify-content:center;background:var(--page);color:var(--ink);
font:17px/1.55 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{width:100%;max-width:30rem;background:var(--card);border-radius:14px;padding:40px 32px;text-align:center;
overflow-wrap:break-word}
h1{margin:0 0 12px;font-size:26px;line-height:1.25;font-weight:600}
p{margin:0 0 24px}main>p:last-child{margin-bottom:0}
button{font:inherit;font-weight:600;color:var(--label);background:var(--button);border:2px solid var(--button);
border-radius:999px;padding:12px 28px;min-height:48px;cursor:pointer}
button.quiet{color:var(--ink);background:none}
button:focus-visible,a:focus-visible,input:focus-visible,
textarea:focus-visible{outline:3px solid var(--ink);outline-offset:3px}
a{color:inherit}
main.wide{max-width:36rem;text-align:start}
main.wide h1{margin-bottom:8px}
.lead,.hint{color:var(--soft)}
.hint{font-size:15px;margin-top:16px}
.note{background:var(--note);border-radius:10px;margin-top:16px;padding:12px 16px;font-weight:600}
fieldset{border:0;margin:0 0 24px;padding:0;min-width:0}
legend,h2{font-size:17px;line-height:1.35;font-weight:600;margin:0 0 8px;padding:0}
legend.lead{font-weight:400}
label.row{display:flex;gap:14px;align-items:center;min-height:52px;padding:8px 0;
border-top:1px solid var(--line);cursor:pointer}
label.row:last-child{border-bottom:1px solid var(--line)}
input[type=checkbox]{flex:none;width:22px;height:22px;margin:0;accent-color:var(--button)}
section{border-top:1px solid var(--line);padding-top:24px;margin-top:32px}
section p{margin-bottom:16px;color:var(--soft)}
.scale{display:flex;justify-content:space-between;gap:8px;max-width:22rem}
.scale label{display:flex;flex-direction:column;align-items:center;gap:6px;min-width:48px;padding:8px 4px;font-weight:600;
cursor:pointer}
.scale input{width:26px;height:26px;margin:0;accent-color:var(--button)}
.ends{display:flex;justify-content:space-between;max-width:22rem;color:var(--soft);font-size:15px}
textarea{display:block;width:100%;min-height:7.5rem;margin-top:8px;padding:12px;font:inherit;color:inherit;background:var(--page);
border:1px solid var(--soft);border-radius:10px;resize:vertical}
footer{max-width:36rem;padding:24px 16px 0;color:var(--soft);font-size:14px;text-align:center}
@media (max-width:30rem){main{padding:28px 20px}section button,form>button{width:100%}}
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


def answer(status: int, html: str) -> dict[str, Any]:
    """A page as API Gateway wants it."""
    return {"statusCode": status, "headers": dict(HEADERS), "body": html}


def page(settings: Settings | None, words: Words, title: str, body: str, *, is_wide: bool = False) -> str:
    """`title` and `body` are HTML already."""
    return f"""<!doctype html>
<html lang="{words.language}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<main{' class="wide"' if is_wide else ""}>
<h1>{title}</h1>
{body}
</main>
<footer>{_imprint(settings)}</footer>
</body>
</html>
"""


def filled(text: str, settings: Settings | None, **values: str) -> str:
    """A text of `on_event.words` as HTML, with the shop's name and address in it. values: plain text."""
    contact = _link(settings.support_email) if settings else "us"
    given = {name: escape(value) for name, value in values.items()}
    return escape(text).format(shop=_name(settings), contact=contact, **given)


def _imprint(settings: Settings | None) -> str:
    if settings is None:
        return ""
    has_name = settings.name in settings.postal_address
    return escape(settings.postal_address if has_name else f"{settings.name}, {settings.postal_address}")


def _name(settings: Settings | None) -> str:
    return escape(settings.name) if settings else "this shop"


def _link(address: str) -> str:
    return f'<a href="mailto:{escape(address)}">{escape(address)}</a>'
