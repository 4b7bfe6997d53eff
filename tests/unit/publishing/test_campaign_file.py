"""Campaign files: what they say by default, and how each mistake is told."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from perennial.publishing import Content, read_content
from perennial.publishing.campaign_file import CampaignFile
from perennial.times import Span
from tests.unit.publishing.conftest import BROWSE

Read = Callable[[str], Content]

BROKEN = [
    ("name: Browse reminder\n", "", 1, "name", "Write for example 'name: Browse reminder'"),
    ("mode: live", "modus: live", 2, "modus", "Did you mean 'mode'?"),
    ("mode: live", "mode: Live", 2, "mode", "Did you mean 'live'?"),
    ("mode: live", "mode: on", 2, "mode", "Write draft, dry_run or live."),
    ("mode: live", "mode: live\nmode: draft", 3, "mode", "first on line 2"),
    ("mode: live", "mode: 'live", 2, "", "a quote is opened and not closed"),
    ("mode: live", "mode: live\npriority: high", 3, "priority", "a whole number"),
    ("mode: live", "mode: live\npriority: 200", 3, "priority", "no more than 100"),
    ("mode: live", "mode: live\nsend_by: 5", 3, "send_by", "Write '5 days' or '5 hours'."),
    ("mode: live", "mode: live\nonce_per: sometimes", 3, "once_per", "'never'"),
    ("mode: live", "mode: live\nsend_between: [9:00, 20:00]", 3, "send_between", '["09:00", "20:00"]'),
    ("mode: live", "mode: live\nexit_on: order_completed", 3, "exit_on", "must be a list"),
    (
        "mode: live",
        "mode: live\nexit_on: [{event: order_complete}]",
        3,
        "exit_on[0].event",
        "'order_completed'?",
    ),
    (
        "mode: live",
        "mode: live\nexit_on: [{event: Order Completed}]",
        3,
        "exit_on[0].event",
        "'order_completed'",
    ),
    (
        "mode: live",
        "mode: live\nexit_on: [{event: order_completed, same: shop}]",
        3,
        "exit_on[0].same",
        "product",
    ),
    (
        "mode: live",
        "mode: live\nexit_on:\n  - event: order_completed\n    same: product",
        5,
        "exit_on[0].same",
        "Delete 'same'",
    ),
    ("mode: live", "mode: live\nstage: retenton", 3, "stage", "Did you mean 'retention'?"),
    ("mode: live", "mode: live\ntopic: Special Offers", 3, "topic", "'special_offers'"),
    ("kind: browse", "kind: brows", 3, "trigger.kind", "Did you mean 'browse'?"),
    ("kind: browse, ", "", 3, "trigger.kind", "Write for example 'kind: browse'."),
    (
        "trigger: {kind: browse, after: 4 hours}",
        "trigger: browse",
        3,
        "trigger",
        "{kind: browse, after: 4 hours}",
    ),
    ("4 hours", "10 minutes", 3, "trigger.after", "'30 minutes' or longer"),
    ("4 hours", "4 hourz", 3, "trigger.after", "Did you mean '4 hours'?"),
    ("4 hours", "4 hours, before: 3 days", 3, "trigger.before", "Known are after, if and kind."),
    ("4 hours", "4 hours, if: evnt.visit == 1", 3, "trigger.if", "Did you mean 'event'?"),
    ("browse, after: 4 hours", "winback, silence: 90", 3, "trigger.silence", "'90%'"),
    ("browse, after: 4 hours", "winback, silence: 5%", 3, "trigger.silence", "between '50%' and '99%'"),
    ("browse, after: 4 hours", "winback, at_least: 36 hours", 3, "trigger.at_least", "days or weeks"),
    (
        "browse, after: 4 hours",
        "replenishment, before: 50 days",
        3,
        "trigger.before",
        "shorter than 'default_cycle'",
    ),
    ("customer.orders_count", "customer.order_count", 4, "audience", "Did you mean 'customer.orders_count'?"),
    ("customer.orders_count >= 1", "true or nosuch.x", 4, "audience", "there is no 'nosuch'"),
    ("customer.orders_count >= 1", "{{ customer.orders_count }}", 4, "audience", "without {{ }}"),
    ("send: email", "send: mail", 6, "steps[0].send", "Did you mean 'email'?"),
    ("send: email", "send: [email]", 6, "steps[0].send", "Write email, sms, push, best or bus."),
    ("id: reminder, ", "", 6, "steps[0].id", "Write for example 'id: reminder'."),
    ("id: reminder", "id: Reminder 1", 6, "steps[0].id", "'reminder_1'"),
    ("template: browse/reminder", "template: browse/remindr", 6, "steps[0].template", "'browse/reminder'?"),
    (
        "template: browse/reminder",
        "template: {plain: browse/reminder}",
        6,
        "steps[0].template",
        "there is no experiment",
    ),
    ("send: email", "send: sms", 6, "steps[0].template", "templates/browse/reminder.sms"),
    ("steps:\n", "steps:\n  - wait: 3 days\n", 6, "steps[0]", "'after' of the trigger"),
    (
        "browse, after: 4 hours}\naudience: customer.orders_count >= 1\nsteps:\n",
        "winback}\nsteps:\n  - wait: 3 days\n",
        5,
        "steps[0]",
        "without a wait: delete it",
    ),
    (
        "browse, after: 4 hours}",
        "replenishment}\nexit_on: [{event: subscription_started, same: product}]",
        4,
        "exit_on[0].same",
        "is not about one product",
    ),
    ("steps:\n", "steps:\n  - delay: 3 days\n", 6, "steps[0]", "{wait: ...}"),
    ("steps:\n", "steps:\n  - reminder\n", 6, "steps[0]", "{wait: ...}"),
    (
        "reminder}\n",
        "reminder}\n  - wait: 3 dayz\n  - wait: 1 day\n",
        7,
        "steps[1].wait",
        "Did you mean '3 days'?",
    ),
    (
        "reminder}\n",
        "reminder}\n  - wait: 1 day\n  - wait: 1 day\n  - {send: email, id: b, template: browse/reminder}\n",
        8,
        "steps[2]",
        "Write one with the whole time.",
    ),
    ("reminder}\n", "reminder}\n  - wait: 3 days\n", 7, "steps[1]", "Delete it, or add a message"),
    (
        "reminder}\n",
        "reminder}\n  - {send: email, id: reminder, template: browse/reminder}\n",
        7,
        "steps[1].id",
        "Each step needs its own.",
    ),
    ("  - {send: email, id: reminder, template: browse/reminder}", "  []", 5, "steps", "no fewer than 1"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "key", "remedy"), BROKEN)
def test_each_mistake_is_told_with_file_line_key_and_remedy(
    with_campaign: Read, right: str, wrong: str, line: int, key: str, remedy: str
) -> None:
    """One mistake, one message that says where it is and what to write."""
    assert right in BROWSE
    (problem,) = with_campaign(BROWSE.replace(right, wrong)).problems
    assert (problem.file, problem.line, problem.key) == ("campaigns/browse.yaml", line, key)
    assert remedy in problem.text
    assert str(problem).startswith(f"campaigns/browse.yaml:{line}: {key}")


def test_all_mistakes_are_told_together(with_campaign: Read) -> None:
    """Nobody has to publish five times to find five mistakes."""
    text = BROWSE.replace("live", "Live").replace("4 hours", "4 hourz").replace("send: email", "send: mail")
    keys = [problem.key for problem in with_campaign(text).problems]
    assert keys == ["mode", "trigger.after", "steps[0].send"]


def test_the_least_campaign(with_campaign: Read) -> None:
    """What holds where the file says nothing."""
    content = with_campaign(
        "name: A\ntrigger: {kind: browse}\nsteps: [{send: email, id: a, template: browse/reminder}]\n"
    )
    campaign = content.campaigns["browse"]
    assert content.problems == []
    assert (campaign.mode, campaign.priority, campaign.type, campaign.topic) == (
        "draft",
        50,
        "marketing",
        "news",
    )
    assert (campaign.trigger.if_, campaign.audience, campaign.send_between) == (None, None, None)
    assert campaign.send_by == Span(days=3)


def test_any_value_anywhere_is_read_or_refused(with_campaign: Read) -> None:
    """Whatever stands at whatever key, the answer is a campaign or a list of problems, never a traceback."""
    odd: list[Any] = [
        None,
        True,
        5,
        -1.5,
        "",
        "x",
        "x" * 5000,
        [],
        [None],
        [[1]],
        {},
        {"a": []},
        {"kind": []},
    ]
    chosen = random.Random(7)
    keys = [field.alias or name for name, field in CampaignFile.model_fields.items()]
    for _ in range(120):
        data: dict[str, Any] = yaml.safe_load(BROWSE)
        target = chosen.choice([data, data["trigger"], data["steps"][0]])
        target[chosen.choice([*target, *keys, "if", "wait"])] = chosen.choice(odd)
        content = with_campaign(yaml.safe_dump(data, sort_keys=False))
        assert content.problems or "browse" in content.campaigns


@pytest.mark.parametrize("path", ["campaigns/Browse.yaml", "campaigns/browse.yml", "campaigns/a/b.yaml"])
def test_a_file_that_would_be_overlooked_is_told(files: dict[str, bytes], path: str) -> None:
    """A campaign that is silently not read would never send, and nobody would know why."""
    (problem,) = read_content({**files, path: BROWSE.encode()}).problems
    assert problem.file == path
    assert "campaigns/<id>.yaml" in problem.text
