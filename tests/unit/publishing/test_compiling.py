"""From a campaign file to the campaign that `decide` reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from perennial.campaigns import Campaign, Exit, Mode, Step, Wait, campaign_from
from perennial.deciding.conditions import holds
from perennial.publishing.campaign_file import CampaignFile
from perennial.publishing.compiling import compile_campaign
from perennial.times import Span

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SETTINGS = {"currency": "EUR", "name": "Fern"}
SEND = {"send": "email", "id": "reminder", "template": "a/b"}


def _compiled(**changed: Any) -> Campaign:
    data = {"name": "A", "mode": "live", "trigger": {"kind": "browse"}, "steps": [SEND], **changed}
    compiled = compile_campaign("a", CampaignFile.model_validate(data), NOW, SETTINGS)
    return campaign_from(json.loads(json.dumps(compiled)))


def test_everything_written_arrives() -> None:
    """Every key of the file is found in the campaign, through JSON and back."""
    campaign = _compiled(
        name="Replenishment reminder",
        description="Before it runs out.",
        stage="retention",
        topic="reminders",
        type="transactional",
        mode="dry_run",
        priority=60,
        trigger={
            "kind": "replenishment",
            "before": "1 week",
            "default_cycle": "30 days",
            "if": "event.times_bought > 1",
        },
        audience="customer.orders_count >= 1",
        exit_on=[{"event": "order_completed", "same": "product"}, {"event": "subscription_started"}],
        steps=[SEND, {"wait": "4 days"}, {"send": "best", "id": "again", "template": "a/c"}],
        once_per="30 days",
        send_between=["08:00", "21:30"],
        send_by="36 hours",
    )
    assert campaign == Campaign(
        id="a",
        name="Replenishment reminder",
        kind="replenishment",
        trigger={"before": Span(7), "default_cycle": Span(30)},
        steps=(Step("reminder", "email", "a/b"), Wait(Span(4)), Step("again", "best", "a/c")),
        mode=Mode.DRY_RUN,
        live_since=NOW,
        description="Before it runs out.",
        stage="retention",
        topic="reminders",
        transactional=True,
        priority=60,
        condition=campaign.condition,
        audience=campaign.audience,
        exit_on=(Exit("order_completed", True), Exit("subscription_started")),
        once_per=Span(30),
        never_again=False,
        send_between=("08:00", "21:30"),
        send_by=Span(seconds=36 * 3600),
    )
    assert holds(campaign.condition, {"event": {"times_bought": 2}})
    assert not holds(campaign.audience, {"customer": {"orders_count": 0}})


@pytest.mark.parametrize(
    ("kind", "parameters", "once_per", "exit_on"),
    [
        ("browse", {"after": Span(seconds=4 * 3600)}, Span(3), Exit("order_completed")),
        (
            "replenishment",
            {"before": Span(5), "default_cycle": Span(45)},
            Span(14),
            Exit("order_completed", same_product=True),
        ),
        (
            "winback",
            {"silence": 0.9, "default_rhythm": Span(60), "at_least": Span(45)},
            Span(90),
            Exit("order_completed"),
        ),
    ],
)
def test_what_each_kind_implies(kind: str, parameters: dict[str, Any], once_per: Span, exit_on: Exit) -> None:
    """The defaults of a trigger's parameters, of once_per and of exit_on."""
    campaign = _compiled(trigger={"kind": kind})
    assert (campaign.kind, dict(campaign.trigger)) == (kind, parameters)
    assert (campaign.once_per, campaign.exit_on) == (once_per, (exit_on,))


def test_once_per_never_and_always() -> None:
    """never: one message ever. always: no limit of its own."""
    assert (_compiled(once_per="never").once_per, _compiled(once_per="never").never_again) == (None, True)
    assert (_compiled(once_per="always").once_per, _compiled(once_per="always").never_again) == (None, False)


def test_names_of_the_shop_are_written_into_the_condition() -> None:
    """They are the same for every customer of a release, so nobody has to hand them in later."""
    campaign = _compiled(
        audience="shop.currency == 'EUR' and shop.name is defined",
        trigger={"kind": "browse", "if": "shop.name in ['Moss', 'Heath']"},
    )
    assert holds(campaign.audience, {})
    assert not holds(campaign.condition, {})


def test_no_exit_at_all_can_be_written() -> None:
    """An empty list is an answer, not an omission."""
    assert _compiled(exit_on=[]).exit_on == ()


def test_a_draft_never_went_live() -> None:
    """live_since is empty then."""
    data = {"name": "A", "trigger": {"kind": "winback"}, "steps": [SEND]}
    campaign = campaign_from(compile_campaign("a", CampaignFile.model_validate(data), None, SETTINGS))
    assert (campaign.mode, campaign.live_since) == (Mode.DRAFT, None)
