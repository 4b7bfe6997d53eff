"""The dashboard and the alarms: they count what the functions really say, and each is explained."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import pytest

from infra.desk.events import matches
from infra.desk.intrinsics import read
from infra.desk.stack import Template
from infra.desk.template import TEMPLATE
from on_event import record
from send import handler
from tests.docs.reading import code, page, rows, section
from tests.making import NOON, hours, signed_up, viewed
from tests.stage import Context, Stage

STACK: dict[str, Any] = read((TEMPLATE.parent / "infra/observability.yaml").read_text(encoding="utf-8"))
_FIELD = re.compile(r"\$\.(\w+)")
_SAYS = re.compile(r'\$\.message = "([^"]+)"')


def of_kind(kind: str) -> dict[str, Any]:
    """Properties by logical id."""
    return {name: each["Properties"] for name, each in STACK["Resources"].items() if each["Type"] == kind}


FILTERS = of_kind("AWS::Logs::MetricFilter")
ALARMS = of_kind("AWS::CloudWatch::Alarm")


@pytest.fixture(scope="module")
def lines() -> dict[str, logging.LogRecord]:
    """What the functions log in a day of a small shop, by message."""
    said: list[logging.LogRecord] = []
    listener = _Listener(said)
    root = logging.getLogger()
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.INFO)
    try:
        _a_day()
    finally:
        root.removeHandler(listener)
        root.setLevel(before)
    return {each.msg: each for each in said}


class _Listener(logging.Handler):
    def __init__(self, said: list[logging.LogRecord]) -> None:
        super().__init__()
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record)


def _a_day() -> None:
    stage = Stage()
    record.build(stage.world)({"Records": []}, None)
    stage.record(signed_up(NOON), viewed(NOON))
    stage.now = NOON + hours(5)
    stage.sweep()
    bodies = [{"messageId": str(n), "body": body} for n, body in enumerate(stage.queued())]
    handler.build(stage.world)({"Records": bodies}, Context())


@pytest.mark.parametrize("name", FILTERS)
def test_each_number_is_one_that_a_function_says(name: str, lines: Mapping[str, logging.LogRecord]) -> None:
    """The line exists, with every field that the filter reads: a renamed field would count nothing, unseen."""
    pattern = FILTERS[name]["FilterPattern"]
    [what] = FILTERS[name]["MetricTransformations"]
    [said] = _SAYS.findall(pattern)
    if said not in lines:  # said only when things go wrong
        assert _is_said_somewhere(said), said
        return
    fields = {*_FIELD.findall(pattern), *_FIELD.findall(what["MetricValue"])} - {"message"}
    assert all(isinstance(getattr(lines[said], field), int) for field in fields)


def _is_said_somewhere(said: str) -> bool:
    files = (TEMPLATE.parent / "functions").rglob("*.py")
    return any(f'"{said}"' in path.read_text(encoding="utf-8") for path in files)


def test_the_lag_is_how_long_somebody_waited(lines: Mapping[str, logging.LogRecord]) -> None:
    """Due after four hours, looked at after five."""
    assert vars(lines["swept"])["lag_seconds"] == 3600
    assert (vars(lines["delivered"])["sent"], vars(lines["delivered"])["skipped"]) == (1, 0)


def test_operations_says_what_to_do_about_each_alarm() -> None:
    """No alarm without a remedy, no remedy without an alarm."""
    told = {code(row[0])[0]: row[2] for row in rows(section(page("docs/operations.md"), "## Alarms"))}
    assert told.keys() == ALARMS.keys() and all(told.values())


@pytest.mark.parametrize("name", ALARMS)
def test_each_alarm_tells_somebody(name: str) -> None:
    """And says what happened in words."""
    assert ALARMS[name]["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    assert "docs/operations.md" in ALARMS[name]["AlarmDescription"]


def test_the_breaker_hears_its_alarms_and_no_other(template: Template) -> None:
    """By the beginning of their names."""
    [pattern] = template.functions["BreakerFunction"].patterns
    names = {name: each["AlarmName"] for name, each in ALARMS.items() if "AlarmName" in each}
    assert names.keys() == {"ComplaintsBreaker", "BouncesBreaker"}
    for name in (*(each["Fn::Sub"].replace("${Stack}", "perennial") for each in names.values()), "other"):
        event = {
            "source": "aws.cloudwatch",
            "detail-type": "CloudWatch Alarm State Change",
            "detail": {"alarmName": name, "state": {"value": "ALARM"}},
        }
        assert matches(event, pattern) is (name != "other")


def test_every_dead_letter_queue_is_watched(template: Template) -> None:
    """A queue that nobody watches loses what is in it after two weeks."""
    given = STACK["Parameters"].keys() & template.queues.keys()
    last_resorts = {name for name, queue in template.queues.items() if queue.dead_letters is None}
    assert last_resorts <= given
    watched = str(ALARMS["DeadLettersAlarm"]["Metrics"])
    assert all(f"{{'Ref': '{name}'}}" in watched for name in last_resorts)
