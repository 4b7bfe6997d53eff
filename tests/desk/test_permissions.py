"""The desk refuses what the roles of the template do not allow."""

from __future__ import annotations

import pytest

from infra.desk.desk import Desk
from infra.desk.permissions import Need, NotAllowed, covering, needs
from infra.desk.stack import Grant
from tests.desk.test_outbox import put


@pytest.mark.parametrize(
    ("job", "refused"),
    [
        ({"do": "read", "to": "garden"}, "Worker may not s3:GetObject on arn:aws:s3:::garden/k"),
        (
            {"do": "publish", "to": "arn:aws:sns:eu-west-1:123456789012:all"},
            "Worker may not sns:Publish on arn:aws:sns:eu-west-1:123456789012:all",
        ),
    ],
)
def test_what_the_role_does_not_allow_fails_as_in_the_cloud(
    desk: Desk, job: dict[str, str], refused: str
) -> None:
    """A call without a grant, and one that is denied again; the message ends in the dead letters with that reason."""
    desk.permissions.missing.clear()
    put(desk, job)
    desk.advance("1h")
    assert set(desk.permissions.missing) == {refused}
    [letter] = desk.dead_letters()
    assert refused in letter["reason"]


def test_what_was_used_is_known(desk: Desk) -> None:
    """So that a permission nobody needs can be found."""
    desk.permissions.used.clear()
    put(desk, {"do": "mail", "to": "ann@example.com"}, {"do": "text", "to": "+4915112345678"})
    assert {(name, action, resource) for name, _, action, resource in desk.permissions.used} == {
        ("Web", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:perennial-work"),
        ("Worker", "ses:SendEmail", "*"),
        ("Worker", "ses:SendRawEmail", "*"),
        ("Worker", "sns:Publish", "*"),
    }


def test_a_transaction_needs_what_its_parts_need() -> None:
    """IAM knows no permission for the transaction itself."""
    parts = [
        {"Put": {"TableName": "t", "Item": {"pk": {"S": "A"}}}},
        {"ConditionCheck": {"TableName": "t", "Key": {}}},
    ]
    table = "arn:aws:dynamodb:eu-west-1:123456789012:table/t"
    assert needs("dynamodb", "TransactWriteItems", {"TransactItems": parts}) == [
        Need("dynamodb:PutItem", table, ("A",)),
        Need("dynamodb:ConditionCheckItem", table),
    ]


def test_a_service_nobody_thought_of_is_refused() -> None:
    """Rather than let through."""
    with pytest.raises(NotAllowed, match="infra/desk/permissions"):
        needs("kms", "Decrypt", {})


def test_leave_to_list_some_folders_is_no_leave_to_list_all() -> None:
    """Nor to hear that an object is missing, for which AWS asks without naming a prefix."""
    grant = Grant("Allow", ("s3:ListBucket",), ("arn:aws:s3:::room",), prefixes=("content/*",))
    asked = [
        Need("s3:ListBucket", "arn:aws:s3:::room", prefix=prefix) for prefix in ("content/a", "raw/", "")
    ]
    assert [list(covering(grant, need)) for need in asked] == [["arn:aws:s3:::room"], [], []]
