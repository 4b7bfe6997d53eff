"""The keys that senders use with the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_VARIABLES = {
    "write": "PERENNIAL_WRITE_KEY",
    "server": "PERENNIAL_SERVER_KEY",
    "shopify_secret": "PERENNIAL_SHOPIFY_SECRET",
    "shopify_domain": "PERENNIAL_SHOPIFY_DOMAIN",
    "woocommerce_secret": "PERENNIAL_WOOCOMMERCE_SECRET",
    "sns_topic": "PERENNIAL_SNS_TOPIC",
}


class Keys(NamedTuple):
    """No secrets: they open a cloud that listens on this machine only. `shopify_domain` empty: any. `sns_topic`: an ARN."""

    write: str = "local"
    server: str = "local-server"
    shopify_secret: str = "shopify-local-secret"
    shopify_domain: str = ""
    woocommerce_secret: str = "woocommerce-local-secret"
    sns_topic: str = ""

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Keys:
        """Those that the environment sets, the others as they are."""
        return cls(
            **{name: environ[variable] for name, variable in _VARIABLES.items() if environ.get(variable)}
        )
