"""The signed addresses of one message: what its links may do, for whom, and out of which message."""

from __future__ import annotations

from perennial.messaging.dispatch import Due
from perennial.messaging.tokens import Purpose, Tokens, url_of
from perennial.rendering.names import Links


def signed_links(tokens: Tokens, public_url: str, due: Due, channel: str, *, asks: bool) -> Links:
    """All links that the message may print; they never expire. asks: it asks for a confirmation, and may print that link."""

    def url(purpose: Purpose) -> str:
        return url_of(public_url, purpose, tokens.sign(purpose, due.customer_id, channel, due.message_id))

    return Links(
        unsubscribe=url(Purpose.UNSUBSCRIBE),
        confirm=url(Purpose.CONFIRM) if asks else None,
        preferences=url(Purpose.PREFERENCES),
        view_in_browser=url(Purpose.VIEW),
        feedback=url(Purpose.FEEDBACK),
    )
