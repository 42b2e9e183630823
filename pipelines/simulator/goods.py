"""What the simulated company sells and on which terms: products, prices, coupons, tax rates.

Amounts are integers in the currency's minor unit; moments are seconds since 1970 in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """Something sold."""

    id: str
    name: str
    description: str
    unit_label: str | None
    created: int


@dataclass(frozen=True)
class Price:
    """What a product costs in one currency: each `interval`, by use where `metered`, or once where there is no interval."""

    id: str
    product: Product
    currency: str
    unit_amount: int
    interval: str | None
    metered: bool
    created: int


@dataclass(frozen=True)
class Coupon:
    """A discount: per cent off or an amount off; once, for some months, or for ever."""

    id: str
    name: str
    percent_off: int | None
    amount_off: int | None
    currency: str | None
    duration: str
    months: int | None
    created: int


@dataclass(frozen=True)
class TaxRate:
    """A tax in hundredths of a per cent, on top of prices or inside them."""

    id: str
    display_name: str
    country: str
    basis_points: int
    inclusive: bool
    created: int
