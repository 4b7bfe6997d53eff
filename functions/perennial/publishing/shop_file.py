"""`content/shop.yaml`: who the shop is, and the limits that hold for every campaign."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, PlainValidator, ValidationInfo, WithJsonSchema, field_validator

from perennial.publishing.expressions import bound
from perennial.publishing.problems import shown
from perennial.publishing.triggers import InSegment, Strict, written
from perennial.publishing.values import ClockWindow, Days, Id, Timezone, duration, in_seconds

_CAP = re.compile(r"([1-9][0-9]{0,2}) per (.+)")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_LONGEST_TOPIC = 80
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


def _link(value: object) -> str:
    host = urlsplit(value).hostname if isinstance(value, str) else None
    if not (isinstance(value, str) and value.startswith("https://") and host and _HOST.fullmatch(host)):
        raise ValueError(
            f"{shown(value)} is not a full https address. Write for example 'https://www.example.com'."
        )
    return value.rstrip("/")


def _host(value: object) -> str:
    if not (isinstance(value, str) and _HOST.fullmatch(value)):
        raise ValueError(
            f"{shown(value)} is not a host. Write it without https:// and path, as in 'www.example.com'."
        )
    return value


def _cap(value: object) -> dict[str, int]:
    match = _CAP.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise ValueError(
            f"{shown(value)} is not a limit. Write for example '1 per 16 hours' or '3 per 7 days'."
        )
    hours, rest = divmod(in_seconds(duration(match[2])), 3600)
    if rest:
        raise ValueError(f"{shown(value)} must be counted in hours, days or weeks.")
    return {"messages": int(match[1]), "hours": hours}


def _formed(form: re.Pattern[str], what: str, example: str) -> Any:
    def check(value: object) -> str:
        if not (isinstance(value, str) and form.fullmatch(value)):
            raise ValueError(f"{shown(value)} is not {what}. Write for example '{example}'.")
        return value

    return PlainValidator(check)


def _topic(value: object) -> dict[str, str]:
    """A text in the shop's own language ("" here), or texts by language."""
    texts = {"": value} if isinstance(value, str) else value
    if not (isinstance(texts, dict) and texts and all(map(_is_topic_text, texts.values()))):
        raise ValueError(
            f"{shown(value)} is not the name of a topic. Write for example 'New arrivals' or "
            "{en: New arrivals, de: Neuheiten}, at most 80 characters each."
        )
    for language in texts:
        if language and not _LANGUAGE.fullmatch(language):
            raise ValueError(f"{shown(language)} is not a language. Write for example 'en', 'de' or 'th'.")
    return texts


def _is_topic_text(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text.strip()) <= _LONGEST_TOPIC


Link = Annotated[str, PlainValidator(_link), WithJsonSchema({"type": "string", "pattern": "^https://"})]
Host = Annotated[str, PlainValidator(_host), WithJsonSchema({"type": "string"})]
TopicText = Annotated[dict[str, str], PlainValidator(_topic), WithJsonSchema({"type": ["string", "object"]})]
CapText = Annotated[dict[str, int], PlainValidator(_cap), WithJsonSchema({"type": "string"})]


class Caps(Strict):
    """Most marketing messages of a channel that one customer gets."""

    email: CapText = written("1 per 16 hours", "Marketing mails, such as 1 per 16 hours.")
    sms: CapText = written("1 per 7 days", "Marketing text messages, such as 1 per 7 days.")
    push: CapText = written("1 per 16 hours", "Marketing push messages, such as 1 per 16 hours.")
    bus: CapText = written("1 per 16 hours", "Marketing by the shop's own systems, such as 1 per 16 hours.")


def _can_be_confirmed(value: Any) -> Any:
    if value == "sms":
        raise ValueError(
            "'sms' is not possible in this version yet. Only e-mail can be confirmed: write 'email'."
        )
    return value


Confirmed = Annotated[Literal["email"], BeforeValidator(_can_be_confirmed)]


class FormFile(Strict):
    """A sign-up form on the shop's own pages, which posts to /forms/<its name>."""

    channels: list[Confirmed] = Field(min_length=1, max_length=1, examples=[["email"]])
    redirect: Link | None = Field(default=None, examples=["https://www.example.com/thank-you"])


class ShopFile(Strict):
    """The shop."""

    name: str = Field(min_length=1, max_length=100, examples=["Fern & Field"])
    url: Link = Field(examples=["https://www.example.com"])
    postal_address: str = Field(min_length=10, max_length=300, examples=["1 Garden Street, Springfield"])
    support_email: Annotated[str, _formed(_ADDRESS, "an e-mail address", "help@example.com")] = Field(
        examples=["help@example.com"]
    )
    timezone: Timezone = Field(examples=["Europe/Berlin"])
    currency: Annotated[str, _formed(_CURRENCY, "a currency code", "EUR")] = Field(examples=["EUR"])
    locale: Annotated[str, _formed(_LOCALE, "a language", "en or en-GB")] = Field(
        default="en", examples=["en"]
    )
    hosts: list[Host] = Field(default=[], max_length=50, examples=[["www.example.com"]])
    send_between: ClockWindow = written(["09:00", "20:00"], "When messages go out, on the customer's clock.")
    caps: Caps = Field(default=Caps())
    sender_name: str = Field(default="", max_length=100, examples=["Fern & Field"])
    logo_url: Link | None = Field(default=None, examples=["https://www.example.com/logo.png"])
    test_addresses: list[Annotated[str, _formed(_ADDRESS, "an e-mail address", "me@example.com")]] = Field(
        default=[], max_length=50, examples=[["me@example.com"]]
    )
    double_opt_in: list[Confirmed] = Field(default=[], max_length=1, examples=[["email"]])
    forms: dict[Id, FormFile] = Field(default={}, max_length=20)
    refund_window: Days = written("14 days", "How long an order may be given back.")
    segments: dict[Id, InSegment] = Field(
        default={}, max_length=20, examples=[{"regulars": "customer.orders_count >= 4"}]
    )
    topics: dict[Id, TopicText] = Field(default={}, max_length=20, examples=[{"news": "New arrivals"}])

    @field_validator("forms")
    @classmethod
    def _forms_are_safe(cls, forms: dict[str, FormFile], told: ValidationInfo) -> dict[str, FormFile]:
        hosts = {urlsplit(told.data.get("url", "")).hostname, *told.data.get("hosts", [])}
        for name, form in forms.items():
            if missing := set(form.channels) - set(told.data.get("double_opt_in", form.channels)):
                raise ValueError(
                    f"anybody can fill in the form '{name}' with anybody's address, so its channels need a confirmation."
                    f" Write 'double_opt_in: [{', '.join(sorted(missing))}]' too."
                )
            if form.redirect and urlsplit(form.redirect).hostname not in hosts:
                raise ValueError(
                    f"the redirect of the form '{name}' leads off the shop. Write an address on one of the 'hosts'."
                )
        return forms

    def _by_language(self, names: Mapping[str, str]) -> dict[str, str]:
        own = self.locale.partition("-")[0]
        return {language or own: text.strip() for language, text in names.items()}

    def compiled_segments(self) -> dict[str, Any]:
        """The `segments` of a release: conditions by name."""
        settings = self.settings()
        return {name: bound(condition, settings) for name, condition in self.segments.items()}

    def settings(self) -> dict[str, Any]:
        """The `settings` of a release, as `perennial.shop.unpack` reads them."""
        return {
            **self.model_dump(exclude={"test_addresses", "segments"}),
            "hosts": sorted({urlsplit(self.url).hostname or "", *self.hosts}),
            "send_between": list(self.send_between),
            "refund_window": list(self.refund_window),
            "sender_name": self.sender_name or self.name,
            "logo_url": self.logo_url or "",
            "topics": [
                {"id": topic, "names": self._by_language(names)} for topic, names in self.topics.items()
            ],  # a list, since their order is the page's
        }


MODELS: dict[tuple[str, ...], type[Strict]] = {(): ShopFile, ("caps",): Caps, ("forms",): FormFile}
