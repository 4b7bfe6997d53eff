"""What the providers report, as far as it changes a decision: dead addresses, full mailboxes, and clicks of people.

Deliveries, opens and delays come by the million and decide nothing, so they go to the timeline alone; so does the
provider's word that it took a message which its sender has called sent. Opens never count as
engagement: mail programs and scanners open mails by themselves (Apple's privacy proxy above all).
"""

from __future__ import annotations

from collections.abc import Callable

from perennial.customer import Customer, Engagement, SoftBounces, Suppression
from perennial.events import Event, Name
from perennial.messaging.messages import Planned, Settled
from perennial.messaging.outbox import Status
from perennial.times import stamp

SOFT_BOUNCES = 5  # in a row, without a delivery between them: nobody writes there any more
MAIL = "email"


def matters(customer: Customer, event: Event) -> bool:
    """Whether the event changes the document; what does not is kept on the timeline alone."""
    judge = _JUDGES.get(event.name)
    return judge is None or judge(customer, event)


def suppression(customer: Customer, channel: str) -> Suppression | None:
    """Why nothing goes out on a channel, whatever the customer agreed to: for good, or too many soft bounces in a row."""
    if said := customer["suppressed"].get(channel):
        return said
    soft = customer.get("soft_bounces", {}).get(channel)
    if soft is None:
        return None
    in_a_row = [at for at in soft["at"] if at > soft.get("delivered_at", "")]
    return Suppression(reason="soft_bounces", at=in_a_row[-1]) if len(in_a_row) >= SOFT_BOUNCES else None


def fold_bounce(draft: Customer, event: Event) -> None:
    """A hard bounce closes the channel for ever; of soft ones the newest are kept."""
    channel = event.properties.get("channel", MAIL)
    if event.properties["permanent"]:
        _suppress(draft, channel, "bounce", stamp(event.occurred_at))
        return
    held = draft.setdefault("soft_bounces", {}).setdefault(channel, SoftBounces(at=[]))
    held["at"] = sorted({*held["at"], stamp(event.occurred_at)})[-SOFT_BOUNCES:]


def fold_complaint(draft: Customer, event: Event) -> None:
    """Whoever called a message spam is never written to again."""
    _suppress(draft, event.properties.get("channel", MAIL), "complaint", stamp(event.occurred_at))


def fold_delivery(draft: Customer, event: Event) -> None:
    """The mailbox takes messages again: what bounced softly before no longer counts."""
    held = draft["soft_bounces"][event.properties.get("channel", MAIL)]
    held["delivered_at"] = max(held.get("delivered_at", ""), stamp(event.occurred_at))


def fold_click(draft: Customer, event: Event) -> None:
    """A person followed a link: the channel they answer on, and the message an order may be owed to."""
    at = stamp(event.occurred_at)
    engagement = draft.setdefault("engagement", {})
    channel = event.properties.get("channel", MAIL)
    engagement[channel] = Engagement(clicked_at=max(_day(at), _clicked_at(draft, channel)))
    message = _message(draft, event)
    if message is not None:
        message["clicked_at"] = min(at, message.get("clicked_at", at))


def join(draft: Customer, other: Customer) -> None:
    """What is known of both, once they turn out to be one person."""
    for channel, dead in other["suppressed"].items():
        _suppress(draft, channel, dead["reason"], dead["at"])
    for channel, soft in other.get("soft_bounces", {}).items():
        held = draft.setdefault("soft_bounces", {}).setdefault(channel, SoftBounces(at=[]))
        held["at"] = sorted({*held["at"], *soft["at"]})[-SOFT_BOUNCES:]
        if arrived := max(held.get("delivered_at", ""), soft.get("delivered_at", "")):
            held["delivered_at"] = arrived
    for channel, theirs in other.get("engagement", {}).items():
        newest = max(theirs["clicked_at"], _clicked_at(draft, channel))
        draft.setdefault("engagement", {})[channel] = Engagement(clicked_at=newest)


def _suppress(draft: Customer, channel: str, reason: str, at: str) -> None:
    """The first reason is kept."""
    said = Suppression(reason=reason, at=at)
    held = draft["suppressed"].get(channel)
    if held is None or (said["at"], said["reason"]) < (held["at"], held["reason"]):
        draft["suppressed"][channel] = said


def _clicked_at(customer: Customer, channel: str) -> str:
    held = customer.get("engagement", {}).get(channel)
    return held["clicked_at"] if held else ""


def _message(customer: Customer, event: Event) -> Planned | Settled | None:
    """The message that the event is about, as far as it is still remembered."""
    wanted = event.properties.get("message_id")
    waiting = customer["outbox"].get(wanted or "")
    return waiting or next((each for each in customer["settled"] if each["id"] == wanted), None)


def _sent_matters(customer: Customer, event: Event) -> bool:
    """Unless it is known here that the message went out (rule 14); one that is unknown may just be on its way here."""
    message = _message(customer, event)
    return message is None or message["status"] != Status.SENT


def _delivery_matters(customer: Customer, event: Event) -> bool:
    held = customer.get("soft_bounces", {}).get(event.properties.get("channel", MAIL))
    return held is not None and stamp(event.occurred_at) > held.get("delivered_at", "")


def _click_matters(customer: Customer, event: Event) -> bool:
    """Only a person's: the first on a message, or the newest of its day on the channel."""
    if event.properties.get("machine"):
        return False
    message, at = _message(customer, event), stamp(event.occurred_at)
    if message is not None and at < message.get("clicked_at", "9"):
        return True
    return _day(at) > _clicked_at(customer, event.properties.get("channel", MAIL))


def _day(at: str) -> str:
    """By the day: further clicks of one day cost no write, and their order changes nothing."""
    return f"{at[:10]}T00:00:00.000Z"


def _never(_customer: Customer, _event: Event) -> bool:
    return False


_JUDGES: dict[str, Callable[[Customer, Event], bool]] = {
    Name.MESSAGE_SENT: _sent_matters,
    Name.MESSAGE_DELIVERED: _delivery_matters,
    Name.MESSAGE_CLICKED: _click_matters,
    Name.MESSAGE_OPENED: _never,
    Name.MESSAGE_DELAYED: _never,
    Name.MESSAGE_FAILED: _never,
    Name.MESSAGE_ANSWERED: _never,
}
