"""The vocabulary of requests nobody should send: addresses and topics, and values that have broken somebody before."""

from __future__ import annotations

KEYS = {
    "WRITE_KEY": "browser-key",
    "SERVER_KEY": "server-key",
    "SHOPIFY_SECRET": "shopify-secret",
    "WOOCOMMERCE_SECRET": "woocommerce-secret",
}
MARKER, DIGITS = "zqmarker", "43650999"  # in every name, address, note and body; in every phone number
PERSONAL = "mail name phone address1 address_1 city note title query evidence token".split()

_SHOPIFY = """
    orders/create orders/paid orders/updated orders/cancelled orders/delete orders/fulfilled customers/create
    customers/update customers/delete customers/redact customers/data_request checkouts/create carts/update
    products/update products/delete refunds/create shop/redact customers_email_marketing_consent/update
    customers_marketing_consent/update
"""
_WOOCOMMERCE = """
    order.created order.updated order.restored order.deleted customer.created customer.updated customer.deleted
    product.updated product.deleted product.restored coupon.created
"""
TOPICS = {
    "shopify": [*_SHOPIFY.split(), f"orders/{MARKER}", ""],
    "woocommerce": [*_WOOCOMMERCE.split(), MARKER, ""],
}
CALLS = "batch track identify page screen group alias b t i p s g a import".split()
KNOWN_PATHS = [*(f"/v1/{call}" for call in CALLS), "/webhooks/shopify", "/webhooks/woocommerce"]
OTHER_PATHS = [
    *"/ //v1//batch /v1/batch/ /v1/../webhooks/shopify /v1/%00 /V1/BATCH /webhooks /webhooks/sns /sourceConfig/".split(),
    *"/v1/m /v1/metrics /beacon/v1/batch /sourceConfig /v1/projects/browser-key/settings".split(),
    *(
        "",
        f"/v1/{MARKER}",
        f"/v1/projects/{MARKER}@shop.example/settings",
        "/v1/\ud800",
        "/\x00",
        "/" + "v1/" * 2_000,
    ),
]
METHODS = ["POST", "POST", "GET", "OPTIONS", "HEAD", "PUT", "DELETE", "", "post", MARKER]
NUMBERS = [0, -1, 1, 7, 2**31, 2**63, 10**39, 10**400, 0.1, -0.0, 1e308, 1e-308, True, False]
_WORDS = """
    null undefined 0 true -1 1e999 NaN {{7*7}} ${7} <script> javascript:alert(1) http://169.254.169.254/ //[ https://[
    USD usd \u20ac 12.90 -12.90 1,5 2026-02-30 2026-03-05T12:00:60Z 0001-01-01 9999-12-31T23:59:59+14:00
    0000-00-00T00:00:00 2026-03-05T11:00:00Z subscribed SUBSCRIBED redacted @ a@b Europe/Vienna ../../etc/passwd
    Etc/../UTC de-AT xx- AT
"""
WORDS = [
    *_WORDS.split(),
    *(
        "",
        " ",
        "\x00",
        "\ud800",
        "\u202e" + MARKER,
        "x" * 9_000,
        "9" * 5_000,
        "{% include 'x' %}",
        "Order Completed",
    ),
    *(f"{MARKER}\r\nBcc: a@shop.example", f"a@{MARKER}.example", f"{MARKER}@shop.example", f"{MARKER}@[::1]"),
    *(f"+{DIGITS}1", DIGITS),
]
NAMES = ["", "\ud800", *"__proto__ a.b $set id type batch userId email traits consent order".split()]
ENCODINGS = ["utf-16", "utf-8-sig", "latin-1", "utf-7"]
NO_NUMBERS = [b"NaN", b"1e999", b"-Infinity", b"9" * 5_000]
