"""template.yaml on ministack: packaged as SAM would, deployed by CloudFormation, and laid what ministack leaves out."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from infra.desk.intrinsics import ACCOUNT, REGION, read
from infra.desk.template import TEMPLATE, load_template

STACK = "perennial"
_STORE = "packages"
_NESTED = "infra/observability.yaml"
# Where ministack asks for another permission than AWS does: a batch by its own name, a mail on "*", a version as any object.
_GRANTED = (
    ("Action: sqs:SendMessage", "Action: sqs:SendMessage*"),
    ("Action: s3:GetObjectVersion", "Action: s3:GetObject*"),
    (
        "Action: [ses:SendEmail, ses:SendRawEmail]\n              Resource:\n",
        'Action: [ses:SendEmail, ses:SendRawEmail]\n              Resource:\n                - "*"\n',
    ),
)
_PATIENCE = 120.0  # seconds


@dataclass(frozen=True)
class Stack:
    """outputs: of the stack. resources: physical ids by logical ids. environment: of all functions together."""

    url: str
    client: Callable[..., Any]
    outputs: Mapping[str, str]
    resources: Mapping[str, str]
    environment: Mapping[str, str]

    @property
    def api(self) -> str:
        """The host of the HTTP API, which requests name while they go to `url`."""
        return f"{self.resources['HttpApi']}.execute-api.{self.url.removeprefix('http://')}"


def client_for(url: str) -> Callable[..., Any]:
    """As `boto3.client`; region and time limits of the real cloud have no meaning here."""
    session: Any = boto3.Session(ACCOUNT, "ministack", region_name=REGION)

    def client(service: str, **_: Any) -> Any:
        return session.client(service, endpoint_url=url)

    return client


def deploy(url: str, libraries: Path, parameters: Mapping[str, str]) -> Stack:
    """libraries: the functions' requirements, installed. RuntimeError with the reasons when it cannot be made."""
    client = client_for(url)
    _upload(client("s3"), url, libraries)
    cloudformation = client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=f"{url}/{_STORE}/template.yaml",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    made = _made(cloudformation)
    resources = _resources(cloudformation)
    environment = _lay_routes(client, resources)
    outputs = {each["OutputKey"]: each["OutputValue"] for each in made["Outputs"]}
    client("sesv2").create_email_identity(EmailIdentity=parameters["SenderEmail"])
    return Stack(url, client, outputs, resources, environment)


def _upload(s3: Any, url: str, libraries: Path) -> None:
    """What `sam package` does; the nested stack without its alarms over several metrics, which ministack does not know."""
    s3.create_bucket(Bucket=_STORE, CreateBucketConfiguration={"LocationConstraint": REGION})
    nested = read((TEMPLATE.parent / _NESTED).read_text(encoding="utf-8"))
    nested["Resources"] = {
        name: each
        for name, each in nested["Resources"].items()
        if "Metrics" not in each.get("Properties", {})
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    text = text.replace("CodeUri: functions/", f"CodeUri: s3://{_STORE}/functions.zip")
    text = text.replace(f"Location: {_NESTED}", f"Location: {url}/{_STORE}/nested.json")
    for ours, theirs in _GRANTED:
        if ours not in text:
            raise RuntimeError(
                f"template.yaml does not say {ours!r} any more: mend infra/second_cloud/stack.py."
            )
        text = text.replace(ours, theirs)
    for key, body in (
        ("functions.zip", _zipped(TEMPLATE.parent / "functions", libraries)),
        ("nested.json", json.dumps(nested).encode()),
        ("template.yaml", text.encode()),
    ):
        s3.put_object(Bucket=_STORE, Key=key, Body=body)


def _zipped(*folders: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    archive.write(path, path.relative_to(folder))
    return packed.getvalue()


def _made(cloudformation: Any) -> Any:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        [stack] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return stack
        if "IN_PROGRESS" not in stack["StackStatus"]:
            break
        time.sleep(0.2)
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    reasons = [each.get("ResourceStatusReason") for each in events]
    told = "; ".join(str(each) for each in reasons if each)
    raise RuntimeError(f"The stack cannot be made: {told or stack['StackStatus']}")


def _resources(cloudformation: Any) -> dict[str, str]:
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK)
    found = [each for page in pages for each in page["StackResourceSummaries"]]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}


def _lay_routes(client: Callable[..., Any], resources: Mapping[str, str]) -> dict[str, str]:
    """SAM writes the routes into the API's OpenAPI text, which ministack does not read. Returns the environments."""
    api, gateway, functions = resources["HttpApi"], client("apigatewayv2"), client("lambda")
    environment: dict[str, str] = {}
    for function in load_template().functions.values():
        deployed = functions.get_function(FunctionName=resources[function.id])["Configuration"]
        environment |= deployed["Environment"]["Variables"]
        target = gateway.create_integration(
            ApiId=api,
            IntegrationType="AWS_PROXY",
            IntegrationUri=deployed["FunctionArn"],
            PayloadFormatVersion="2.0",
        )["IntegrationId"]
        for route in function.routes:
            key = f"{route.method} {route.path}"
            gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{target}")
    return environment
