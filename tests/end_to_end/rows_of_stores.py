"""The rows of the forty that concern what stores and AWS sign."""

from __future__ import annotations

import json

from tests.end_to_end.hostile import NOTHING, Left, Row, Sent, as_bytes, order, shopify, woocommerce
from tests.end_to_end.storefront import signature

ORDER = as_bytes(order())
LATER = "2026-11-02T13:00:00Z"
ONE_ORDER = Left("7", ("order_completed",), orders=1)
FORBIDDEN = {"code": "woocommerce_rest_cannot_view", "message": "Sorry.", "data": {"status": 403}}
PING = {"content-type": "application/x-www-form-urlencoded"}
FOREIGN_NOTICE = {
    "Type": "Notification",
    "TopicArn": "arn:aws:sns:eu-west-1:999999999999:theirs",
    "Message": '{"eventType": "Complaint"}',
    "Signature": "AAAA",
    "SigningCertURL": "https://certificates.example/theirs.pem",
}
FOREIGN_INVITATION = FOREIGN_NOTICE | {
    "Type": "SubscriptionConfirmation",
    "SubscribeURL": "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
}


def unsigned(header: str) -> Row:
    return Row(2, f"a signature of {header!r}", (shopify(ORDER, signed=header),), 401)


ROWS = (
    Row(1, "signed with another secret", (shopify(ORDER, signed=signature(ORDER, b"another")),), 401),
    Row(2, "no signature", (Sent("/webhooks/shopify", {"x-shopify-topic": "orders/create"}, ORDER),), 401),
    *map(unsigned, ("", "no base64!", "\u00fc\u20ac", signature(ORDER)[:-1])),
    Row(3, "hex for base64", (shopify(ORDER, signed="9f" * 32),), 401),
    Row(
        4,
        "indented by a proxy",
        (shopify(json.dumps(order(), indent=2).encode(), signed=signature(ORDER)),),
        401,
    ),
    Row(5, "the same delivery three times", (shopify(ORDER),) * 3, 200, ONE_ORDER),
    Row(6, "another shop's", (shopify(ORDER, shopify_shop_domain="theirs.myshopify.com"),), 401),
    Row(
        7,
        "one event by two webhooks",
        (shopify(ORDER, shopify_webhook_id="w-1"), shopify(ORDER, shopify_webhook_id="w-2")),
        200,
        ONE_ORDER,
    ),
    Row(
        8,
        "an older state after the newer one",
        (
            shopify(order(updated_at=LATER, total_price="25.00"), "orders/updated"),
            shopify(order(total_price="10.00"), "orders/updated", shopify_event_id="event-2"),
        ),
        200,
        Left("7", ("order_updated",) * 2, orders=1, holds={"document.orders.0.total": 2500}),
    ),
    Row(
        9,
        "an unknown topic",
        (shopify(ORDER, "orders/teleported"),),
        200,
        Left(letters=("orders/teleported",)),
    ),
    Row(10, "WooCommerce's ping", (Sent("/webhooks/woocommerce", PING, b"webhook_id=7"),), 200, NOTHING),
    Row(
        11,
        "WooCommerce's error",
        (woocommerce(FORBIDDEN),),
        200,
        Left(letters=("woocommerce_rest_cannot_view",)),
    ),
    # A signed body is answered 200 whatever is in it, for a shop that gets errors drops its webhooks: it waits among the
    # dead letters. Refused is only what carries nothing, or too much.
    Row(12, "signed XML", (shopify(b"<order/>"),), 200, Left(letters=("not valid JSON",))),
    Row(14, "signed, and empty", (shopify(b""),), 400),
    Row(14, "signed, and null", (shopify(b"null"),), 200, Left(letters=("one JSON object",))),
    Row(18, "a webhook of more than 5 MiB", (shopify(b" " * (5 * 1024 * 1024) + ORDER),), 413),
    Row(21, "a signed abyss", (shopify(b"[" * 100_000),), 200, Left(letters=("nested deeper",))),
    # No request goes out for either: sockets are closed in this test.
    *(
        Row(
            40,
            f"SNS: {each['Type']}",
            (Sent("/webhooks/sns", {"x-amz-sns-message-type": each["Type"]}, as_bytes(each)),),
            403,
        )
        for each in (FOREIGN_NOTICE, FOREIGN_INVITATION)
    ),
)
