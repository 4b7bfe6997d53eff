"""Who may import whom: the walls between the handlers, the shared heart and AWS."""

from __future__ import annotations

import pytest

from tests.architecture import rules
from tests.architecture.reading import module_of, modules
from tests.architecture.rules import PURE, RULES, Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(rule: Rule) -> None:
    """No module under functions/ breaks it."""
    assert list(rule(modules())) == []


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (rules.handlers_are_strangers, "send.handler", "from on_event.envelope import seal"),
        (rules.handlers_are_strangers, "scheduler.sweep", "def later():\n    import send.post"),
        (rules.the_heart_knows_no_handler, "perennial.plan", "from send import mail"),
        (rules.only_adapters_speak_to_aws, "perennial.shop", "import botocore.exceptions"),
        (rules.only_adapters_speak_to_aws, "send.post", "from boto3 import client"),
        (rules.the_core_is_pure, "perennial.decide", "from perennial.adapters import memory"),
        (rules.the_core_is_pure, "perennial.gates.consent", "import os"),
        (
            rules.the_core_is_pure,
            "perennial.triggers.browse",
            "from perennial import times\ntimes.utc_now\nutc_now()",
        ),
        (rules.time_is_handed_in, "send.mail", "from datetime import datetime\nat = datetime.now()"),
        (rules.time_is_handed_in, "on_event.ses", "import time\nat = time.time()"),
        (rules.the_environment_is_read_once, "on_event.receive", "import os\nkey = os.environ['WRITE_KEY']"),
        (rules.the_environment_is_read_once, "send.mail", "from os import getenv\nkey = getenv('KEY')"),
        (rules.nothing_is_printed, "scheduler.sweep", "print('swept')"),
        (rules.no_name_hides_the_standard_library, "email", "subject = ''"),
    ],
)
def test_a_planted_breach_is_seen(rule: Rule, name: str, source: str) -> None:
    """Each rule finds the breach it is there for."""
    assert list(rule({**modules(), name: module_of(name, source)}))


def test_a_breach_by_way_of_others_is_seen() -> None:
    """What decides is not pure when a module it imports is not."""
    shop = module_of("perennial.shop", "from perennial.adapters.table import Table")
    breaches = list(rules.the_core_is_pure({**modules(), "perennial.shop": shop}))
    assert "perennial.decide reaches perennial.adapters.table" in breaches


def test_imports_for_type_checkers_only_do_not_count() -> None:
    """A name that is needed for types alone builds no bridge at run time."""
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import boto3\n"
    assert "boto3" not in module_of("perennial.plan", source).imports()


@pytest.mark.parametrize("name", PURE)
def test_the_list_of_pure_modules_is_of_modules_that_exist(name: str) -> None:
    """A renamed module does not leave the rule about it behind."""
    assert name in modules()
