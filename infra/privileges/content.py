"""The content of a shop that uses everything the functions can do, and nothing else."""

from __future__ import annotations

from pathlib import Path

POOL = "spring"
SHOP = """\
name: Fern & Leaf
url: https://fernleaf.example
postal_address: 1 Garden Row, Bristol BS1 1AA, United Kingdom
support_email: hello@fernleaf.example
timezone: UTC
currency: USD
hosts: [fernleaf.example]
send_between: ["00:01", "23:59"]
double_opt_in: [email]
forms:
  news: {channels: [email]}
caps: {email: 50 per 1 hour, sms: 50 per 1 hour, push: 50 per 1 hour, bus: 50 per 1 hour}
"""
_CAMPAIGN = """\
name: {name}
mode: live
type: {type}
trigger: {{{trigger}}}
once_per: {once_per}
steps:
  - {{send: {channel}, id: first, template: {id}/first{offer}}}
"""
_ON = "event, name: {}, after: 1 minute"
_HTML = """\
---
subject: A word
preheader: A word about it
---
<!doctype html><html lang="en" dir="ltr"><head><title>{{ subject }}</title><meta charset="utf-8">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<meta name="viewport" content="width=device-width"></head>
<body><div lang="en" dir="ltr"><div style="display:none">{{ preheader }}</div>
<p style="color:#111111;font-size:16px">{{ shop.name }}</p>LINK</div></body></html>
"""
_STOP = (
    '<a href="{{ unsubscribe_url }}" style="color:#111111">Unsubscribe</a><p>{{ shop.postal_address }}</p>'
)
_LINKS = """\
{{ offer.text }}

As a page: {{ view_in_browser_url }}
Tell us: {{ feedback_url }}
Choose: {{ preferences_url }}
Unsubscribe: {{ unsubscribe_url }}
"""
_YES = '<a ses:no-track href="{{ confirm_url }}" style="color:#111111">Yes, subscribe me</a>'


def save(folder: Path) -> None:
    """The whole of it."""
    files = {"shop.yaml": SHOP, "offers.yaml": f"SPRING:\n  pool: {POOL}\n  text: Fifteen off\n  low_at: 1\n"}
    files |= _campaign("confirmation", "opt_in", kind="transactional")
    files |= _mail("confirmation", _YES, "Yes, subscribe me: {{ confirm_url }}\n")
    files |= _campaign("offering", _ON.format("wished"), offer=", offer: {coupon: SPRING, expires: 7 days}")
    files |= _mail("offering", _STOP, _LINKS)
    files |= _campaign("back", "back_in_stock", once="1 day")
    files |= _mail("back", _STOP, _LINKS.replace("{{ offer.text }}\n\n", ""))
    for channel, ending, text in (
        ("sms", "sms", "{{ shop.name }}"),
        ("push", "push", "Hello\n{{ shop.name }}"),
        ("bus", "txt", "{{ shop.name }}"),
    ):
        files |= _campaign(channel, _ON.format(f"ring_{channel}"), channel=channel)
        files[f"templates/{channel}/first.{ending}"] = f"{text}\n"
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _campaign(
    name: str,
    trigger: str,
    *,
    kind: str = "marketing",
    channel: str = "email",
    offer: str = "",
    once: str = "always",
) -> dict[str, str]:
    written = _CAMPAIGN.format(
        name=name,
        id=name,
        type=kind,
        trigger=f"kind: {trigger}",
        channel=channel,
        offer=offer,
        once_per=once if kind == "marketing" else "1 hour",
    )
    return {f"campaigns/{name}.yaml": written}


def _mail(name: str, link: str, text: str) -> dict[str, str]:
    template = f"templates/{name}/first"
    return {f"{template}.html": _HTML.replace("LINK", link), f"{template}.txt": text}
