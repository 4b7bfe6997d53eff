"""The inequalities between timeouts, visibility and retention, and where failures go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from infra.desk.events import matches
from infra.desk.stack import Function, QueueSource, Template
from infra.desk.template import load_template
from perennial.live import CACHED_FOR
from perennial.messaging.outbox import LEASE
from send.delivery import LEAST_TIME
from tests.template.test_functions import of_kind

TEMPLATE = load_template()
SOURCES = [(function, source) for function in TEMPLATE.functions.values() for source in function.queues]
EACH_SOURCE = pytest.mark.parametrize(
    ("function", "source"), SOURCES, ids=[source.queue for _, source in SOURCES]
)
FED = [source.queue for _, source in SOURCES]
PROVIDER = 15  # seconds: connecting, reading and a margin
KILL_SWITCH = 60  # seconds until it is effective everywhere
SKEW = 300  # seconds between two clocks
FOURTEEN_DAYS = 14 * 24 * 3600


@EACH_SOURCE
def test_visibility_outlasts_the_function(function: Function, source: QueueSource) -> None:
    """Six times the timeout, and more than the timeout with the batching window."""
    visibility = TEMPLATE.queues[source.queue].visibility
    assert visibility >= 6 * function.timeout
    assert visibility > function.timeout + source.window


@EACH_SOURCE
def test_failures_are_reported_one_by_one(function: Function, source: QueueSource) -> None:
    """One bad message does not bring the good ones back."""
    assert source.partial


@pytest.mark.parametrize("queue", FED)
def test_queue_has_dead_letters_that_outlive_it(queue: str) -> None:
    """After five tries or more; their age counts from the first queue."""
    ours = TEMPLATE.queues[queue]
    assert ours.dead_letters is not None and ours.max_receives >= 5
    theirs = TEMPLATE.queues[ours.dead_letters]
    assert theirs.retention == FOURTEEN_DAYS > ours.retention
    assert [each.id for each in TEMPLATE.queues.values() if each.dead_letters == theirs.id] == [queue]


def test_every_queue_is_fed_to_a_function_or_an_end() -> None:
    """What nobody takes from is a queue of dead letters, kept for fourteen days."""
    ends = {each.dead_letters for each in TEMPLATE.queues.values()} | {"RejectedQueue"}
    unfed = set(TEMPLATE.queues) - set(FED)
    assert unfed <= ends
    assert all(TEMPLATE.queues[each].retention == FOURTEEN_DAYS for each in unfed)


def test_queues_are_encrypted(translated: Mapping[str, Any]) -> None:
    """All of them."""
    queues = of_kind(translated, "AWS::SQS::Queue")
    assert queues and all(each["SqsManagedSseEnabled"] is True for each in queues.values())


def test_event_sources_are_bounded(translated: Mapping[str, Any]) -> None:
    """By the source; reserved concurrency would throw messages away as failed."""
    mappings = of_kind(translated, "AWS::Lambda::EventSourceMapping")
    assert len(mappings) == len(SOURCES)
    assert all(2 <= each["ScalingConfig"]["MaximumConcurrency"] <= 1000 for each in mappings.values())
    functions = of_kind(translated, "AWS::Lambda::Function")
    assert not any("ReservedConcurrentExecutions" in each for each in functions.values())


def test_the_kill_switch_is_effective_within_a_minute(template: Template) -> None:
    """What was read just before, a whole run, and a request on the wire."""
    assert CACHED_FOR.total_seconds() + template.functions["SendFunction"].timeout + PROVIDER <= KILL_SWITCH


def test_one_send_fits_twice_into_its_run(template: Template) -> None:
    """The provider's answer, the put after it and a margin: what a sender makes sure of before it claims."""
    assert template.functions["SendFunction"].timeout / 2 >= LEAST_TIME >= PROVIDER


def test_a_lease_outlasts_the_copy_on_the_queue(template: Template) -> None:
    """A message is queued again only when no sender can still have the copy before."""
    send, queue = template.functions["SendFunction"], template.queues["SendQueue"]
    assert LEASE.total_seconds() >= queue.visibility + send.timeout + PROVIDER + SKEW


def test_record_waits_five_seconds_at_most(template: Template) -> None:
    """And takes up to a hundred; orders and consent wait one."""
    sources = {each.queue: each for each in template.functions["RecordFunction"].queues}
    assert {each.batch_size for each in sources.values()} == {100}
    assert (sources["SignedQueue"].window, sources["BrowserQueue"].window) == (1, 5)


def test_the_sweep_is_not_repeated(translated: Mapping[str, Any]) -> None:
    """A run that failed is followed by the next minute's, not by itself."""
    schedule = scheduled(translated, "rate(1 minute)")
    assert schedule["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
    invoke = invoked(translated, "SweepFunction")
    assert (invoke["MaximumRetryAttempts"], invoke["MaximumEventAgeInSeconds"]) == (0, 60)


def test_a_night_is_tried_again_and_its_failure_is_kept(translated: Mapping[str, Any]) -> None:
    """In the shop's own zone; each try finds what the one before did."""
    schedule = scheduled(translated, "cron(30 2 * * ? *)")
    assert schedule["ScheduleExpressionTimezone"] == {"Ref": "Timezone"}
    invoke = invoked(translated, "NightlyFunction")
    assert invoke["MaximumRetryAttempts"] == 2
    assert invoke["DestinationConfig"]["OnFailure"] == {
        "Destination": {"Fn::GetAtt": ["NightlyDeadLetters", "Arn"]}
    }


def scheduled(translated: Mapping[str, Any], expression: str) -> Any:
    schedules = of_kind(translated, "AWS::Scheduler::Schedule").values()
    (schedule,) = [each for each in schedules if each["ScheduleExpression"] == expression]
    return schedule


def invoked(translated: Mapping[str, Any], function: str) -> Any:
    configs = of_kind(translated, "AWS::Lambda::EventInvokeConfig").values()
    (config,) = [each for each in configs if each["FunctionName"] == {"Ref": function}]
    return config


def test_mail_events_reach_the_signed_queue_or_its_dead_letters(
    template: Template, translated: Mapping[str, Any]
) -> None:
    """And the rule may put them there."""
    assert template.rules["MailEventsRule"].queues == ("SignedQueue",)
    (target,) = of_kind(translated, "AWS::Events::Rule")["MailEventsRule"]["Targets"]
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["SignedDeadLetters", "Arn"]}}
    policy = of_kind(translated, "AWS::SQS::QueuePolicy")["MailEventsPolicy"]
    assert policy["Queues"] == [{"Ref": "SignedQueue"}, {"Ref": "SignedDeadLetters"}]


def test_new_files_reach_the_queue_of_imports_or_its_dead_letters(
    template: Template, translated: Mapping[str, Any]
) -> None:
    """Those of this bucket's `imports/` alone: what is written there as a report is no file to import."""
    rule = template.rules["ImportRule"]
    assert rule.queues == ("ImportQueue",)

    def dropped(key: str, bucket: str = template.buckets["ContentBucket"].name) -> dict[str, Any]:
        detail = {"bucket": {"name": bucket}, "object": {"key": key}}
        return {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}

    assert matches(dropped("imports/tills/march.csv"), rule.pattern)
    assert not matches(dropped("reports/imports/march.csv"), rule.pattern)
    assert not matches(dropped("imports/march.csv", bucket="another"), rule.pattern)
    policy = of_kind(translated, "AWS::SQS::QueuePolicy")["ImportPolicy"]
    assert policy["Queues"] == [{"Ref": "ImportQueue"}, {"Ref": "ImportDeadLetters"}]


def test_saved_content_reaches_the_queue_of_publishing(
    template: Template, translated: Mapping[str, Any]
) -> None:
    """Files saved or deleted under `content/` alone, and never what publishing itself writes."""
    rule = template.rules["PublishRule"]
    assert rule.queues == ("PublishQueue",)

    def told(key: str, kind: str = "Object Created") -> dict[str, Any]:
        detail = {"bucket": {"name": template.buckets["ContentBucket"].name}, "object": {"key": key}}
        return {"source": "aws.s3", "detail-type": kind, "detail": detail}

    assert matches(told("content/shop.yaml"), rule.pattern)
    assert matches(told("content/templates/a.mjml", "Object Deleted"), rule.pattern)
    for written in ("live/releases/x.json.gz", "reports/content/shop.yaml.html", "imports/content/a.csv"):
        assert not matches(told(written), rule.pattern)
    policy = of_kind(translated, "AWS::SQS::QueuePolicy")["PublishPolicy"]
    assert policy["Queues"] == [{"Ref": "PublishQueue"}, {"Ref": "PublishDeadLetters"}]


def test_what_comes_back_through_its_own_queue_is_no_loop_to_stop(translated: Mapping[str, Any]) -> None:
    """AWS ends a message's way through function and queue after sixteen rounds, unless it is told that they end."""
    functions = of_kind(translated, "AWS::Lambda::Function")
    allowed = {name for name, each in functions.items() if each.get("RecursiveLoop") == "Allow"}
    assert allowed == {"RecordFunction", "ImportFunction", "NightlyFunction"}
