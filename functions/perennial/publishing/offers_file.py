"""`content/offers.yaml`: what messages may offer, by name. A campaign's step names one; templates print it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Self

from pydantic import Field, PlainValidator, ValidationError, WithJsonSchema, model_validator

from perennial.money import minor_units
from perennial.publishing.problems import Path, Problem, known_are, nearest, refusal, shortened, shown
from perennial.publishing.triggers import Strict
from perennial.publishing.values import Duration, Id
from perennial.publishing.wording import problems_of
from perennial.publishing.yaml_file import YamlFile, read_yaml

OFFERS = "offers.yaml"
MOST = 200
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
_CODE = re.compile(r"(?!\s)[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,60}(?<!\s)")
_LARGEST_SPEND = 1_000_000


def is_code(text: str) -> bool:
    """Whether a store could mean this by a coupon code: one line of at most 60 characters."""
    return bool(_CODE.fullmatch(text))


def _code(value: object) -> str:
    """A code of digits alone is a number to YAML, and one all the same."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not (isinstance(text, str) and is_code(text)):
        raise ValueError(f"{shown(value)} is not a code. Write it as the store knows it, as in 'REFILL15'.")
    return text


def _spend(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and 0 < value <= _LARGEST_SPEND):  # type: ignore[operator]  # a number by now
        raise ValueError(
            f"{shown(value)} is not an amount. Write a number in the shop's currency, such as 30 or 49.50."
        )
    return value  # type: ignore[return-value]


CouponCode = Annotated[str, PlainValidator(_code), WithJsonSchema({"type": "string"})]
Spend = Annotated[float, PlainValidator(_spend), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})]


class OfferFile(Strict):
    """One offer: `code`, the same for everybody, or `pool`, out of which each message gets a code of its own."""

    code: CouponCode | None = Field(
        default=None, description="The code, as the store knows it.", examples=["REFILL15"]
    )
    pool: Id | None = Field(
        default=None,
        description="The pool of unique codes; `perennial coupons import` fills it.",
        examples=["birthday"],
    )
    text: str = Field(
        min_length=1,
        max_length=200,
        description="What it gives, in the shop's words.",
        examples=["15% off your next order"],
    )
    minimum_spend: Spend | None = Field(
        default=None, description="The least a customer must spend, in the shop's currency.", examples=[30]
    )
    gift: str = Field(
        default="",
        max_length=200,
        description="What is given with the order.",
        examples=["a linen tea towel"],
    )
    expires: Duration | None = Field(
        default=None,
        description="How long it is valid from the sending; a campaign's own word wins.",
        examples=["7 days"],
    )
    low_at: int = Field(
        default=100, ge=1, le=100_000, description="Warn when the pool holds fewer free codes than this."
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.code) == bool(self.pool):
            both = "write one of 'code' and 'pool', not both." if self.code else "write 'code' or 'pool'."
            raise refusal(f"{both} 'code' is the same for everybody, a 'pool' gives each message its own.")
        if self.code and "low_at" in self.model_fields_set:
            raise refusal("only a 'pool' can run low. Delete this key.", at="low_at")
        return self

    def packed(self, currency: str) -> dict[str, Any]:
        """As `perennial.messaging.offers.coupons_from` reads it."""
        spend = self.minimum_spend
        return {
            **{name: getattr(self, name) or "" for name in ("code", "pool", "text", "gift")},
            "minimum_spend": None if spend is None else minor_units(spend, currency),
            "expires": list(self.expires) if self.expires else None,
            "low_at": self.low_at,
        }


@dataclass(frozen=True, slots=True)
class Offers:
    """`offers.yaml` as read. right: the offers without fault. names: those of all it holds, None if it cannot be read."""

    right: Mapping[str, OfferFile] = field(default_factory=dict)
    names: frozenset[str] | None = frozenset()


def read_offers(files: Mapping[str, bytes], problems: list[Problem]) -> Offers:
    """The offers of a folder, which need not have any. What is wrong is added to `problems`."""
    if OFFERS not in files:
        return Offers()
    yaml = read_yaml(OFFERS, files[OFFERS])
    problems += yaml.problems
    if yaml.data is None:
        return Offers(names=None)
    if len(yaml.data) > MOST:
        problems.append(yaml.problem((), f"these are {len(yaml.data)} offers; {MOST} are the most."))
    read = {name: _read(yaml, name, value, problems) for name, value in yaml.data.items()}
    return Offers({name: offer for name, offer in read.items() if offer}, frozenset(read))


def _read(yaml: YamlFile, name: str, value: Any, problems: list[Problem]) -> OfferFile | None:
    if not _NAME.fullmatch(name):
        remedy = "Use letters, digits, - and _, beginning with a letter, as in 'REFILL15'."
        problems.append(yaml.problem((name,), f"{shown(name)} is not the name of an offer. {remedy}"))
        return None
    if not isinstance(value, dict):
        remedy = f"Write for example '{name}: {{code: {name}, text: 15% off}}'."
        problems.append(yaml.problem((name,), f"{shown(value)} is no group of keys. {remedy}"))
        return None
    try:
        return OfferFile.model_validate(value)
    except ValidationError as error:
        below = YamlFile(yaml.name, lines=_lines_of(yaml, name))
        told = problems_of(error, below, {(): OfferFile})
        problems += (replace(each, key=f"{name}.{each.key}" if each.key else name) for each in told)
        return None


def _lines_of(yaml: YamlFile, name: str) -> dict[Path, int]:
    """Where one offer stands, by paths inside it."""
    return {path[1:]: line for path, line in yaml.lines.items() if path[:1] == (name,)}


def unknown_offers(campaign: YamlFile, offers: Offers) -> Iterator[tuple[Path, str]]:
    """Places of a campaign file that name an offer which is not in `offers.yaml`, and what to write."""
    names = offers.names
    if names is None or not isinstance(campaign.data, dict):
        return
    for path, name in _named(campaign.data.get("steps"), ("steps",)):
        if name not in names:
            yield path, f"there is no offer '{shortened(name)}'.{_remedy(name, names)}"


def _named(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every `offer: {coupon: NAME}` below, in branches too."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        here = (*path, key)
        if key == "offer" and isinstance(each, dict) and isinstance(each.get("coupon"), str):
            yield (*here, "coupon"), each["coupon"]
        else:
            yield from _named(each, here)


def _remedy(name: str, names: Collection[str]) -> str:
    """Names are in capitals as often as not, so these are no difference."""
    by_lower = {each.lower(): each for each in names}
    if near := nearest(name, by_lower):
        return f" Did you mean '{by_lower[near]}'?"
    return known_are(sorted(names)) if names else f" Write it into {OFFERS}."
