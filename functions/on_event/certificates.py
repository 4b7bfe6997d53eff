"""RSA signatures by the key of a certificate, with the standard library alone.

Only what checking one signature takes: the key out of the certificate, and PKCS #1 v1.5 over SHA-1 or SHA-256. Whether the
certificate may be believed is the caller's affair.
"""

from __future__ import annotations

import hashlib
import hmac
import ssl
from typing import NamedTuple

_SEQUENCE, _INTEGER, _BITS, _VERSION = 0x30, 0x02, 0x03, 0xA0
_BEFORE_KEY = 5  # serial number, algorithm, issuer, validity, subject
_NO_KEY = "This is no certificate with an RSA key of a usual size."
_LEAST_BITS, _MOST_BITS = 2048, 8192
# What stands before a digest in a signature: the name of its algorithm, in DER.
_NAMES = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
}


class RsaKey(NamedTuple):
    """A public key."""

    modulus: int
    exponent: int


def key_of(pem: bytes) -> RsaKey:
    """The key of the first certificate of a PEM file; ValueError when there is none, or it is no RSA key of a usual size."""
    try:
        certificate = ssl.PEM_cert_to_DER_cert(pem.decode("ascii").strip())
        body = _parts(_parts(_one(certificate, _SEQUENCE))[0].content)
        after_version = body[1:] if body[0].tag == _VERSION else body
        bits = _parts(after_version[_BEFORE_KEY].content)[1]
        key = _parts(_one(bits.content[1:], _SEQUENCE))
        modulus, exponent = (int.from_bytes(each.content, "big") for each in key[:2])
        tags = (bits.tag, *(each.tag for each in key))
    except (IndexError, ValueError):
        raise ValueError(_NO_KEY) from None
    if tags != (_BITS, _INTEGER, _INTEGER) or not _LEAST_BITS <= modulus.bit_length() <= _MOST_BITS:
        raise ValueError(_NO_KEY)
    return RsaKey(modulus, exponent)


def is_signature(key: RsaKey, signature: bytes, message: bytes, digest: str) -> bool:
    """Whether the owner of the key signed the message. digest: "sha1" or "sha256"."""
    size = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != size or number >= key.modulus:
        return False
    signed = _NAMES[digest] + hashlib.new(digest, message).digest()
    # Compared as a whole, padding and all: whoever reads only the end of it can be deceived.
    expected = b"\x00\x01" + b"\xff" * (size - len(signed) - 3) + b"\x00" + signed
    return hmac.compare_digest(pow(number, key.exponent, key.modulus).to_bytes(size, "big"), expected)


class _Part(NamedTuple):
    tag: int
    content: bytes


def _one(data: bytes, tag: int) -> bytes:
    part = _parts(data)[0]
    if part.tag != tag:
        raise ValueError(_NO_KEY)
    return part.content


def _parts(data: bytes) -> list[_Part]:
    """The elements of a DER structure, one after the other."""
    found, at = [], 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        if at + length > len(data):
            raise ValueError(_NO_KEY)
        found.append(_Part(tag, data[at : at + length]))
        at += length
    return found
