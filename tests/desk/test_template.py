"""The loader answers CloudFormation's functions, and refuses to guess."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.desk.intrinsics import ACCOUNT, REGION, Resolver, TemplateError, read
from infra.desk.template import create_resources, load_template

DOCUMENT = read(
    """
    Parameters:
      Name: {Type: String, Default: fern}
      Empty: {Type: String, Default: ""}
    Conditions:
      HasName: !Not [!Equals [!Ref Name, ""]]
      HasBoth: !And [!Condition HasName, !Not [!Equals [!Ref Empty, ""]]]
      HasOne: !Or [!Condition HasBoth, !Condition HasName]
    Resources:
      Secret: {Type: "AWS::SecretsManager::Secret"}
      Line: {Type: "AWS::SQS::Queue"}
      Api: {Type: "AWS::Serverless::HttpApi"}
    """
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!Ref Name", "fern"),
        ("!Ref AWS::Region", REGION),
        ("!Ref Line", f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/perennial-line"),
        ("!GetAtt Line.Arn", f"arn:aws:sqs:{REGION}:{ACCOUNT}:perennial-line"),
        ("!GetAtt Line.QueueName", "perennial-line"),
        ("!GetAtt Api.ApiEndpoint", f"https://perennial-api.execute-api.{REGION}.amazonaws.com"),
        ("!Sub '${Name}-${Line.QueueName}-${!kept}'", "fern-perennial-line-${kept}"),
        ("!Sub ['${A}/${Name}', {A: !Ref Name}]", "fern/fern"),
        ("!If [HasName, yes it has, no]", "yes it has"),
        ("!If [HasBoth, [1], {a: !Ref Name}]", {"a": "fern"}),
        ("!If [HasOne, 1, 2]", 1),
        ("!Select [1, !Split ['/', 'a/b']]", "b"),
        ("!Join ['-', [a, !Ref Name]]", "a-fern"),
        ("!Sub '{{resolve:secretsmanager:${Secret}}}'", "known"),
        (
            "'{{resolve:secretsmanager:arn:aws:secretsmanager:x:1:secret:Other}}'",
            "{{resolve:secretsmanager:arn:aws:secretsmanager:x:1:secret:Other}}",
        ),
        ("!Sub '{{resolve:secretsmanager:arn:aws:secretsmanager:x:1:secret:Other}}'", "Other-of-the-desk"),
    ],
)
def test_functions_are_answered(text: str, value: Any) -> None:
    """Each as CloudFormation would answer it."""
    assert Resolver(DOCUMENT, {}, {"Secret": "known"})(read(f"v: {text}")["v"]) == value


@pytest.mark.parametrize(
    "text", ["!Ref Nobody", "!GetAtt Line.Colour", "!GetAtt Api.Arn", "!FindInMap [a, b, c]"]
)
def test_what_is_unknown_is_an_error(text: str) -> None:
    """A wrong guess would be found in the cloud only."""
    with pytest.raises(TemplateError):
        Resolver(DOCUMENT, {}, {})(read(f"v: {text}")["v"])


def test_unknown_parameters_are_an_error() -> None:
    """A parameter that was renamed does not silently lose its value."""
    with pytest.raises(TemplateError, match="Nmae"):
        Resolver(DOCUMENT, {"Nmae": "x"}, {})


def test_an_event_source_must_be_ours(tmp_path: Path) -> None:
    """A function fed by a queue of another stack cannot run here."""
    path = tmp_path / "template.yaml"
    source = "{Type: SQS, Properties: {Queue: 'arn:aws:sqs:x:1:elsewhere'}}"
    path.write_text(
        f"Resources: {{F: {{Type: 'AWS::Serverless::Function', Properties: {{Handler: a.b.c, Events: {{Q: {source}}}}}}}}}"
    )
    with pytest.raises(TemplateError, match="elsewhere"):
        load_template(path)


def test_what_has_an_unfulfilled_condition_is_left_out(tmp_path: Path) -> None:
    """As in the cloud, it does not exist."""
    path = tmp_path / "template.yaml"
    path.write_text(
        "Conditions: {Never: !Equals [a, b]}\n"
        "Resources: {Q: {Type: 'AWS::SQS::Queue', Condition: Never}, R: {Type: 'AWS::SQS::Queue'}}"
    )
    assert list(load_template(path).queues) == ["R"]


def test_resources_are_where_the_functions_look() -> None:
    """What was made has the names and addresses that the environments hold."""
    template = load_template()
    with mock_aws():
        session = boto3.Session(region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
        resources = create_resources(template, session.client)
        record = template.functions["RecordFunction"].environment
        assert record["DOCUMENTS_TABLE"] == resources.tables["DocumentsTable"]
        assert record["CONTENT_BUCKET"] == resources.buckets["ContentBucket"]
        assert record["SEND_QUEUE_URL"] == resources.queues["SendQueue"]
        sqs = session.client("sqs")
        assert set(sqs.list_queues()["QueueUrls"]) == set(resources.queues.values())
        attributes = sqs.get_queue_attributes(QueueUrl=record["SEND_QUEUE_URL"], AttributeNames=["All"])[
            "Attributes"
        ]
        assert attributes["VisibilityTimeout"] == "180" and '"maxReceiveCount":5' in attributes[
            "RedrivePolicy"
        ].replace(" ", "")
