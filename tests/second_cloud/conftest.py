"""`make cloud-test` starts the second cloud and names it; without it there is nothing to collect here."""

from __future__ import annotations

from os import environ
from pathlib import Path

import pytest

from infra.privileges import content
from infra.second_cloud.ministack import ask
from infra.second_cloud.stack import client_for, deploy
from tests.second_cloud.deployed import SHOPIFY_SECRET, WOOCOMMERCE_SECRET, Deployed

SECOND = environ.get("PERENNIAL_SECOND_CLOUD", "")
collect_ignore_glob = [] if SECOND else ["test_*.py"]


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """The stack of template.yaml, live, with content that was saved into its bucket as a marketer would."""
    ask(SECOND, "reset", "POST")
    secrets = client_for(SECOND)("secretsmanager")
    arns = [
        secrets.create_secret(Name=name, SecretString=text)["ARN"]
        for name, text in (("shopify", SHOPIFY_SECRET), ("woocommerce", WOOCOMMERCE_SECRET))
    ]
    stack = deploy(
        SECOND,
        Path(environ["PERENNIAL_LIBRARIES"]),
        {
            "SenderEmail": "hello@shop.example",
            "SendMode": "live",
            "PublicUrl": "https://mail.fernleaf.example",
            "ShopifySecretArn": arns[0],
            "WooCommerceSecretArn": arns[1],
            "AlarmEmail": "ops@shop.example",
        },
    )
    folder = tmp_path_factory.mktemp("content")
    content.save(folder)
    found = Deployed(stack)
    found.save(folder)
    return found
