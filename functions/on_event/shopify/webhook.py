"""The door for Shopify: is this webhook signed by our shop?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from on_event.envelope import Envelope
from on_event.signatures import is_signed
from on_event.web import BadRequest, Request

LARGEST = 5 * 1024 * 1024
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
        if len(request.body) > LARGEST:
            raise BadRequest(413, "too_large", f"A webhook has at most {LARGEST} bytes.")
        if not self._is_signed(request) or not self._is_ours(request):
            raise BadRequest(401, "bad_signature", "The webhook is not signed with this shop's secret.")
        if not request.body:
            raise BadRequest(400, "no_body", "The webhook has no body.")
        given = {ours: request.headers.get(theirs, "")[:200] for ours, theirs in _HEADERS.items()}
        headers = {name: value for name, value in given.items() if value}
        return Envelope(
            source="shopify", received_at=received_at, trusted=True, body=request.body, headers=headers
        )

    def _is_signed(self, request: Request) -> bool:
        return is_signed(request.body, request.headers.get("x-shopify-hmac-sha256", ""), self.secrets)

    def _is_ours(self, request: Request) -> bool:
        return (
            not self.domain or request.headers.get("x-shopify-shop-domain", "").lower() == self.domain.lower()
        )
