"""template.yaml in three forms: as the desk reads it, as plain data, and as SAM translates it for CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from boto3 import Session
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

from infra.desk.intrinsics import REGION, read
from infra.desk.stack import Template
from infra.desk.template import TEMPLATE, load_template

# SAM asks AWS for the ARNs of these; here their names will do.
MANAGED = {name: f"arn:aws:iam::aws:policy/{name}" for name in ("AWSLambdaSQSQueueExecutionRole",)}


@pytest.fixture(scope="session")
def template() -> Template:
    """With the parameters' defaults."""
    return load_template()


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """As written."""
    return read(TEMPLATE.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def translated() -> Mapping[str, Any]:
    """Resources as CloudFormation gets them: roles, event sources and stages included."""
    fresh = read(TEMPLATE.read_text(encoding="utf-8"))
    fresh["Globals"]["Function"]["CodeUri"] = "s3://packaged/code"  # what `sam deploy` makes of the folder
    sam = Translator(MANAGED, Parser(), boto_session=Session(region_name=REGION))
    stack: Mapping[str, Any] = sam.translate(fresh, {})
    resources: Mapping[str, Any] = stack["Resources"]
    return resources
