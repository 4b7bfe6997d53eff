"""The shop's stack: its tables, bucket and keys, found by their names in template.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from perennial.errors import PerennialError

if TYPE_CHECKING:
    from perennial.bootstrap import AwsWorld

# Logical ids of template.yaml, and the environment names under which the adapters look for them.
RESOURCES = {
    "DocumentsTable": "DOCUMENTS_TABLE",
    "TimelineTable": "TIMELINE_TABLE",
    "ContentBucket": "CONTENT_BUCKET",
    "SendQueue": "SEND_QUEUE_URL",
    "NightlyQueue": "NIGHTLY_QUEUE_URL",
}
IDENTITY_KEY = "IdentityKey"


def stack_options(command: Any) -> Any:
    """Adds --stack and --region."""
    named = click.option(
        "--stack", required=True, envvar="PERENNIAL_STACK", help="Name of the deployed stack."
    )
    region = click.option("--region", envvar="AWS_REGION", help="Its region; by default the profile's own.")
    return named(region(command))


def some_stack_options(command: Any) -> Any:
    """The same where a stack is one of several ways."""
    named = click.option("--stack", envvar="PERENNIAL_STACK", help="Name of a deployed stack.")
    region = click.option("--region", envvar="AWS_REGION", help="Its region; by default the profile's own.")
    return named(region(command))


def stack_or_desk(command: Any) -> Any:
    """Adds --stack, --region and --desk; one of stack and desk is needed."""

    @wraps(command)
    def checked(**given: Any) -> Any:
        if not (given["stack"] or given["desk"]):
            raise click.UsageError("Name the deployed stack with --stack, or a running desk with --desk.")
        if given["desk"]:
            given["desk"] = given["desk"].rstrip("/")
        return command(**given)

    named = click.option("--stack", envvar="PERENNIAL_STACK", help="Name of the deployed stack.")
    region = click.option("--region", envvar="AWS_REGION", help="Its region; by default the profile's own.")
    desk = click.option("--desk", help="Address of a running `perennial dev`, such as http://127.0.0.1:8787.")
    return named(region(desk(checked)))


def world_of(stack: str, region: str | None, *, sends: bool = False) -> AwsWorld:
    """The ports of a deployed stack; PerennialError when there is none of that name. sends: with its mailer."""
    import boto3

    from perennial.bootstrap import AwsWorld

    session = boto3.Session(region_name=region)
    cloudformation = session.client("cloudformation")
    found = resources_of(cloudformation, stack)
    missing = sorted((RESOURCES.keys() | {IDENTITY_KEY}) - found.keys())
    if missing:
        raise PerennialError(
            f"The stack {stack} has no {missing[0]}: it is not Perennial's. Run `sam list stack-outputs`."
        )
    secret = session.client("secretsmanager").get_secret_value(SecretId=found[IDENTITY_KEY])
    environ = {name: found[logical] for logical, name in RESOURCES.items()}
    if sends:
        environ |= _sender(cloudformation, stack, found)
    return AwsWorld({**environ, "IDENTITY_KEY": secret["SecretString"]}, client=session.client)


def _sender(cloudformation: Any, stack: str, found: Mapping[str, str]) -> dict[str, str]:
    """From which address mails of the stack come, and by which configuration set."""
    parameters = cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Parameters", [])
    given = {each["ParameterKey"]: each["ParameterValue"] for each in parameters}
    return {"SENDER_EMAIL": given["SenderEmail"], "CONFIGURATION_SET": found["ConfigurationSet"]}


def resources_of(cloudformation: Any, stack: str) -> dict[str, str]:
    """Physical ids by logical ids."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "")
        for page in pages
        for resource in page["StackResourceSummaries"]
    }
