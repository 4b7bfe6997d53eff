"""Test sends: one message with a sample in it, to people whom shop.yaml names, and to nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from infra.preview.trying import Kitchen
from perennial.errors import PerennialError
from perennial.ports.providers import Mail
from perennial.ports.world import World
from perennial.rendering.renderer import Message
from perennial.rendering.sampling import sample_links
from perennial.shop import Settings
from send.mail import build_mail

ROUTE = "test-sends"  # of the desk, below /_local/
MARK = "[Test] "


def written(its: Kitchen, template: str, sample: Mapping[str, Any], to: str) -> Message:
    """The mail for this address; PerennialError when it may not or cannot be written."""
    shop = its.content.checked_shop()
    if to.lower() not in {address.lower() for address in shop.test_addresses}:
        raise PerennialError(
            f"{to} is not among the test addresses of shop.yaml, and samples go to nobody else. "
            f"Add it there: test_addresses: [{', '.join((*shop.test_addresses, to))}]"
        )
    found = its.message(template, "email", sample)
    if isinstance(found, str):
        raise PerennialError(f"{template} makes no mail of this sample: {found}")
    return found


def send(world: World, settings: Settings, message: Message, to: str) -> str:
    """Hands it to the provider of a stack or of the desk; the provider's id. It counts for nothing and nobody."""
    raw = build_mail(
        Message("email", message.text, f"{MARK}{message.subject}", message.preheader, message.html),
        settings,
        world.setting("SENDER_EMAIL"),
        to,
        message_id=f"test:{to}",
        unsubscribe_url=sample_links(settings).unsubscribe,
    )
    return world.mailer.send(Mail(to=to, raw=raw, tags={}))


def through_desk(desk: str, message: Message, to: str) -> None:
    """Into the outbox of a desk that runs on this machine; PerennialError when none answers."""
    body = {"to": to, "subject": message.subject, "text": message.text, "html": message.html}
    request = Request(f"{desk}/_local/{ROUTE}", data=json.dumps(body).encode(), method="POST")  # noqa: S310
    try:
        with urlopen(request, timeout=10):  # noqa: S310 - an address of this machine
            pass
    except URLError as error:
        remedy = "Start it with `perennial dev`, or name a stack with --stack."
        raise PerennialError(f"No desk took it at {desk}. {remedy}") from error


def taken_by_desk(world: World, wish: Mapping[str, Any]) -> None:
    """What `through_desk` sent. KeyError or TypeError for anything else."""
    message = Message("email", str(wish["text"]), str(wish["subject"]), "", str(wish["html"]))
    send(world, world.shop().settings, message, str(wish["to"]))
