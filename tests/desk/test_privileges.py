"""What the roles allow is what was needed when everything was last done: docs/permissions.md is the record."""

from __future__ import annotations

from infra.desk.deployment import deployed
from infra.desk.keys import Keys
from infra.desk.template import TEMPLATE
from infra.privileges.flows import TOPIC
from infra.privileges.report import Permission, Report, allowed, lines, page
from tests.docs import reading


def recorded() -> set[Permission]:
    """The rows of the page."""
    return {
        Permission(*(cell.strip("`") for cell in row[:3]))
        for row in reading.rows(reading.page("docs/permissions.md"))
    }


def test_no_permission_is_unused_and_none_is_missing() -> None:
    """`make privileges` found a need for each statement of template.yaml, and for nothing else."""
    template = deployed(TEMPLATE, Keys(sns_topic=TOPIC), "")
    assert set(allowed(template)) == recorded()


def test_only_texting_is_allowed_everywhere() -> None:
    """And the account's own quota, which has no resource: the exceptions that template.yaml declares."""
    assert {(each.function, each.action) for each in recorded() if each.resource == "*"} == {
        ("SendFunction", "sns:Publish"),
        ("SweepFunction", "ses:GetSendQuota"),
    }


def test_what_is_missing_or_unused_is_told() -> None:
    """Each by name, and neither stands on the page."""
    used, idle = Permission("Web", "s3:GetObject", "room/*"), Permission("Web", "s3:PutObject", "room/*")
    report = Report([used, idle], ["Web may not sqs:SendMessage on work"], {used: "pages"})
    told = list(lines(report))
    assert "  Web may s3:PutObject on room/*, and nothing needs it" in told
    assert "  Web may not sqs:SendMessage on work" in told
    assert "s3:GetObject" in page(report) and "s3:PutObject" not in page(report)
