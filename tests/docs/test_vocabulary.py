"""What can be said to a marketer, an operator or a program is written down, and nothing else is."""

from __future__ import annotations

import pytest

from perennial.deciding.verdicts import Verdict
from perennial.gates import GATES
from perennial.insight.profile import NAMES
from perennial.publishing.campaign_file import CampaignFile
from perennial.publishing.offers_file import OfferFile
from perennial.publishing.triggers import DEFAULTS, MODELS
from perennial.rendering.filters import FILTERS, TESTS
from perennial.rendering.values import LARGEST_PART, WORK
from perennial.triggers import TRIGGERS
from tests.docs.reading import code, page, rows, section


def test_the_glossary_lists_the_verdicts() -> None:
    """All of them, in their order, and no other."""
    listed = [code(row[0])[0] for row in rows(section(page("docs/glossary.md"), "## Verdicts"))]
    assert listed == [*Verdict]


def test_the_gates_are_described_in_their_order() -> None:
    """The order is part of the promise: it decides which reason a customer's explanation names."""
    described = [row[0] for row in rows(section(page("docs/campaigns.md"), "## Who gets a message"))]
    assert described == [gate.__module__.rpartition(".")[2].replace("_", " ") for gate in GATES]


def test_the_keys_of_a_campaign_are_described() -> None:
    """Every key of the file's model, and no other."""
    described = [code(row[0])[0] for row in rows(section(page("docs/campaigns.md"), "## Keys"))]
    assert described == list(CampaignFile.model_fields)


def test_the_keys_of_an_offer_are_described() -> None:
    """Every key of an entry of offers.yaml, and no other."""
    described = [code(row[0])[0] for row in rows(section(page("docs/campaigns.md"), "### Offers"))]
    assert described == list(OfferFile.model_fields)


def test_every_trigger_has_a_model_and_defaults_to_describe() -> None:
    """A new trigger cannot be forgotten below."""
    assert TRIGGERS.keys() == MODELS.keys() == DEFAULTS.keys()


@pytest.mark.parametrize("kind", TRIGGERS)
def test_the_trigger_is_described(kind: str) -> None:
    """Its heading, each of its keys, and their defaults."""
    described = {
        code(row[0])[0]: row[1].strip("`")
        for row in rows(section(page("docs/campaigns.md"), f"### `{kind}`"))
    }
    fields = {
        field.alias or name: field for name, field in MODELS[kind].model_fields.items() if name != "kind"
    }
    assert described.keys() == fields.keys()
    defaults = {
        name: "must be there" if field.is_required() else field.default or "none"
        for name, field in fields.items()
    }
    assert all(described[name] == str(default) for name, default in defaults.items() if name != "if")


@pytest.mark.parametrize("kind", TRIGGERS)
def test_the_overview_says_what_a_kind_implies(kind: str) -> None:
    """One row for each, with its pause."""
    (row,) = [
        row for row in rows(section(page("docs/campaigns.md"), "## Triggers")) if code(row[0]) == [kind]
    ]
    assert row[3] == DEFAULTS[kind].once_per


def test_the_filters_and_tests_of_templates_are_described() -> None:
    """Every one a template may use; `counted` is put around loops by ourselves."""
    text = section(page("docs/templates.md"), "## Filters")
    described = {name.partition("(")[0] for row in rows(text) for name in code(row[0])}
    assert described == FILTERS.keys() - {"counted"}
    assert {name.removeprefix("is ") for name in code(text) if name.startswith("is ")} == TESTS.keys()


def test_what_is_known_of_a_customer_is_described() -> None:
    """The same names serve templates and conditions."""
    (row,) = [row for row in rows(section(page("docs/templates.md"), "## Names")) if row[0] == "`customer`"]
    assert sorted(code(row[1])) == sorted(NAMES)


def test_the_bounds_of_templates_are_the_ones_described() -> None:
    """Numbers in prose go out of date first."""
    text = section(page("docs/templates.md"), "## Bounds")
    assert f"{WORK:,} turns" in text
    assert f"{LARGEST_PART:,} characters" in text
