"""The door for Shopify: is this webhook signed by our shop?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from on_event.envelope import Envelope
from on_event.signatures import check_size, is_signed, trusted, unsigned
from on_event.web import Request

# Our name of a header -> the sender's: what translation needs to know beside the body.
_HEADERS: Mapping[str, str] = {
    "topic": "x-shopify-topic",
    "shop": "x-shopify-shop-domain",
    "event_id": "x-shopify-event-id",
    "webhook_id": "x-shopify-webhook-id",
    "triggered_at": "x-shopify-triggered-at",
}


@dataclass(frozen=True, slots=True)
class ShopifyDoor:
    """secrets: any of them may have signed; none: nobody is let in. domain: the only shop let in, "" for any.

    The signature does not cover the headers: without `domain` any shop of the same app could send here.
    """

    secrets: tuple[bytes, ...]
    domain: str

    def admit(self, request: Request, received_at: datetime) -> Envelope:
        """The webhook, to be trusted; BadRequest 401 unless our shop signed it, 413 or 400 for its size."""
        check_size(request)
        if not self._is_signed(request) or not self._is_ours(request):
            raise unsigned()
        return trusted("shopify", request, _HEADERS, received_at)

    def _is_signed(self, request: Request) -> bool:
        return is_signed(request.body, request.headers.get("x-shopify-hmac-sha256", ""), self.secrets)

    def _is_ours(self, request: Request) -> bool:
        return (
            not self.domain or request.headers.get("x-shopify-shop-domain", "").lower() == self.domain.lower()
        )
