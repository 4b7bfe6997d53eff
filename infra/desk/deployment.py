"""template.yaml as it is deployed on the desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.desk.intrinsics import REGION, arn
from infra.desk.keys import Keys
from infra.desk.stack import Template
from infra.desk.template import load_template

PUSH_APPLICATION = "shop"  # of the shop's app, for each platform


def deployed(path: Path, keys: Keys, url: str) -> Template:
    """Sending is live, and links lead back to `url`. ValueError for a write key with a slash."""
    if "/" in keys.write:
        raise ValueError("A write key has no slash in it.")
    parameters = {
        "SendMode": "live",
        "PublicUrl": url,
        "ShopifySecretArn": arn("secretsmanager", "secret:Shopify"),
        "ShopifyDomain": keys.shopify_domain,
        "FeedbackTopicArn": keys.sns_topic,
        "PushAppleArn": arn("sns", f"app/APNS/{PUSH_APPLICATION}"),
        "PushGoogleArn": arn("sns", f"app/GCM/{PUSH_APPLICATION}"),
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


def create_push_applications(clients: Callable[..., Any]) -> None:
    """What a shop with an app has set up by hand: the stack only knows their ARNs."""
    sns = clients("sns", region_name=REGION)
    for platform in ("APNS", "GCM"):
        sns.create_platform_application(Name=PUSH_APPLICATION, Platform=platform, Attributes={})


def sender(template: Template) -> str | None:
    """The address that mails come from, if any function sends."""
    senders = (each.environment.get("SENDER_EMAIL") for each in template.functions.values())
    return next((each for each in senders if each), None)
