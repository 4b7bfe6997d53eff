"""How stores and Segment's clients prove who they are, for everything here that speaks as they do."""

from __future__ import annotations

import base64
import hashlib
import hmac


def shopify(topic: str, shop: str, raw: bytes, secret: str, event_id: str = "") -> dict[str, str]:
    """Headers of a Shopify webhook. event_id: by topic and body if none is given, so the same told twice is one event."""
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    return {
        "x-shopify-topic": topic,
        "x-shopify-shop-domain": shop,
        "x-shopify-event-id": event_id or hashlib.sha256(topic.encode() + raw).hexdigest()[:32],
        "x-shopify-hmac-sha256": base64.b64encode(signature).decode(),
    }


def basic(key: str) -> dict[str, str]:
    """The header of a Segment client with this key."""
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}
