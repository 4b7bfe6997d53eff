"""The door for WooCommerce: is this webhook signed by our shop?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from on_event.envelope import Envelope
from on_event.signatures import check_size, is_signed, trusted, unsigned
from on_event.web import Request

_SIGNATURE = "x-wc-webhook-signature"
# Our name of a header -> the sender's: what translation needs to know beside the body.
_HEADERS: Mapping[str, str] = {
    "topic": "x-wc-webhook-topic",
    "resource": "x-wc-webhook-resource",
    "event": "x-wc-webhook-event",
    "source": "x-wc-webhook-source",
    "delivery_id": "x-wc-webhook-delivery-id",
}
_PING = re.compile(rb"webhook_id=[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class WooCommerceDoor:
    """secrets: any of them may have signed; none: nobody is let in."""

    secrets: tuple[bytes, ...]

    def admit(self, request: Request, received_at: datetime) -> Envelope | None:
        """The webhook, to be trusted; BadRequest 401 unless our shop signed it, 413 or 400 for its size.

        None for the ping that WooCommerce sends when a webhook is made: unsigned, so it is answered and means nothing.
        """
        check_size(request)
        if self.secrets and _SIGNATURE not in request.headers and _PING.fullmatch(request.body.strip()):
            return None
        if not is_signed(request.body, request.headers.get(_SIGNATURE, ""), self.secrets):
            raise unsigned()
        return trusted("woocommerce", request, _HEADERS, received_at)
