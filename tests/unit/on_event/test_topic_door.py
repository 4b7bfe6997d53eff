"""SNS at the front door: one topic gets in, signed by AWS's certificate, and nothing is fetched for anybody else."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from on_event.certificates import RsaKey, is_signature, key_of
from on_event.envelope import open_envelope
from on_event.receive import build
from on_event.translate import translate
from perennial.adapters.memory import MemoryWorld
from tests.unit.on_event.sending import NOW, answer, fixture, request, world

TOPIC = "arn:aws:sns:eu-west-1:111122223333:mail-feedback"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1f2e3d4c.pem"
SUBSCRIBE = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t0ken"
PAYLOADS = Path(__file__).parents[3].parent / "shared" / "payloads" / "sns"
_LINES = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ),
}

Json = dict[str, Any]


@cache
def key() -> rsa.RSAPrivateKey:
    """AWS's, for these tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(private: Any = None) -> bytes:
    """A PEM file with the public half of it."""
    private = private or key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    builder = builder.serial_number(7).not_valid_before(start).not_valid_after(start + timedelta(days=900))
    return builder.sign(private, hashes.SHA256()).public_bytes(Encoding.PEM)


def signed(told: Json, version: str = "2") -> Json:
    """With the signature that SNS would put on it."""
    lines = "".join(f"{name}\n{told[name]}\n" for name in _LINES[told["Type"]] if name in told)
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()  # noqa: S303 - version 1 is SHA-1
    signature = key().sign(lines.encode(), padding.PKCS1v15(), digest)
    return told | {"SignatureVersion": version, "Signature": base64.b64encode(signature).decode()}


def notification(message: Any, **changed: str) -> Json:
    """One that says this."""
    told = {
        "Type": "Notification",
        "MessageId": "22b80b92-0001",
        "TopicArn": TOPIC,
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": "2026-03-05T11:59:58.123Z",
        "SigningCertURL": CERTIFICATE,
        "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
    }
    return told | changed


def confirmation(**changed: str) -> Json:
    """The question whether we want what the topic sends."""
    asked = notification("You have chosen to subscribe.", Type="SubscriptionConfirmation")
    return asked | {"Token": "t0ken", "SubscribeURL": SUBSCRIBE} | changed


def shop(**settings: str) -> MemoryWorld:
    """A shop with a topic, whose certificate lies where SNS keeps it."""
    found = world(**{"SNS_TOPIC": TOPIC} | settings)
    found.topic.certificates[CERTIFICATE] = certificate()
    return found


def posted(to: MemoryWorld, told: Mapping[str, Any] | bytes) -> int:
    """The status, as SNS gets it: it says text/plain."""
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    status, said = answer(
        to, request("/webhooks/sns", body, headers={"content-type": "text/plain; charset=UTF-8"})
    )
    assert status == 200 or (said["code"] and said["message"])
    return status


@pytest.mark.parametrize("version", ["1", "2"])
def test_mail_feedback_is_the_event_that_eventbridge_tells(version: str) -> None:
    """The same bounce by either way is the same event, so it counts once."""
    to, bounce = shop(), fixture("ses/bounce")["detail"]
    assert posted(to, signed(notification(bounce), version)) == 200
    [body] = to.signed_queue.bodies
    [by_topic] = translate(open_envelope(body, to.blobs)).events
    bridged = {"source": "aws.ses", "detail": bounce, "time": "2026-03-05T11:59:59Z"}
    [by_bridge] = translate(open_envelope(json.dumps(bridged), to.blobs)).events
    assert (by_topic.id, by_topic.name) == (by_bridge.id, by_bridge.name)
    assert by_topic.trusted and by_topic.properties == by_bridge.properties


def test_the_certificate_is_fetched_once() -> None:
    """However many notifications come, with or without a subject."""
    to = shop()
    handle = build(to)
    for subject in [{}, {"Subject": "Amazon SES"}, {}]:
        told = json.dumps(signed(notification({"a": "\u00f6"}, **subject)))
        assert handle(request("/webhooks/sns", told), None)["statusCode"] == 200
    assert to.topic.asked == [CERTIFICATE] and len(to.signed_queue.bodies) == 3


def test_a_subscription_is_confirmed_by_a_call_to_the_topic() -> None:
    """Its address is not opened, and nothing is queued."""
    to = shop()
    assert posted(to, signed(confirmation())) == 200
    assert to.topic.confirmed == [(TOPIC, "t0ken")]
    assert to.topic.asked == [CERTIFICATE] and not to.signed_queue.bodies


FOREIGN = [
    notification({}, SigningCertURL=url)
    for url in (
        "https://evil.example/SimpleNotificationService-1f2e3d4c.pem",
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
        "https://sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com/a.pem?b=.pem",
        "https://sns.eu-west-1.amazonaws.com/../a.pem",
        "https://sns.eu-west-1.amazonaws.com/a.pem\n",
        "https://sns.eu-west-1.amazonaws.com/a.crt",
        "http://169.254.169.254/latest/meta-data/a.pem",
        "",
    )
] + [
    notification({}, TopicArn="arn:aws:sns:eu-west-1:999999999999:mail-feedback"),
    confirmation(TopicArn="arn:aws:sns:eu-west-1:111122223333:another"),
    confirmation(SubscribeURL="http://169.254.169.254/latest/meta-data/"),
    confirmation(SubscribeURL="https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription"),
]


@pytest.mark.parametrize("told", FOREIGN, ids=lambda told: str(sorted(set(told.values()))[-2:])[:60])
def test_nothing_is_fetched_for_a_foreign_message(told: Json) -> None:
    """403, nothing kept, nothing confirmed, and not one request goes out: not even for a message that is signed well."""
    to = shop()
    assert posted(to, signed(told)) == 403
    assert (to.topic.asked, to.topic.confirmed, to.signed_queue.bodies) == ([], [], [])


@pytest.mark.parametrize(
    "broken",
    [
        signed(notification({"a": 1})) | {"Message": "{}"},
        signed(notification({"a": 1})) | {"SignatureVersion": "1"},
        signed(notification({"a": 1})) | {"SignatureVersion": "3"},
        signed(notification({"a": 1})) | {"Signature": "EXAMPLE"},
        signed(notification({"a": 1})) | {"Signature": "AAAA"},
        signed(notification({"a": 1})) | {"Type": "Surprise"},
        signed(confirmation()) | {"Token": "another"},
        {name: value for name, value in signed(confirmation()).items() if name != "Token"},
        notification({"a": 1}),
        {},
    ],
    ids=range(10),
)
def test_a_message_that_is_not_signed_well_leaves_nothing(broken: Json) -> None:
    """A changed text, another version, no signature at all."""
    to = shop()
    assert posted(to, broken) == 403
    assert not to.topic.confirmed and not to.signed_queue.bodies


@pytest.mark.parametrize("body", [b"", b"null", b"webhook_id=1", b"[" * 5000, b"\xff\xfe"])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    """400, as at every other door."""
    assert posted(shop(), body) == 400


def test_without_a_topic_nobody_gets_in() -> None:
    """An unset parameter opens no door."""
    to = world()
    to.topic.certificates[CERTIFICATE] = certificate()
    assert posted(to, signed(notification({"a": 1}))) == 403 and to.topic.asked == []


def test_a_certificate_that_cannot_be_read_is_asked_for_again() -> None:
    """SNS is told to come again, and nothing is kept until then."""
    to = shop()
    held = to.topic.certificates.pop(CERTIFICATE)
    told = signed(notification({"a": 1}))
    assert posted(to, told) == 503
    to.topic.certificates[CERTIFICATE] = b"<html>"
    assert posted(to, told) == 503 and not to.signed_queue.bodies
    to.topic.certificates[CERTIFICATE] = held
    assert posted(to, told) == 200 and len(to.signed_queue.bodies) == 1


@pytest.mark.parametrize(
    "file",
    [b"", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", b"\xff", certificate()[:400]],
)
def test_a_broken_certificate_is_an_error_of_value(file: bytes) -> None:
    """Whatever an address answers with."""
    with pytest.raises(ValueError, match="no certificate"):
        key_of(file)


def test_only_rsa_keys_of_a_usual_size_are_taken() -> None:
    """Neither another kind of key nor a short one."""
    for private in (
        ec.generate_private_key(ec.SECP256R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=1024),  # noqa: S505 - that is the point
    ):
        with pytest.raises(ValueError, match="RSA"):
            key_of(certificate(private))


def test_a_signature_is_compared_as_a_whole() -> None:
    """Neither a number beyond the modulus nor the right digest behind a short padding is one."""
    found = key_of(certificate())
    good = key().sign(b"text", padding.PKCS1v15(), hashes.SHA256())
    assert is_signature(found, good, b"text", "sha256")
    assert not is_signature(found, good, b"texts", "sha256") and not is_signature(
        found, good, b"text", "sha1"
    )
    assert not is_signature(found, b"\x00" + good, b"text", "sha256")
    assert not is_signature(found, b"\xff" * 256, b"text", "sha256")
    assert not is_signature(RsaKey(found.modulus, 3), good, b"text", "sha256")


@pytest.mark.skipif(not PAYLOADS.is_dir(), reason="no payloads beside the repository")
def test_real_messages_get_in_once_signed() -> None:
    """Those of AWS's documentation, signed with our key: feedback is kept, the subscription confirmed."""
    for file in sorted(PAYLOADS.glob("https_*.json")):
        told = json.loads(file.read_text())
        to = world(SNS_TOPIC=told["TopicArn"])
        to.topic.certificates[told["SigningCertURL"]] = certificate()
        assert posted(to, told) == 403, file.name
        assert posted(to, signed(told, "1")) == 200, file.name
        assert len(to.signed_queue.bodies) + len(to.topic.confirmed) == 1


def test_the_time_of_receipt_is_the_topics() -> None:
    """What was sent before a customer was erased must be known as such."""
    to = shop()
    posted(to, signed(notification(fixture("ses/bounce")["detail"])))
    assert NOW - open_envelope(to.signed_queue.bodies[0], to.blobs).received_at < timedelta(seconds=2)
