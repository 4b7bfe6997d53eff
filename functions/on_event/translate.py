"""From an envelope to canonical events: one translator for each source."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from on_event import form, page_event, ses, sms, unsubscribe
from on_event.envelope import Envelope
from on_event.segment import translate as segment
from on_event.shopify import translate as shopify
from on_event.translation import Rejection, Translation
from on_event.woocommerce import translate as woocommerce
from perennial.errors import Unintelligible

__all__ = ["Rejection", "Translation", "translate"]

Translator = Callable[[Envelope, str | None], Translation]

TRANSLATORS: Mapping[str, Translator] = {
    "shopify": shopify.translate,
    "woocommerce": woocommerce.translate,
    "segment": segment.translate,
    "ses": ses.translate,
    sms.SOURCE: sms.translate,
    unsubscribe.SOURCE: unsubscribe.translate,
    form.SOURCE: form.translate,
    page_event.SOURCE: page_event.translate,
}


def translate(envelope: Envelope, currency: str | None = None) -> Translation:
    """What the envelope says; Unintelligible when no part of it can be understood.

    currency: the shop's, for prices told without one (Shopify's products); without it they are left out.
    """
    translator = TRANSLATORS.get(envelope.source)
    if translator is None:
        raise Unintelligible(f"There is no translation for the source {envelope.source!r}.")
    return translator(envelope, currency)
