"""The price list of the simulated company, and the terms its customers come with.

Prices are set by hand in each currency, in Stripe's minor units: yen have no decimals, Kuwaiti dinars three of which
Stripe wants the last to be zero (docs.stripe.com/currencies, "three-decimal currencies").
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipelines.simulator.goods import Coupon, Price, Product, TaxRate
from pipelines.simulator.identifiers import Identifiers

CURRENCIES = ("USD", "EUR", "GBP", "JPY", "KWD")
CURRENCY_WEIGHTS = (54, 21, 12, 9, 4)
SMALLEST_STEP = {"USD": 1, "EUR": 1, "GBP": 1, "JPY": 1, "KWD": 10}
COUNTRIES = {"USD": ("US", "CA", "BR"), "EUR": ("DE", "FR", "ES"), "GBP": ("GB",), "JPY": ("JP",), "KWD": ("KW",)}

# name, description, unit, whether metered, intervals, unit amount by currency; a year costs ten months.
PLANS: tuple[tuple[str, str, str | None, bool, tuple[str | None, ...], tuple[int, ...]], ...] = (
    ("Starter", "One workspace for a small team", None, False, ("month", "year"), (2_900, 2_700, 2_400, 4_400, 8_900)),
    ("Team", "Shared workspaces, per seat", "seat", False, ("month", "year"), (1_500, 1_400, 1_200, 2_200, 4_600)),
    (
        "Business",
        "Audit log, single sign-on, per seat",
        "seat",
        False,
        ("month", "year"),
        (3_900, 3_700, 3_300, 5_900, 11_990),
    ),
    ("Priority support", "Answers within an hour", None, False, ("month", "year"), (9_900, 9_300, 8_500, 14_800, 30_500)),
    ("API calls", "Calls beyond the free quota", "call", True, ("month",), (2, 2, 2, 3, 10)),
    ("Set-up", "Import of existing data", None, False, (None,), (25_000, 23_000, 20_000, 38_000, 77_000)),
    ("Onboarding programme", "Eight weeks with a coach", None, False, (None,), (60_000, 56_000, 49_000, 90_000, 184_000)),
)
TIERS = ("Starter", "Team", "Business")

# country, name, hundredths of a per cent, inclusive
TAXES = (
    ("US", "Sales tax", 825, False),
    ("DE", "VAT", 1_900, False),
    ("FR", "VAT", 2_000, False),
    ("ES", "VAT", 2_100, True),
    ("GB", "VAT", 2_000, False),
    ("JP", "Consumption tax", 1_000, True),
)

# name, per cent off, US cents off, duration, months
COUPONS = (
    ("Launch offer", 20, None, "once", None),
    ("Friends", 10, None, "forever", None),
    ("Three months at half price", 50, None, "repeating", 3),
    ("Conference", None, 1_500, "once", None),
)


def rounded(amount: Fraction | int, step: int) -> int:
    """Nearest multiple of `step`, halves upwards: how the simulated vendor rounds a line; no rule of revenue uses it."""
    units = Fraction(amount) / step
    return step * ((2 * units.numerator + units.denominator) // (2 * units.denominator))


@dataclass(frozen=True)
class Catalogue:
    """Everything sold: products, prices by (product name, currency, interval), tax rates by country, coupons."""

    products: dict[str, Product]
    prices: dict[tuple[str, str, str | None], Price]
    taxes: dict[str, TaxRate]
    coupons: tuple[Coupon, ...]

    def price(self, product: str, currency: str, interval: str | None) -> Price:
        """Price of a product in a currency; KeyError where it is not sold so."""
        return self.prices[product, currency, interval]


def build_catalogue(new_id: Identifiers, created: int) -> Catalogue:
    """The catalogue as it stands from the first second of the simulation on."""
    products: dict[str, Product] = {}
    prices: dict[tuple[str, str, str | None], Price] = {}
    for name, description, unit, metered, intervals, amounts in PLANS:
        products[name] = product = Product(new_id("prod"), name, description, unit, created)
        for currency, amount in zip(CURRENCIES, amounts, strict=True):
            for interval in intervals:
                unit_amount = amount * 10 if interval == "year" else amount
                prices[name, currency, interval] = Price(
                    new_id("price"), product, currency, unit_amount, interval, metered, created
                )
    taxes = {
        country: TaxRate(new_id("txr"), name, country, basis_points, inclusive, created)
        for country, name, basis_points, inclusive in TAXES
    }
    coupons = tuple(
        Coupon(new_id("co"), name, percent, amount, None if amount is None else "USD", duration, months, created)
        for name, percent, amount, duration, months in COUPONS
    )
    return Catalogue(products, prices, taxes, coupons)
