"""What each role may do, and what is open to the world."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.template.test_functions import FUNCTIONS, of_kind

# Everything else names its resource. A phone number is none, and the sending quota belongs to the whole account.
EVERYWHERE = {("SendFunctionRole", "sns:Publish"), ("SweepFunctionRole", "ses:GetSendQuota")}

STORES = ("AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::S3::Bucket")


def as_list(value: Any) -> list[Any]:
    """IAM allows one or several."""
    return value if isinstance(value, list) else [value]


def statements(translated: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(role, statement) of all inline policies."""
    for role, properties in of_kind(translated, "AWS::IAM::Role").items():
        for policy in properties.get("Policies", []):
            for statement in as_list(policy["PolicyDocument"]["Statement"]):
                yield role, statement


def allowed(translated: Mapping[str, Any], role: str) -> set[str]:
    """Actions a role is allowed by the template itself."""
    return {
        action
        for name, statement in statements(translated)
        if name == role and statement["Effect"] == "Allow"
        for action in as_list(statement["Action"])
    }


def test_no_action_is_a_wildcard(translated: Mapping[str, Any]) -> None:
    """Neither all actions nor all of a service."""
    actions = [action for _, each in statements(translated) for action in as_list(each["Action"])]
    assert actions and not [action for action in actions if action == "*" or action.endswith(":*")]


def test_no_resource_is_a_wildcard_but_the_declared(translated: Mapping[str, Any]) -> None:
    """Two actions know no narrower resource; each is allowed alone."""
    open_ones = {
        (role, action)
        for role, statement in statements(translated)
        if statement["Effect"] == "Allow" and "*" in as_list(statement["Resource"])
        for action in as_list(statement["Action"])
    }
    assert open_ones == EVERYWHERE


def test_texting_reaches_no_topic(translated: Mapping[str, Any]) -> None:
    """The wildcard is for phone numbers: everything that has an ARN is denied again."""
    (denied,) = [each for role, each in statements(translated) if each["Effect"] == "Deny"]
    assert denied["Action"] == "sns:Publish" and ":sns:*:*:*" in json.dumps(denied["Resource"])


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (
            "ReceiveFunctionRole",
            {"sqs:SendMessage", "s3:PutObject"},
            {"dynamodb:PutItem", "s3:GetObject", "ses:SendEmail"},
        ),
        (
            "RecordFunctionRole",
            {"dynamodb:PutItem", "s3:GetObject", "s3:PutObject"},
            {"ses:SendEmail", "sns:Publish", "s3:DeleteObject"},
        ),
        (
            "ImportFunctionRole",
            {"dynamodb:PutItem", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"},
            {"ses:SendEmail", "sns:Publish", "s3:ListBucket", "s3:DeleteObject"},
        ),
        (
            "PagesFunctionRole",
            {"dynamodb:PutItem", "s3:GetObject"},
            {"ses:SendEmail", "sns:Publish", "s3:PutObject"},
        ),
        (
            "SweepFunctionRole",
            {"dynamodb:Query", "ses:GetSendQuota"},
            {"ses:SendEmail", "sns:Publish", "s3:PutObject"},
        ),
        (
            "NightlyFunctionRole",
            {"dynamodb:Scan", "dynamodb:PutItem", "s3:GetObject", "s3:PutObject", "s3:ListBucket"},
            {"ses:SendEmail", "sns:Publish", "s3:DeleteObject", "dynamodb:DeleteTable"},
        ),
        (
            "PublishFunctionRole",
            {"dynamodb:UpdateItem", "s3:GetObject", "s3:PutObject", "s3:ListBucket", "sns:Publish"},
            {"dynamodb:PutItem", "dynamodb:Scan", "ses:SendEmail"},
        ),
        ("SendFunctionRole", {"ses:SendEmail", "ses:SendRawEmail"}, {"sqs:SendMessage", "s3:PutObject"}),
    ],
)
def test_roles_hold_what_is_needed(
    translated: Mapping[str, Any], role: str, may: set[str], may_not: set[str]
) -> None:
    """And nothing of another function's work."""
    actions = allowed(translated, role)
    assert may <= actions and not may_not & actions


def test_mail_goes_out_as_the_sender_only(translated: Mapping[str, Any]) -> None:
    """Limited to the sender's identity, its domain, and the stack's configuration set."""
    (mail,) = [each for _, each in statements(translated) if "ses:SendEmail" in as_list(each["Action"])]
    parts = [json.dumps(each) for each in mail["Resource"]]
    assert ["identity" in part for part in parts] == [True, True, False] and "configuration-set" in parts[2]


def test_the_bucket_is_closed_versioned_and_forgets_what_is_personal(translated: Mapping[str, Any]) -> None:
    """Raw bodies, imported files, their rejected lines and the state of a night are gone after fourteen days."""
    (bucket,) = of_kind(translated, "AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"} and bucket["BucketEncryption"]
    rules = bucket["LifecycleConfiguration"]["Rules"]
    assert {rule["Prefix"] for rule in rules} == {
        "raw/",
        "imports/",
        "reports/imports/",
        "reports/requests/",
        "nightly/",
    }
    for rule in rules:
        days = rule["ExpirationInDays"] + rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        assert (rule["Status"], days) == ("Enabled", 14)


def test_data_and_keys_that_cannot_be_made_again_are_retained(translated: Mapping[str, Any]) -> None:
    """Deleting the stack deletes no customer, and no key without which they would not be recognised."""
    kept = ("DocumentsTable", "TimelineTable", "ContentBucket", "IdentityKey", "LinkKey")
    assert all(translated[each]["DeletionPolicy"] == "Retain" for each in kept)
    assert all(translated[each]["UpdateReplacePolicy"] == "Retain" for each in kept)


def test_tables_can_be_restored_and_grow_with_use(translated: Mapping[str, Any]) -> None:
    """Point-in-time recovery, on demand, and an expiry; an index holds keys, and of a free code the code."""
    tables = of_kind(translated, "AWS::DynamoDB::Table")
    for table in tables.values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    indexes = tables["DocumentsTable"]["GlobalSecondaryIndexes"]
    assert {each["IndexName"]: each["Projection"] for each in indexes} == {
        "due": {"ProjectionType": "KEYS_ONLY"},
        "free": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["code"]},
    }


def test_routes_are_throttled_and_webhooks_apart(
    translated: Mapping[str, Any], document: dict[str, Any]
) -> None:
    """A flood of browsers holds up neither the store nor an unsubscribe; each exception is a real route."""
    (stage,) = of_kind(translated, "AWS::ApiGatewayV2::Stage").values()
    own = stage["RouteSettings"]
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert {"POST /webhooks/shopify", "POST /unsubscribe/{token}"} <= own.keys()
    events = [
        event
        for each in document["Resources"].values()
        for event in each.get("Properties", {}).get("Events", {}).values()
    ]
    routes = {
        f"{event['Properties']['Method']} {event['Properties']['Path']}"
        for event in events
        if event["Type"] == "HttpApi"
    }
    assert own.keys() <= routes


def test_access_logs_hold_no_personal_data(document: dict[str, Any]) -> None:
    """No path (it may hold a token), no address, no agent; and they are valid JSON."""
    written = document["Resources"]["HttpApi"]["Properties"]["AccessLogSettings"]["Format"]
    fields = set(json.loads(written).values())
    assert "$context.routeKey" in fields
    assert not fields & {"$context.path", "$context.identity.sourceIp", "$context.identity.userAgent"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_is_told_of_it_may_use(
    name: str, translated: Mapping[str, Any], document: dict[str, Any]
) -> None:
    """A queue, table or bucket in its environment is named in its role, and no other but where its failures end."""
    own = [each for role, each in statements(translated) if role == f"{name}Role"]
    environment = document["Resources"][name]["Properties"]["Environment"]["Variables"].values()
    told = {each["Ref"] for each in environment if isinstance(each, dict) and "Ref" in each}
    stores = {each for kind in STORES for each in of_kind(translated, kind)}
    named = {
        store for store in stores if f'"{store}"' in json.dumps(own) or f"${{{store}." in json.dumps(own)
    }
    failures = (
        document["Resources"][name]["Properties"].get("EventInvokeConfig", {}).get("DestinationConfig", {})
    )
    ends = {store for store in stores if f'"{store}"' in json.dumps(failures)}
    assert named == (told & stores) | ends
