"""Bodies as they are stored: compact JSON, compressed where that makes them smaller."""

from __future__ import annotations

import json
from typing import Any
from zlib import adler32

import orjson
from zlib_ng import zlib_ng

_ZLIB = 0x78  # the first byte of every zlib stream; JSON text of an object begins with "{"
_BLANK = 0x20
_SHORT = 200  # bytes of text that stay as they are, for whoever looks at the table
_LEVEL = 6  # of zlib-ng: smaller than the standard library's 6, in two thirds of the time
# What nearly every document says, most common last: a fifth less to store, and a write unit less for most of them. Neither
# dictionary ever changes, or what is stored could not be read; a stream names its own, so another one may be added here.
_CAMPAIGNS = (
    b'"opt_in":1,"subscribed_at":"2026-","source":"shopify","products":["8"],"last_order":"","last_order_at":"2026-","usual_days":'
    b'"silent_days":"chance_within_30_days":0.,"chance_lost":0.,"token":"","changed_at":"2026-","pieces":1,"total":{"amount":'
    b'"currency":"USD"},"offer":{"coupon":"","code":"","expires_at":"2026-","minimum_spend":"gift":"","text":"'
    b'"cart_changes":[{"id":"","at":"2026-","product_id":"8","quantity":1,"price":"currency":"USD","cart_id":"'
    b'"segments":{"":{"inside":true,"since":"2026-"}},"engagement":{"email":{"clicked_at":"2026-T00:00:00.000Z"}},'
    b'"happened":{"readings":[{"at":"2026-","path":"/","title":""}],"device-","order":[""],"phone":["+49"]},"evidence":"customers/create/'
    b'"unsubscribed","at":"2026-","reason":"exited_by","status":"skipped","reason":"no_consent",'
    b'{"cart":{"":{"key":"","since":"2026-","moment":"2026-","entered_at":"2026-","variant":"plain","step":"related","state":"waiting",'
    b'"winback":{"":{"key":"","step":"hello","replenishment":{"8":{"key":"8:2026-","since":"2026-T23:59:59.999Z","moment":"2026-T12:'
    b'"entered_at":"2026-","variant":"plain","step":"incentive","state":"ended","facts":{"products":["8"],"last_bought":"2026-",'
    b'"times_bought":1,"usual_days":3,"expected_at":"2026-","days_passed":2,"chance_within_14_days":0.},"first_sent_at":"2026-'
    b'"welcome":{"":{"key":"1","since":"2026-","moment":"2026-","step":"story","facts":{"channel":"email",'
    b'"browse":{"":{"key":"2026-","since":"2026-","moment":"2026-T18:01:00.000Z","entered_at":"2026-T19:01:00.000Z","variant":"plain",'
    b'"step":"reminder","state":"ended","facts":{"visit":"2026-","last_view":"2026-","products":["8"],"categories":[],"searches":[],'
    b'"pages":[]},"first_sent_at":"2026-","settled_at":"2026-","outcome":"sent","reason":"completed","awaits":{"step":"","at":"2026-"},"turns":{}'
)
_HISTORY = (
    b'"quantity":1,"price":"variant_id":"43{"product_id":"8","at":"2026-T16:00:00.000Z","id":""},{"status":"paid","total":,'
    b'"currency":"USD","trusted":true,"lines":[{"placed_at":"2026-","updated_at":"2026-"entered_at":"variant":"plain",'
    b'"step":"reminder","state":"ended","facts":{"visit":"","last_view":"first_sent_at":"settled_at":"outcome":"sent",'
    b'"reason":"","moment":"","since":"","key":""campaign":"browse","subject":"","channel":"email","status":"sent",'
    b'"marketing":true,'
)
_CUSTOMER = (
    b'{"schema":1,"id":"c","version":,"wake_at":"2026-"identities":{"store":[""],'
    b'"email":[""],"anonymous":[""]},"traits":{"first_name":"","last_name":"","email":"","phone":"","locale":"",'
    b'"country":"","timezone":""},"told":{"first_name":"1 2026-","last_name":"1 2026-","consent":{"email":{"state":'
    b'"subscribed","at":"2026-","source":"shopify"},"sms":{"state":"not_subscribed","suppressed":{},"cart":null,"views":[],'
    b'"orders":[],"closed":null,"products":{},"seen":{"customer_created":"","order_completed":"","order_paid":"",'
    b'"product_viewed":"","message_sent":"},"enrollments":{},"outbox":{},"settled":[],"ids":{},"floor":"","refold":false,'
    b'"lifecycle":{"stage":{"name":"development","since":"","previous":"","fact":"ordered for the first time"},"rfm":'
    b'{"recency":,"frequency":,"monetary":,"group":""tier":{"name":"","since":"","previous":"","spent":"changes":{"email":'
    b'{"words":{'
)
_COMMON = _CAMPAIGNS + _HISTORY + _CUSTOMER
# What bodies were compressed with until 28 November 2026; they are read with it until their next put.
_EARLIER = _HISTORY + b'"provider_id":"01020' + _CUSTOMER
_BY_NAME = {adler32(each).to_bytes(4, "big"): each for each in (_COMMON, _EARLIER)}


def pack(body: object) -> bytes:
    """Bytes of a JSON object whose numbers are finite; what `unpack` gives back is equal to it."""
    text = _text(body)
    if len(text) < _SHORT:
        return text
    packer = zlib_ng.compressobj(_LEVEL, zdict=_COMMON)
    compressed = packer.compress(text) + packer.flush()
    return compressed if len(compressed) < len(text) else text


def unpack(data: bytes) -> Any:
    """The JSON object of `pack`."""
    text = _decompressed(data) if data[0] == _ZLIB else data
    return orjson.loads(text) if text[0] != _BLANK else json.loads(text)


def _decompressed(stream: bytes) -> bytes:
    """By the dictionary that it names; one without a name needs none, whatever stands there."""
    dictionary = _BY_NAME.get(stream[2:6], _COMMON)
    plain: bytes = zlib_ng.decompressobj(zdict=dictionary).decompress(stream)
    return plain


def _text(body: object) -> bytes:
    """What strict JSON has no place for (half a surrogate pair of a real name, an endless number) begins with a blank."""
    try:
        return orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS)  # kinds and names are keys, too
    except TypeError:
        loose = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        return b" " + loose.encode("utf-8", "surrogatepass")
