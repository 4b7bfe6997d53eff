"""Requests nobody should send, as API Gateway hands them on: sound ones of all sources with something wrong, and noise.

Everything personal in them carries a marker, by which it is found again where it should not be.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from tests.end_to_end.vocabulary import (
    CALLS,
    DIGITS,
    ENCODINGS,
    KEYS,
    KNOWN_PATHS,
    MARKER,
    METHODS,
    NAMES,
    NO_NUMBERS,
    NUMBERS,
    OTHER_PATHS,
    PERSONAL,
    TOPICS,
    WORDS,
)

EVENTS = Path(__file__).parents[1] / "events"
Json = Any
Made = tuple[dict[str, Any], str]  # an event of API Gateway, or the text of a queue, and what kind it is


def marked(value: Json, field: str = "") -> Json:
    """A copy in which whatever is personal carries a marker."""
    if isinstance(value, dict):
        return {key: marked(each, key.lower()) for key, each in value.items()}
    if isinstance(value, list):
        return [marked(each, field) for each in value]
    if not isinstance(value, str) or not any(word in field for word in PERSONAL):
        return value
    return f"+{DIGITS}{len(value) % 10}" if "phone" in field else MARKER + value


def _bodies(source: str) -> list[Json]:
    return [marked(json.loads(path.read_text())) for path in sorted((EVENTS / source).glob("*.json"))]


BODIES = {source: _bodies(source) for source in ("shopify", "woocommerce", "segment", "ses")}


class Mutants:
    """An endless line of them; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def request(self) -> dict[str, Any]:
        """An event of API Gateway."""
        make = self._random.choices((self._webhook, self._client, self._noise), (5, 6, 2))[0]
        event = make()
        if self._chance(0.03):
            self._bend(event)
        return event

    def feedback(self) -> str:
        """What EventBridge or SNS puts on a queue: nobody else can, so it is bent and never noise."""
        event = self._mutated(self._pick(BODIES["ses"]))
        if self._chance(0.5) and isinstance(event, dict):
            event = {
                "Type": "Notification",
                "Message": dumped(event.get("detail")),
                "Timestamp": event.get("time"),
            }
        return dumped(event)

    def _webhook(self) -> dict[str, Any]:
        source = self._pick(("shopify", "woocommerce"))
        body = self._raw(self._mutated(self._someones(self._pick(BODIES[source]))))
        secret = KEYS[f"{source.upper()}_SECRET"] if self._chance(0.95) else MARKER
        signed = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
        names = {"shopify": ("x-shopify-topic", "x-shopify-hmac-sha256", "x-shopify-event-id")}
        topic, signature, delivery = names.get(
            source, ("x-wc-webhook-topic", "x-wc-webhook-signature", "x-wc-webhook-delivery-id")
        )
        headers = {
            topic: self._pick(TOPICS[source]),
            signature: signed,
            delivery: str(self._random.randrange(10**6)),
        }
        return gateway(f"/webhooks/{source}", self._headers(headers), body)

    def _client(self) -> dict[str, Any]:
        content = self._someones(self._pick(BODIES["segment"]))
        call = self._pick(CALLS)
        if call not in ("batch", "b", "import"):
            content = self._pick(content["batch"])
        key = self._pick(("browser-key", "server-key", "server-key", MARKER))
        basic = {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}
        headers = self._headers(basic if self._chance(0.9) else {"anonymousid": "!", "sentat": MARKER})
        event = gateway(f"/v1/{call}", headers, self._raw(self._mutated(content)))
        if self._chance(0.1):
            event["queryStringParameters"] = {"writeKey": key}
        return event

    def _noise(self) -> dict[str, Any]:
        path = self._pick((*KNOWN_PATHS, *OTHER_PATHS))
        method = self._pick(METHODS)
        body = self._pick(
            (b"", b"webhook_id=7", b"[" * 100_000, b"{}", b"null", MARKER.encode() + self._bytes(200))
        )
        return gateway(path, self._headers({"authorization": self._text()}), body, method=method)

    def _someones(self, content: Json) -> Json:
        """Told of one of a few hundred customers and devices, so that they meet and merge."""
        text = json.dumps(content)
        for known in (
            "7012345678901234567",
            "d1f0a3c2-visitor",
            "4d0f8c1e-visitor",
            "6128374650192837461",
            '"id": 83',
        ):
            prefix = '"id": ' if known.startswith('"') else "1" if known.isdigit() else "v"
            text = text.replace(known, f"{prefix}{self._random.randrange(300)}")
        text = text.replace("mira.okafor@", f"m{self._random.randrange(300)}@").replace(
            DIGITS, f"{DIGITS}{self._random.randrange(300)}"
        )
        return json.loads(text.replace('"messageId": "', f'"messageId": "{self._random.randrange(10**9)}'))

    def _mutated(self, content: Json) -> Json:
        """A copy with a few values, keys or places changed; one in five stays whole."""
        changed = json.loads(json.dumps(content))
        for _ in range(self._pick((0, 1, 1, 2, 5))):
            holder = self._holder(changed)
            if holder:
                self._pick((self._replace, self._replace, self._remove, self._add))(holder)
        return changed

    def _holder(self, content: Json) -> Json:
        """An object or list somewhere within; none is likelier for being shallow."""
        found, heap = [], [content]
        while heap:
            value = heap.pop()
            if isinstance(value, dict | list) and value:
                found.append(value)
                heap += value.values() if isinstance(value, dict) else value
        return self._pick(found) if found else None

    def _replace(self, holder: Json) -> None:
        holder[self._place(holder)] = self._value()

    def _remove(self, holder: Json) -> None:
        del holder[self._place(holder)]

    def _add(self, holder: Json) -> None:
        if isinstance(holder, dict):
            holder[self._pick((*NAMES, self._text()))] = self._value()
        else:
            holder.insert(0, self._value())

    def _place(self, holder: Json) -> Any:
        return self._pick(list(holder)) if isinstance(holder, dict) else self._random.randrange(len(holder))

    def _value(self, levels: int = 3) -> Json:
        if levels and self._chance(0.2):
            inside = [self._value(levels - 1) for _ in range(self._random.randrange(4))]
            return inside if self._chance(0.5) else {self._pick(NAMES): each for each in inside}
        return self._pick((None, self._pick(NUMBERS), self._pick(WORDS), self._text()))

    def _raw(self, content: Json) -> bytes:
        """As bytes, now and then hurt."""
        body = dumped(content).encode("utf-8", "surrogatepass")
        hurt: tuple[Callable[[bytes], bytes], ...] = (
            lambda whole: whole[: self._random.randrange(len(whole) + 1)],
            lambda whole: whole[: len(whole) // 2] + self._bytes(9) + whole[len(whole) // 2 :],
            lambda whole: whole.decode("utf-8", "replace").encode(self._pick(ENCODINGS), "replace"),
            lambda whole: whole[:-1] + b', "n": ' + self._pick(NO_NUMBERS) + b"}",
            lambda whole: gzip.compress(whole, 1)[: self._pick((-4, None))],
            lambda whole: gzip.compress(whole, 1),
        )
        return self._pick(hurt)(body) if self._chance(0.2) else body

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        given = dict(headers)
        if self._chance(0.1):
            given[self._pick((*given, "content-encoding", "content-type", self._text()))] = self._text()
        return given

    def _bend(self, event: dict[str, Any]) -> None:
        """What a gateway might leave out or say wrongly."""
        self._pick(
            (
                lambda: event.pop("body"),
                lambda: event.update(headers=None),
                lambda: event.update(isBase64Encoded=True, body=self._pick(WORDS)),
                lambda: event.update(isBase64Encoded=False, body=self._pick(WORDS)),
                lambda: event.update(queryStringParameters=None),
            )
        )()

    def _text(self) -> str:
        letters = (self._random.choice("ab \t\r\n\x00\u00fc\ud800\U0001f331%=:;,{}\"'<>") for _ in range(6))
        return MARKER + "".join(letters)

    def _bytes(self, most: int) -> bytes:
        return self._random.randbytes(self._random.randrange(most))

    def _pick(self, among: Any) -> Any:
        return self._random.choice(among)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share


def dumped(content: Json) -> str:
    return json.dumps(content, ensure_ascii=False)


def gateway(path: str, headers: Mapping[str, str], body: bytes, method: str = "POST") -> dict[str, Any]:
    """An event, payload format 2.0."""
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": dict(headers),
        "requestContext": {
            "http": {"method": method, "path": path},
            "stage": "$default",
            "domainName": "shop.example",
        },
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
