"""template.yaml as it is deployed on the desk."""

from __future__ import annotations

from pathlib import Path

from infra.desk.intrinsics import arn
from infra.desk.keys import Keys
from infra.desk.stack import Template
from infra.desk.template import load_template


def deployed(path: Path, keys: Keys, url: str) -> Template:
    """Sending is live, and links lead back to `url`. ValueError for a write key with a slash."""
    if "/" in keys.write:
        raise ValueError("A write key has no slash in it.")
    parameters = {
        "SendMode": "live",
        "PublicUrl": url,
        "ShopifySecretArn": arn("secretsmanager", "secret:Shopify"),
        "ShopifyDomain": keys.shopify_domain,
        "WooCommerceSecretArn": arn("secretsmanager", "secret:WooCommerce"),
        # The template takes the write key from the stack's id.
        "AWS::StackId": arn("cloudformation", f"stack/perennial/{keys.write}"),
    }
    secrets = {
        "ServerKey": keys.server,
        "Shopify": keys.shopify_secret,
        "WooCommerce": keys.woocommerce_secret,
    }
    return load_template(path, parameters, secrets)


def sender(template: Template) -> str | None:
    """The address that mails come from, if any function sends."""
    senders = (each.environment.get("SENDER_EMAIL") for each in template.functions.values())
    return next((each for each in senders if each), None)
