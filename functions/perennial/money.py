"""Money is an integer count of the currency's minor unit (ISO 4217), never a float."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import TypedDict

NO_CURRENCY = "XXX"  # ISO 4217 for none: such an amount is kept, and sums leave it out
_EXPONENTS = dict.fromkeys(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
) | dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
_LARGEST = 10**15


class Money(TypedDict):
    """`amount` in minor units of `currency` (ISO 4217, upper case)."""

    amount: int
    currency: str


def exponent(currency: str) -> int:
    """Decimal places of a currency: JPY 0, EUR 2, KWD 3."""
    return _EXPONENTS.get(currency, 2)


def minor_units(value: str | float | Decimal, currency: str) -> int:
    """Minor units of an amount given in major units ("19.99" EUR is 1999), halves to even.

    ValueError for what is not a finite number of sensible size; floats are read by their shortest text.
    """
    try:
        number = Decimal(str(value).strip())
        if not number.is_finite() or abs(number) > _LARGEST:
            raise ValueError(f"{value!r} is not an amount of money")
        return int(number.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_EVEN))
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not an amount of money") from error


def major_units(amount: int, currency: str) -> Decimal:
    """The amount as people write it: 1999 EUR is 19.99."""
    return Decimal(amount).scaleb(-exponent(currency))
