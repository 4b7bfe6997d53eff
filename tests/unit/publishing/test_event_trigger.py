"""`trigger: {kind: event, ...}` as marketers write it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from perennial.publishing.content import Content
from perennial.publishing.triggers.events import Event
from perennial.times import Span
from tests.unit.publishing.conftest import BROWSE

WithCampaign = Callable[[str], Content]


def with_trigger(text: str) -> str:
    """A campaign of this trigger."""
    return BROWSE.replace("{kind: browse, after: 4 hours}", text)


def test_a_name_and_a_time(with_campaign: WithCampaign) -> None:
    """The name is as it is kept, in any language."""
    assert with_trigger("x") != BROWSE
    content = with_campaign(with_trigger("{kind: event, name: workshop_booked, after: 2 hours}"))
    trigger = content.campaigns["browse"].trigger
    assert isinstance(trigger, Event)
    assert (trigger.name, trigger.after) == ("workshop_booked", Span(seconds=7200))
    assert with_campaign(with_trigger("{kind: event, name: größe_gewählt}")).problems
    assert not with_campaign(with_trigger("{kind: event, name: grösse_gewählt}")).problems


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("name: Workshop Booked", "'workshop_booked'. Write that"),
        ("name: workshop-booked", "'workshop_booked'. Write that"),
        ("name: '!'", "Write for example 'workshop_booked'"),
        ("name: [a]", "Write for example 'workshop_booked'"),
        ("after: 2 hours", "name"),
    ],
)
def test_a_name_that_no_event_can_have(with_campaign: WithCampaign, written: str, remedy: str) -> None:
    """It is refused with the name that the event is kept by, or one like it."""
    [problem] = with_campaign(with_trigger(f"{{kind: event, {written}}}")).problems
    assert remedy in f"{problem.key} {problem.text}"
