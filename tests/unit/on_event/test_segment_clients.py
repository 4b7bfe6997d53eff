"""What each client of the Segment API does beside sending: addresses, keys, preflights, and what it reads at its start."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from infra.desk.gateway import find
from infra.desk.template import load_template
from on_event.receive import build
from perennial.errors import QueueRefused
from tests.unit.on_event.sending import answer, basic, call, fixture, queued, request, track, world

VIEW = track("Product Viewed", {"product_id": "p-1"})
PAGE = {"type": "page", "anonymousId": "a"}
TYPES = {
    "identify": {"userId": "u-1"},
    "track": {"anonymousId": "a", "event": "Seen"},
    "page": {"anonymousId": "a"},
    "screen": {"anonymousId": "a"},
    "group": {"userId": "u-1", "groupId": "g-1"},
    "alias": {"userId": "u-1", "previousId": "a"},
}
BATCHES = ("/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch")
POSTS = (*BATCHES, *(f"/v1/{each}" for kind in TYPES for each in (kind, kind[0])), "/v1/m")
FUNCTIONS = tuple(load_template().functions.values())
READS = ("/v1/projects/browser-key/settings", "/sourceConfig", "/sourceConfig/")


def whole(event: dict[str, Any]) -> dict[str, Any]:
    """The answer with its headers, of a shop of its own."""
    given: dict[str, Any] = build(world())(event, None)
    return given


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("short", [False, True])
def test_single_calls_by_their_long_and_short_paths(kind: str, short: bool) -> None:
    """The path says of which type a call is; it is kept as that."""
    shop = world()
    path = f"/v1/{kind[0] if short else kind}"
    assert answer(shop, call(path, TYPES[kind]))[1]["accepted"] == 1
    [envelope] = queued(shop, trusted=False)
    assert json.loads(envelope.body)["batch"] == [{**TYPES[kind], "type": kind}]


@pytest.mark.parametrize("path", BATCHES)
def test_batches_by_all_their_paths(path: str) -> None:
    """Batch, its short form, import, and where RudderStack's beacons go."""
    calls = [{"type": kind, **fields} for kind, fields in TYPES.items()]
    assert answer(world(), call(path, {"batch": calls}))[1]["accepted"] == len(TYPES)


@pytest.mark.parametrize("path", [*POSTS, *READS])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_every_path_leads_here(method: str, path: str) -> None:
    """The gateway hands each of them on, whatever its method, so that the answers here are the ones clients get."""
    match = find(FUNCTIONS, method, path)
    assert match and match.function.module == "on_event.receive"


@pytest.mark.parametrize("body", ['{"series": []}', "", "no JSON"])
def test_metrics_are_dropped(body: str) -> None:
    """Clients report on themselves, without a key: 200, and nothing is kept."""
    shop = world()
    assert answer(shop, request("/v1/m", body)) == (200, {"success": True})
    assert not shop.browser_queue.bodies and not shop.signed_queue.bodies


@pytest.mark.parametrize("path", [*POSTS, *READS])
def test_every_path_answers_a_preflight_without_a_key(path: str) -> None:
    """With any origin, and every header that a client was seen to send."""
    given = whole(request(path, None, method="OPTIONS"))
    allowed = given["headers"]["access-control-allow-headers"].lower().split(", ")
    sent = (
        "authorization content-type anonymousid sentat x-retry-count rsa-recovered rsa-retry-attempt".split()
    )
    later = "rsa-since-last-attempt rsa-since-first-attempt rsa-retry-reason".split()
    assert {*sent, *later} <= set(allowed)
    assert (given["statusCode"], given["headers"]["access-control-allow-origin"]) == (204, "*")
    assert {"GET", "POST"} <= set(given["headers"]["access-control-allow-methods"].split(", "))


@pytest.mark.parametrize(
    ("method", "path"),
    [*(("GET", path) for path in POSTS), *(("POST", path) for path in READS), ("PUT", "/v1/t")],
)
def test_other_methods(method: str, path: str) -> None:
    """405 with code and message, for browsers too."""
    given = whole(request(path, None, method=method, headers=basic("browser-key")))
    said = json.loads(given["body"])
    assert (given["statusCode"], said["code"], bool(said["message"])) == (405, "method_not_allowed", True)
    assert given["headers"]["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/v1/merge", "/v1/", "/v1/projects//settings", "/v1/projects/a/b", "/sourceConfigs"]
)
def test_unknown_paths(path: str) -> None:
    """404 with code and message."""
    given = whole(request(path, "{}", headers=basic("browser-key")))
    assert (given["statusCode"], json.loads(given["body"])["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("host", "scheme"),
    [("api.garden.example", "https"), ("127.0.0.1:8787", "http"), ("localhost:8787", "http")],
)
def test_settings_of_analytics_js(host: str, scheme: str) -> None:
    """One destination: the address that was asked, with the key that asked; and no reports to anybody else."""
    event = request("/v1/projects/browser-key/settings", None, method="GET")
    event["requestContext"]["domainName"] = host
    status, said = answer(world(), event)
    assert status == 200
    assert said["integrations"] == {
        "Segment.io": {"apiKey": "browser-key", "apiHost": f"{host}/v1", "protocol": scheme}
    }
    assert said["metrics"]["sampleRate"] == 0


@pytest.mark.parametrize("path", ["/sourceConfig", "/sourceConfig/"])
@pytest.mark.parametrize("in_header", [True, False])
def test_source_config_of_rudderstack(path: str, in_header: bool, caplog: pytest.LogCaptureFixture) -> None:
    """What its browser client insists on: an id, a config, a list of destinations, and enabled."""
    event = request(path, None, method="GET", headers=basic("browser-key") if in_header else {})
    event["queryStringParameters"] = {"p": "npm", "v": "3.34.1", "writeKey": "browser-key"}
    status, said = answer(world(), event)
    source = said["source"]
    assert status == 200
    assert source["id"] and source["enabled"] is True and source["destinations"] == []
    assert source["config"]["statsCollection"]["errors"]["enabled"] is False
    assert not caplog.records, "the public key belongs into this address"


@pytest.mark.parametrize("key", ["server-key", "wrong", ""])
def test_only_the_public_key_is_configured(key: str) -> None:
    """A server's key in a browser is a mistake that must be seen at once."""
    assert answer(world(), request(f"/v1/projects/{key or 'x'}/settings", None, method="GET"))[0] == 401
    assert answer(world(), request("/sourceConfig", None, method="GET", headers=basic(key)))[0] == 401
    assert (
        answer(world(WRITE_KEY=""), request("/sourceConfig", None, method="GET", headers=basic(key)))[0]
        == 401
    )


def test_a_probe_for_blockers_needs_no_key() -> None:
    """RudderStack's asks with HEAD whether its host can be reached."""
    assert whole(request("/sourceConfig/", None, method="HEAD"))["statusCode"] == 204


def test_a_beacon_has_its_key_in_the_address(caplog: pytest.LogCaptureFixture) -> None:
    """It is taken, and the log warns of it without the key."""
    shop = world()
    event = request("/beacon/v1/batch", json.dumps({"batch": [VIEW]}), headers={"content-type": "text/plain"})
    event["queryStringParameters"] = {"writeKey": "browser-key"}
    assert answer(shop, event)[1]["accepted"] == 1
    [warning] = [each for each in caplog.records if each.levelname == "WARNING"]
    assert "browser-key" not in str(vars(warning))
    event["queryStringParameters"] = {"writeKey": "wrong"}
    assert answer(shop, event)[0] == 401
    assert not any("wrong" in str(vars(each)) for each in caplog.records)


def test_a_header_goes_before_the_address() -> None:
    """A wrong key in the header is not mended by a right one elsewhere."""
    event = request("/v1/batch", json.dumps({"batch": [VIEW]}), headers=basic("wrong"))
    event["queryStringParameters"] = {"writeKey": "browser-key"}
    assert answer(world(), event)[0] == 401


def test_a_browser_visit_with_the_key_in_its_body() -> None:
    """As analytics.js sends it, without a header."""
    shop = world()
    assert answer(shop, request("/v1/b", json.dumps(fixture("segment/browser_visit"))))[1]["accepted"] == 7
    assert b"browser-key" not in queued(shop, trusted=False)[0].body


def test_the_key_in_each_call() -> None:
    """The first call's key is the batch's; a call of another key is not lifted to what that one may do."""
    shop = world()
    calls = [VIEW | {"writeKey": "server-key"}, VIEW | {"writeKey": "browser-key"}, VIEW]
    status, said = answer(shop, request("/v1/batch", json.dumps({"batch": calls})))
    assert (status, said["accepted"]) == (200, 2)
    assert [(each["index"], each["code"]) for each in said["rejected"]] == [(1, "bad_write_key")]
    assert b"-key" not in queued(shop, trusted=True)[0].body


@pytest.mark.parametrize("calls", [[], [5], [{"writeKey": None}], [{"writeKey": ["browser-key"]}], [VIEW]])
def test_no_key_anywhere(calls: list[Any]) -> None:
    """401 with code and message."""
    status, said = answer(world(), request("/v1/batch", json.dumps({"batch": calls})))
    assert (status, said["code"]) == (401, "bad_write_key")


def test_the_device_in_a_header() -> None:
    """RudderStack's AnonymousId header names the device of a call that names nobody; a call's own ids go first."""
    shop = world()
    headers = {**basic("browser-key"), "AnonymousId": base64.b64encode(b"device-1").decode()}
    calls = [{"type": "page"}, {"type": "page", "anonymousId": "device-2"}, {"type": "page", "userId": "u-1"}]
    assert (
        answer(shop, request("/v1/batch", json.dumps({"batch": calls}), headers=headers))[1]["accepted"] == 3
    )
    kept = json.loads(queued(shop, trusted=False)[0].body)["batch"]
    assert [each.get("anonymousId") for each in kept] == ["device-1", "device-2", None]


@pytest.mark.parametrize("header", ["###", "/w==", ""])
def test_a_device_header_nobody_can_read(header: str) -> None:
    """It names nobody, and costs no other call anything."""
    headers = {**basic("browser-key"), "AnonymousId": header}
    body = json.dumps({"batch": [{"type": "page"}, PAGE]})
    status, said = answer(world(), request("/v1/batch", body, headers=headers))
    assert (status, said["accepted"], said["rejected"][0]["code"]) == (200, 1, "no_identity")


def test_the_time_of_sending_in_a_header() -> None:
    """Kept for the calls where the body does not tell it."""
    shop = world()
    headers = {**basic("browser-key"), "SentAt": "2026-03-05T12:00:00Z"}
    for body in (VIEW, VIEW | {"sentAt": "2026-03-05T11:00:00Z"}):
        answer(shop, request("/v1/track", json.dumps(body), headers=headers))
    first, second = (json.loads(each.body) for each in queued(shop, trusted=False))
    assert first["sentAt"] == "2026-03-05T12:00:00Z"
    assert "sentAt" not in second and second["batch"][0]["sentAt"] == "2026-03-05T11:00:00Z"


@pytest.mark.parametrize(("throttled", "status"), [(True, 429), (False, 503)])
def test_a_queue_that_refuses(throttled: bool, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """429 when it was asked too often, else 503; both say when to come again, in a header that browsers may read."""
    shop = world()

    def refuse(bodies: Any, *, reason: str | None = None) -> None:
        raise QueueRefused([0], throttled=throttled)

    monkeypatch.setattr(shop.browser_queue, "put", refuse)
    given = build(shop)(call("/v1/batch", {"batch": [VIEW]}), None)
    said = json.loads(given["body"])
    assert (given["statusCode"], bool(said["code"]), bool(said["message"])) == (status, True, True)
    assert int(given["headers"]["retry-after"]) > 0
    assert "Retry-After" in given["headers"]["access-control-expose-headers"]
