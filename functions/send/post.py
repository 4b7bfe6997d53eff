"""The post: wraps a rendered message for its channel before the claim, and hands it to the provider after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from perennial.campaigns import OPT_IN, Campaign
from perennial.customer import Customer
from perennial.folding import devices
from perennial.gates.address import address
from perennial.messaging.dispatch import Due
from perennial.messaging.messages import Planned
from perennial.messaging.tokens import Tokens
from perennial.ports.providers import Mail, Push
from perennial.ports.world import World
from perennial.rendering.renderer import Links, Message
from perennial.rendering.signed import signed_links
from perennial.rendering.texting import build_text
from perennial.rendering.values import SkipMessage
from perennial.shop import Settings
from send.bus import build_detail
from send.mail import build_mail

Wrapped = Callable[[], str]  # hands the message over; the provider's id, Refused or InDoubt


class Post:
    """Knows the providers, the sender's address and how links are signed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens = Tokens(world.setting("LINK_KEY"))
        self._public_url = world.setting("PUBLIC_URL")
        self._sender = world.setting("SENDER_EMAIL")

    def links(self, due: Due, channel: str, campaign: Campaign) -> Links:
        """Every signed address that this message may print."""
        return signed_links(self._tokens, self._public_url, due, channel, asks=campaign.kind == OPT_IN)

    def wrap(
        self,
        due: Due,
        customer: Customer,
        entry: Planned,
        campaign: Campaign,
        message: Message,
        settings: Settings,
        links: Links,
    ) -> Wrapped:
        """Everything about the message that can still fail, done; SkipMessage when it cannot be sent as it is."""
        to = address(customer, entry["channel"])
        if to is None:
            raise SkipMessage("no_address")
        link = None if campaign.transactional else links.unsubscribe
        tags = {
            "message_id": due.message_id,
            "customer_id": due.customer_id,
            "campaign": entry["campaign"],
            "step": entry["step"],
            "variant": entry["variant"],
        }
        if entry["channel"] == "push":
            return self._push(customer, message, tags)
        if entry["channel"] == "bus":
            detail, bus = build_detail(customer, entry, message, tags, link), self._world.bus
            return lambda: bus.put(detail)
        if entry["channel"] == "sms":
            text, texter = build_text(message.text, settings, link), self._world.texter
            return lambda: texter.send(to, text, tags)
        raw = build_mail(message, settings, self._sender, to, message_id=due.message_id, unsubscribe_url=link)
        mail, mailer = Mail(to=to, raw=raw, tags=tags), self._world.mailer
        return lambda: mailer.send(mail)

    def _push(self, customer: Customer, message: Message, tags: Mapping[str, str]) -> Wrapped:
        """The device's endpoint is made, or found again, before the claim; the app learns which message it shows."""
        device, pusher = devices.current(customer), self._world.pusher
        if device is None:
            raise SkipMessage("no_address")
        endpoint = pusher.endpoint(device["platform"], device["token"], revived="dead_at" in device)
        if endpoint is None:
            raise SkipMessage("push_not_set_up")
        data = {name: tags[name] for name in ("message_id", "campaign", "step")}
        push = Push(message.subject, message.text, data)
        return lambda: pusher.send(endpoint, push, tags)
