"""Every function is complete, reachable and sees exactly the settings the code reads."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pytest

from infra.desk.stack import Template
from infra.desk.template import TEMPLATE, load_template
from perennial.bootstrap import LambdaHandler

FUNCTIONS = load_template().functions
EACH = pytest.mark.parametrize("name", FUNCTIONS)
CODE = TEMPLATE.parent / "functions"


def of_kind(resources: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Properties of the resources of a type, by logical id."""
    return {name: each.get("Properties", {}) for name, each in resources.items() if each["Type"] == kind}


@EACH
def test_handler_imports(name: str) -> None:
    """The Handler is what Lambda will call, and its module can be built for another world."""
    module = import_module(FUNCTIONS[name].module)
    assert isinstance(module.handler, LambdaHandler) and callable(module.build)


@EACH
def test_function_states_its_limits(name: str, translated: Mapping[str, Any]) -> None:
    """Memory, timeout, runtime, architecture, tracing, and structured logs."""
    properties = translated[name]["Properties"]
    # Nobody waits for a file, or at night.
    longest = {"ImportFunction": 300, "NightlyFunction": 300, "PublishFunction": 120}.get(name, 60)
    assert properties["MemorySize"] >= 256 and 1 <= properties["Timeout"] <= longest
    assert (properties["Runtime"], properties["Architectures"]) == ("python3.13", ["arm64"])
    assert properties["TracingConfig"] == {"Mode": "Active"}
    assert properties["LoggingConfig"]["LogFormat"] == "JSON"


@EACH
def test_function_logs_into_a_group_that_forgets(name: str, translated: Mapping[str, Any]) -> None:
    """Each has its own group, with a stated retention."""
    group = translated[name]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
    others = [FUNCTIONS[each].id for each in FUNCTIONS if each != name]
    assert translated[group]["Properties"]["RetentionInDays"] == {"Ref": "LogDays"}
    assert all(translated[each]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] != group for each in others)


@EACH
def test_function_has_a_role_of_its_own(name: str, translated: Mapping[str, Any]) -> None:
    """What one may do, no other may because of it."""
    roles = {each: translated[each]["Properties"]["Role"]["Fn::GetAtt"][0] for each in FUNCTIONS}
    assert list(roles.values()).count(roles[name]) == 1


def test_no_name_is_fixed(translated: Mapping[str, Any]) -> None:
    """Two stacks fit into one account, and a replacement never collides."""
    named = {"FunctionName", "RoleName", "QueueName", "TableName", "BucketName", "LogGroupName", "Name"}
    kinds = (
        "AWS::Lambda::Function",
        "AWS::SQS::Queue",
        "AWS::DynamoDB::Table",
        "AWS::S3::Bucket",
        "AWS::IAM::Role",
    )
    found = {
        name: named & properties.keys()
        for kind in (
            *kinds,
            "AWS::Logs::LogGroup",
            "AWS::SES::ConfigurationSet",
            "AWS::SecretsManager::Secret",
        )
        for name, properties in of_kind(translated, kind).items()
    }
    assert found and not any(found.values())


def test_secrets_go_only_where_they_are_needed(template: Template) -> None:
    """Who can read one function's configuration does not learn the keys of another."""
    holders = {
        key: {name for name, each in template.functions.items() if key in each.environment}
        for key in ("LINK_KEY", "SERVER_KEY", "SHOPIFY_SECRET", "IDENTITY_KEY")
    }
    assert holders["LINK_KEY"] == {"PagesFunction", "SendFunction"}
    assert holders["SERVER_KEY"] == holders["SHOPIFY_SECRET"] == {"ReceiveFunction"}
    assert "ReceiveFunction" not in holders["IDENTITY_KEY"]


def test_sending_is_off_until_the_shop_says_so(template: Template) -> None:
    """A fresh deployment mails nobody."""
    assert template.functions["SendFunction"].environment["SEND_MODE"] == "dry_run"


def test_links_lead_to_the_public_address_or_the_api() -> None:
    """`PublicUrl` if given, else what API Gateway gives."""
    with_url = load_template(parameters={"PublicUrl": "https://mail.shop.example"})
    assert with_url.functions["SendFunction"].environment["PUBLIC_URL"] == "https://mail.shop.example"
    assert "execute-api" in load_template().functions["SendFunction"].environment["PUBLIC_URL"]


def test_shopify_secret_is_read_only_when_given() -> None:
    """Without one the setting is empty, and the webhooks are refused."""
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:Shop"
    given = load_template(parameters={"ShopifySecretArn": arn}, secrets={"Shop": "s3cret"})
    assert given.functions["ReceiveFunction"].environment["SHOPIFY_SECRET"] == "s3cret"
    assert load_template().functions["ReceiveFunction"].environment["SHOPIFY_SECRET"] == ""


def test_routed_functions_do_not_name_the_api(document: dict[str, Any], template: Template) -> None:
    """The API names them, so the stack could not be made."""
    for name, function in template.functions.items():
        if function.routes:
            written = repr(document["Resources"][name]["Properties"]["Environment"])
            assert "HttpApi" not in written


def test_every_parameter_explains_itself(document: dict[str, Any]) -> None:
    """A description of its own, and a default wherever one is honest: only the sender's address has none."""
    parameters = document["Parameters"]
    assert all(len(each.get("Description", "")) > 40 for each in parameters.values())
    assert [name for name, each in parameters.items() if "Default" not in each] == ["SenderEmail"]
