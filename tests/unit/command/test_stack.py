"""Finding the parts of a deployed stack, and what is said when that fails."""

from __future__ import annotations

from typing import Any

import boto3
import click
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError
from click.testing import CliRunner

from infra.command.errors import PlainErrors
from infra.command.stack import IDENTITY_KEY, RESOURCES, world_of
from infra.desk.intrinsics import read
from infra.desk.template import TEMPLATE
from perennial.errors import NotPublished, PerennialError

PHYSICAL = {
    "DocumentsTable": "garden-docs",
    "TimelineTable": "garden-time",
    "ContentBucket": "garden-content",
    "SendQueue": "https://sqs.example/garden-send",
    "NightlyQueue": "https://sqs.example/garden-nightly",
}


class Session:
    """boto3 for one stack; says what it was asked."""

    def __init__(self, resources: dict[str, str]) -> None:
        self.resources = resources
        self.region: str | None = None

    def __call__(self, region_name: str | None) -> Session:
        self.region = region_name
        return self

    def client(self, service: str, **_: Any) -> Session:
        assert service in {"cloudformation", "secretsmanager", "dynamodb", "s3"}
        return self

    def get_paginator(self, operation: str) -> Session:
        assert operation == "list_stack_resources"
        return self

    def paginate(self, StackName: str) -> list[dict[str, Any]]:  # noqa: N803 - AWS's own word
        assert StackName == "garden"
        pages = [
            {"LogicalResourceId": key, "PhysicalResourceId": value} for key, value in self.resources.items()
        ]
        return [{"StackResourceSummaries": [page]} for page in pages]

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's own word
        assert SecretId == "arn:key"
        return {"SecretString": "pepper"}


def test_the_stack_gives_all_that_the_adapters_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of tables and bucket, and the key by which customers are recognised."""
    session = Session({**PHYSICAL, IDENTITY_KEY: "arn:key"})
    monkeypatch.setattr(boto3, "Session", session)
    world = world_of("garden", "eu-west-1")
    assert session.region == "eu-west-1"
    assert {world.setting(name) for name in RESOURCES.values()} == set(PHYSICAL.values())
    assert world.setting("IDENTITY_KEY") == "pepper"
    assert all((world.documents, world.pointer, world.blobs, world.timeline))


def test_another_stack_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that belongs to something else does not end in a KeyError."""
    monkeypatch.setattr(boto3, "Session", Session({"WebServer": "i-1"}))
    with pytest.raises(PerennialError, match="has no ContentBucket"):
        world_of("garden", None)


def test_the_template_has_these_resources() -> None:
    """A renamed resource would break the command for every shop."""
    resources = read(TEMPLATE.read_text())["Resources"]
    types = {name: resources[name]["Type"] for name in (*RESOURCES, IDENTITY_KEY)}
    assert types == {
        "DocumentsTable": "AWS::DynamoDB::Table",
        "TimelineTable": "AWS::DynamoDB::Table",
        "ContentBucket": "AWS::S3::Bucket",
        "SendQueue": "AWS::SQS::Queue",
        "NightlyQueue": "AWS::SQS::Queue",
        "IdentityKey": "AWS::SecretsManager::Secret",
    }


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NotPublished("Publish first."), "Error: Publish first.\n"),
        (NoCredentialsError(), "aws configure"),
        (NoRegionError(), "--region"),
        (EndpointConnectionError(endpoint_url="https://x"), "could not be reached"),
        (
            ClientError(
                {"Error": {"Code": "ValidationError", "Message": "Stack garden does not exist"}}, "List"
            ),
            "AWS refused: Stack garden does not exist",
        ),
    ],
)
def test_expected_errors_have_no_traceback(error: Exception, told: str) -> None:
    """One message, exit code 1."""

    @click.group(cls=PlainErrors)
    def group() -> None:
        pass

    @group.command()
    def fail() -> None:
        raise error

    result = CliRunner().invoke(group, ["fail"])
    assert result.exit_code == 1
    assert told in result.stderr


def test_an_unexpected_error_keeps_its_traceback() -> None:
    """A mistake of ours is not dressed up as the caller's."""

    @click.group(cls=PlainErrors)
    def group() -> None:
        pass

    @group.command()
    def fail() -> None:
        raise ZeroDivisionError

    assert isinstance(CliRunner().invoke(group, ["fail"]).exception, ZeroDivisionError)
