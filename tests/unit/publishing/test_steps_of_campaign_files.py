"""Steps, experiments and the past in campaign files: what is possible, and how each mistake is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from perennial.campaigns import Campaign, Experiment, campaign_from
from perennial.deciding.conditions import holds
from perennial.deciding.steps import Branch, Offer, Step, Stop, Wait
from perennial.publishing import Content
from perennial.publishing.campaign_file import CampaignFile
from perennial.publishing.compiling import compile_campaign
from perennial.times import Span
from tests.unit.publishing.conftest import BROWSE

Read = Callable[[str], Content]
MORE = "  - {send: email, id: more, template: browse/reminder}\n"
TRIED = "experiment: {variants: {plain: 50%, bundle: 50%}}\nsteps:\n"
BY_VARIANT = "template: {plain: browse/reminder, bundle: browse/reminder}"

BROKEN = [
    ("reminder}\n", f"reminder}}\n  - wait: until 9\n{MORE}", 7, "steps[1].wait", "'until 09:00'?"),
    ("reminder}\n", f"reminder}}\n  - wait: until mon 9:30\n{MORE}", 7, "steps[1].wait", "'until monday 09:30'?"),
    ("reminder}\n", f"reminder}}\n  - wait: until friday\n{MORE}", 7, "steps[1].wait", "'until friday 09:00'"),
    ("reminder}\n", f"reminder}}\n  - wait: until soon\n{MORE}", 7, "steps[1].wait", "'until predicted'"),
    ("reminder}\n", f"reminder}}\n  - wait: 5\n{MORE}", 7, "steps[1].wait", "'5 days'"),
    ("reminder}\n", "reminder}\n  - if: customer.country\n    then: []\n", 8, "steps[1].then", "no fewer than 1"),
    ("reminder}\n", "reminder}\n  - if: customer.country\n", 7, "steps[1].then", "this key is missing"),
    (
        "reminder}\n",
        "reminder}\n  - if: customer.land == 'DE'\n    then: [{exit: home}]\n",
        7,
        "steps[1].if",
        "there is no 'customer.land'",
    ),
    (
        "reminder}\n",
        "reminder}\n  - if: customer.country\n    then:\n      - {if: customer.country, then: [{exit: a}]}\n",
        9,
        "steps[1].then[0]",
        "inside an 'if'",
    ),
    (
        "reminder}\n",
        "reminder}\n  - if: customer.country\n    then:\n      - {send: emial, id: b, template: browse/reminder}\n",
        9,
        "steps[1].then[0].send",
        "Did you mean 'email'?",
    ),
    (
        "reminder}\n",
        "reminder}\n  - if: customer.country\n    then:\n      - {exit: a}\n    otherwise: []\n",
        10,
        "steps[1].otherwise",
        "Known are else, if and then.",
    ),
    ("reminder}\n", f"reminder}}\n  - exit: enough\n{MORE}", 7, "steps[1]", "ever reached"),
    ("reminder}\n", "reminder}\n  - exit: ''\n", 7, "steps[1].exit", "no fewer than 1"),
    (
        "steps:\n",
        "steps:\n  - if: customer.country\n    then: [{wait: 1 day}]\n    else: [{exit: b}]\n",
        7,
        "steps[0].then[0]",
        "without a wait",
    ),
    ("email, id: reminder", "push, id: reminder", 6, "steps[0].template", "templates/browse/reminder.push"),
    ("template: browse", "offer: {coupn: A}, template: browse", 6, "steps[0].offer", "coupon"),
    ("template: browse", "offer: {coupon: ä}, template: browse", 6, "steps[0].offer.coupon", "'REFILL15'"),
    ("template: browse", "offer: {coupon: A, expires: 7}, template: browse", 6, "steps[0].offer.expires", "'7 days'"),
    ("steps:\n", "backfill: yes\nsteps:\n", 5, "backfill", "'none', or '{max_per_day: 200}'"),
    ("steps:\n", "backfill: {max_per_day: 0}\nsteps:\n", 5, "backfill", "{max_per_day: 200}"),
    ("steps:\n", "experiment: {holdout: 10}\nsteps:\n", 5, "experiment.holdout", "'10%'"),
    ("steps:\n", "experiment: {holdout: 100%}\nsteps:\n", 5, "experiment.holdout", "less than '100%'"),
    ("steps:\n", "experiment: {}\nsteps:\n", 5, "experiment", "compare nothing"),
    ("steps:\n", "experiment: {holdout: 1%, metrik: a}\nsteps:\n", 5, "experiment.metrik", "Did you mean 'metric'?"),
    (
        "steps:\n",
        "experiment: {holdout: 1%, metric: order_complete}\nsteps:\n",
        5,
        "experiment.metric",
        "'order_completed'?",
    ),
    ("steps:\n", "experiment: {variants: {a: 50%, b: 40%}}\nsteps:\n", 5, "experiment.variants", "add up to 90%"),
    ("steps:\n", "experiment: {variants: {holdout: 100%}}\nsteps:\n", 5, "experiment.variants", "a key of its own"),
    ("steps:\n", "experiment: {variants: [a, b]}\nsteps:\n", 5, "experiment.variants", "{plain: 50%, bundle: 50%}"),
    ("steps:\n", TRIED, 5, "experiment.variants", "they differ in nothing"),
    ("mode: live", "mode: live\ntype: transactional\nexperiment: {holdout: 9%}", 4, "experiment", "is owed"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "line", "key", "remedy"), BROKEN)
def test_each_mistake_in_a_step_is_told_with_line_key_and_remedy(
    with_campaign: Read, right: str, wrong: str, line: int, key: str, remedy: str
) -> None:
    """Also deep inside a branch: where it stands, and what to write."""
    assert right in BROWSE
    problems = with_campaign(BROWSE.replace(right, wrong)).problems
    (problem,) = [each for each in problems if each.key.startswith(key)][:1]
    assert (problem.file, problem.line) == ("campaigns/browse.yaml", line)
    assert remedy in problem.text


def test_each_variant_needs_its_template_and_no_other(with_campaign: Read) -> None:
    """A misspelt variant would silently get somebody else's words."""
    text = BROWSE.replace("steps:\n", TRIED).replace(
        "template: browse/reminder", "template: {plain: browse/reminder, bundel: browse/reminder}"
    )
    told = {problem.key: problem.text for problem in with_campaign(text).problems}
    assert "Did you mean 'bundle'?" in told["steps[0].template.bundel"]
    assert "'bundle' has no template" in told["steps[0].template"]


def test_all_steps_count_to_the_twenty(with_campaign: Read) -> None:
    """Those inside branches too."""
    inner = ", ".join(f"{{send: email, id: m{n}, template: browse/reminder}}" for n in range(19))
    text = BROWSE.replace("reminder}\n", f"reminder}}\n  - {{if: customer.country, then: [{inner}]}}\n")
    (problem,) = with_campaign(text).problems
    assert (problem.key, problem.text) == ("steps", "there are 21 steps in all; 20 is the most.")


def test_the_example_of_the_whole_language_is_right(with_campaign: Read) -> None:
    """Everything at once, without a word of complaint."""
    text = (
        BROWSE.replace(
            "steps:\n",
            "experiment: {holdout: 2.5%, variants: {plain: 50%, bundle: 50%}, window: 30 days}\n"
            "backfill: {max_per_day: 200}\nsteps:\n",
        ).replace("template: browse/reminder", BY_VARIANT)
        + "  - wait: 3 days\n  - wait: until monday 09:00\n"
        + "  - if: customer.orders_count >= 3 and event.products | length > 1\n    then: [{exit: bought enough}]\n"
        + "    else:\n      - {wait: until predicted}\n"
        + "      - {send: bus, id: letter, template: browse/reminder}\n"
    )
    assert with_campaign(text).problems == []


def _compiled(steps: list[Mapping[str, Any]], **changed: Any) -> Campaign:
    data = {"name": "A", "mode": "live", "trigger": {"kind": "browse"}, "steps": steps, **changed}
    now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    return campaign_from(compile_campaign("a", CampaignFile.model_validate(data), now, {"name": "Fern"}))


def test_every_kind_of_step_arrives_in_the_campaign() -> None:
    """From the file to what `decide` walks along."""
    send = {"send": "best", "id": "a", "template": "a/b", "offer": {"coupon": "A", "expires": "7 days"}}
    campaign = _compiled(
        [
            send,
            {"wait": "until sunday 08:30"},
            {
                "if": "customer.country == 'DE'",
                "then": [{"wait": "until predicted"}, {"send": "bus", "id": "b", "template": "c"}],
            },
            {"exit": "enough"},
        ]
    )
    first, wait, branch, stop = campaign.steps
    assert first == Step("a", "best", "a/b", Offer("A", Span(7)))
    assert (wait, stop) == (Wait(clock="08:30", weekday=6), Stop("enough"))
    assert isinstance(branch, Branch)
    assert (branch.id, branch.then, branch.otherwise) == (
        "if b",
        (Wait(predicted=True), Step("b", "bus", "c")),
        (),
    )
    assert holds(branch.condition, {"customer": {"country": "DE"}})
    assert [step.id for step in campaign.sends] == ["a", "b"]


def test_a_branch_keeps_its_id_while_others_come_and_go() -> None:
    """It is known by its messages, not by its place; two alike are told apart."""
    stop: dict[str, Any] = {"if": "customer.country", "then": [{"exit": "home"}]}
    send = {"send": "email", "id": "a", "template": "a"}
    ids = [step.id for step in _compiled([send, stop, stop]).steps if isinstance(step, Branch)]
    assert ids == ["if home", "if home 2"]


def test_experiment_and_backfill_arrive() -> None:
    """Shares as numbers; nothing is tried and nothing caught up with where the file says nothing."""
    send = {"send": "email", "id": "a", "template": {"plain": "a", "other": "b"}}
    campaign = _compiled(
        [send],
        experiment={"holdout": "2.5%", "variants": {"plain": "70%", "other": "30%"}, "metric": "booked", "window": "1 week"},
        backfill={"max_per_day": 50},
    )  # fmt: skip
    assert campaign.experiment == Experiment(0.025, {"plain": 0.7, "other": 0.3}, "booked", Span(7))
    assert campaign.backfill == 50
    assert campaign.sends[0].template_for("other") == "b"
    plain = _compiled([{"send": "email", "id": "a", "template": "a"}])
    assert (plain.experiment, plain.backfill) == (None, 0)


def test_a_release_of_before_still_loads() -> None:
    """Its steps were messages with the wait before them, and it knew neither experiment nor backfill."""
    old: dict[str, Any] = {
        "id": "a", "name": "A", "kind": "winback", "trigger": {"at_least": [45, 0]}, "mode": "live",
        "live_since": "2026-01-01T00:00:00.000Z", "exit_on": [], "once_per": None, "send_by": [3, 0], "send_between": None,
        "steps": [
            {"id": "hello", "channel": "email", "template": "a", "wait": [0, 0]},
            {"id": "note", "channel": "sms", "template": "b", "wait": [21, 0]},
        ],
    }  # fmt: skip
    assert campaign_from(old).steps == (Step("hello", "email", "a"), Wait(Span(21)), Step("note", "sms", "b"))
